from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aggregator.web.negotiate import coding, language, same_version


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"", "identity"),
        (b"gzip", "gzip"),
        (b"GZIP", "gzip"),
        (b"gzip, deflate, br, zstd", "br"),
        (b"br;q=0.5, gzip;q=0.8", "gzip"),
        (b"gzip;q=0", "identity"),
        (b"*", "br"),
        (b"br;q=0, *", "gzip"),
        (b"gzip;q=nan, *;q=0", "identity"),
        (b"br, " * 1000, "identity"),
    ],
)
def test_the_best_encoding_is_chosen(header: bytes, expected: str) -> None:
    assert coding(header) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"", "en"),
        (b"zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (b"en-GB,en;q=0.9,zh-TW;q=0.4", "en"),
        (b"de", "en"),
        (b"de, zh;q=0.3", "zh"),
    ],
)
def test_the_language_that_the_visitor_likes_best_is_chosen(header: bytes, expected: str) -> None:
    assert language(header) == expected


@given(some.binary(max_size=300), some.binary(max_size=300), some.binary(max_size=100))
def test_no_header_breaks_anything(first: bytes, second: bytes, third: bytes) -> None:
    coding(first)
    language(first)
    same_version(b'"a"', 1_700_000_000, second, third)
    same_version(b'"a"', 1_700_000_000, None, third)
