"""The client over TLS: certificates are verified, whatever else happens."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from aggregator.fetch import Client
from aggregator.model.exchange import Failure, Fetched, FetchFailed, FetchResult, Request
from tests.fetch.servers import Web, redirect, reply


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def client(authority: trustme.CA, tmp_path: Path) -> Iterator[Client]:
    """Trusts the authority, and resolves every name to 127.0.0.1."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with Client(
        user_agent="test",
        clock=lambda: datetime.now(UTC),
        allow_private=["127.0.0.0/8"],
        ca_file=tmp_path / "ca.pem",
        resolve=lambda host, port: ["127.0.0.1"],
    ) as client:
        yield client


def server_side(authority: trustme.CA, *names: str, **other: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **other).configure_cert(context)  # type: ignore[arg-type]
    return context


def get(client: Client, url: str) -> FetchResult:
    return client.fetch(Request(url=url, timeout=timedelta(seconds=5)))


def test_a_certificate_that_fits_is_accepted(client: Client, authority: trustme.CA) -> None:
    with Web(lambda _: reply(b"hello"), tls=server_side(authority, "feed.example")) as web:
        result = get(client, f"https://feed.example:{web.port}/")
    assert isinstance(result, Fetched)
    assert result.body == b"hello"


def test_certificates_that_do_not_fit_are_refused_with_words(client: Client, authority: trustme.CA) -> None:
    expired = server_side(authority, "feed.example", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    for tls in (server_side(trustme.CA(), "feed.example"), server_side(authority, "other.example"), expired):
        with Web(lambda _: reply(b"hello"), tls=tls) as web:
            result = get(client, f"https://feed.example:{web.port}/")
        assert isinstance(result, FetchFailed)
        assert result.failure is Failure.TLS
        assert "certificate" in result.detail.lower() or "subject" in result.detail.lower(), result.detail
        assert not web.asked


def test_there_is_no_falling_back_to_plain(client: Client) -> None:
    with Web(lambda _: b"", greeting=reply(b"hello", "400 Bad Request")) as web:
        result = get(client, f"https://feed.example:{web.port}/")
    assert isinstance(result, FetchFailed)
    assert result.failure is Failure.TLS


def test_credentials_do_not_follow_from_https_to_http(client: Client, authority: trustme.CA) -> None:
    with Web(lambda _: reply()) as plain:
        to_plain = redirect(f"http://feed.example:{plain.port}/")
        with Web(lambda _: to_plain, tls=server_side(authority, "feed.example")) as secure:
            get(client, f"https://alice:secret@feed.example:{secure.port}/")
    assert "authorization" in secure.asked[0].headers
    assert "authorization" not in plain.asked[0].headers
