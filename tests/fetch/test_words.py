"""Failures in words that a person can act on."""

from __future__ import annotations

import pytest

from aggregator.fetch.words import explained, status_words
from aggregator.model.exchange import Failure


def test_every_status_that_a_source_may_have_for_weeks_has_words_of_its_own() -> None:
    words = {
        status: status_words(status).partition(": ")[2] for status in (401, 403, 404, 410, 429, 500, 502, 503, 504)
    }
    assert all(words.values())
    assert len(set(words.values())) == len(words)


@pytest.mark.parametrize(
    ("status", "words"), [(499, "499: the server refuses the request"), (300, "300 Multiple Choices")]
)
def test_others_have_those_of_their_class(status: int, words: str) -> None:
    assert status_words(status) == words


@pytest.mark.parametrize(
    ("detail", "meaning"),
    [
        ("SSL certificate problem: certificate has expired", "has to renew its certificate"),
        ("SSL certificate problem: self-signed certificate", "nobody vouches"),
        ("SSL certificate problem: unable to get local issuer certificate", "leaves out a part of the chain"),
        ("SSL: no alternative certificate subject name matches target host name 'a'", "for another host"),
        ("TLS connect error: error:0A00010B:SSL routines::wrong version number", "does not speak TLS there"),
    ],
)
def test_what_the_tls_library_says_is_explained(detail: str, meaning: str) -> None:
    assert explained(Failure.TLS, detail).startswith(f"{detail}; ")
    assert meaning in explained(Failure.TLS, detail)


def test_a_name_that_is_not_found_is_explained_and_other_failures_speak_for_themselves() -> None:
    assert "spelt right?" in explained(Failure.DNS, "could not resolve a.example: not known")
    assert explained(Failure.CONNECT, "connection refused") == "connection refused"
