"""Content codings: every layer bounded, damage found, servers' usual slips forgiven."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections import deque

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.coding import DamagedError, TooLargeError, beginning, decode

FEED = b"<rss>" + b"<item/>" * 2000 + b"</rss>"
MB = 1_000_000


def pieces(data: bytes, size: int = 16_384) -> deque[bytes]:
    return deque(data[start : start + size] for start in range(0, len(data), size))


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


CODINGS = {
    "": lambda data: data,
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
    "UTF-8": lambda data: data,
    "none, gzip": gzip.compress,
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [1, 7, 16_384])
def test_a_body_comes_out_as_it_went_in(coding: str, size: int) -> None:
    assert decode(pieces(CODINGS[coding](FEED), size), coding, MB) == FEED


def test_bare_deflate_is_understood() -> None:
    assert decode(pieces(bare_deflate(FEED)), "deflate", MB) == FEED


@given(
    st.binary(max_size=5000).filter(lambda data: data[:2] != b"\x1f\x8b"),
    st.sampled_from(sorted(CODINGS)),
    st.integers(1, 999),
)
def test_any_body_comes_out_as_it_went_in(data: bytes, coding: str, size: int) -> None:
    assert decode(pieces(CODINGS[coding](data), size), coding, 5000) == data


@given(st.binary(max_size=500), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip", ""]))
def test_any_rubbish_is_a_body_or_a_reason(data: bytes, coding: str) -> None:
    with contextlib.suppress(DamagedError, TooLargeError):
        assert len(decode(pieces(data, 50), coding, 1000)) <= 1000


def test_several_gzip_members_are_one_body() -> None:
    assert decode(pieces(gzip.compress(b"<rss>") + gzip.compress(b"</rss>"), 10), "gzip", MB) == b"<rss></rss>"


def test_what_follows_the_last_member_is_ignored() -> None:
    assert decode(pieces(gzip.compress(FEED) + b"garbage"), "gzip", MB) == FEED


def test_a_plain_body_that_is_called_gzip_is_plain() -> None:
    assert decode(pieces(FEED), "gzip", MB) == FEED


def test_a_gzip_file_is_opened_once() -> None:
    assert decode(pieces(gzip.compress(FEED)), "", MB) == FEED
    assert decode(pieces(gzip.compress(gzip.compress(FEED))), "gzip", MB) == FEED


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("kept", [1, 20, -1])
def test_a_body_that_is_cut_short_is_damaged(coding: str, kept: int) -> None:
    whole = CODINGS[coding](FEED)
    with pytest.raises(DamagedError):
        decode(pieces(whole[: kept if kept > 1 or coding not in ("gzip", "zstd") else 10]), coding, MB)


def test_a_wrong_checksum_is_damage() -> None:
    whole = bytearray(gzip.compress(FEED))
    whole[-6] ^= 1
    with pytest.raises(DamagedError):
        decode(pieces(bytes(whole)), "gzip", MB)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", ""])
def test_the_limit_holds_for_what_comes_out(coding: str) -> None:
    assert len(decode(pieces(CODINGS[coding](b"x" * MB)), coding, MB)) == MB
    with pytest.raises(TooLargeError):
        decode(pieces(CODINGS[coding](b"x" * (MB + 1))), coding, MB)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress, zstandard.compress])
def test_a_bomb_goes_off_at_the_limit(pack) -> None:  # type: ignore[no-untyped-def]
    coding = {gzip.compress: "gzip", zlib.compress: "deflate", brotli.compress: "br", zstandard.compress: "zstd"}[pack]
    with pytest.raises(TooLargeError):
        decode(pieces(pack(bytes(30 * MB))), coding, MB)
    with pytest.raises(TooLargeError):  # and inside a gzip file, or a second layer
        decode(pieces(pack(gzip.compress(bytes(30 * MB)))), coding, MB)


def test_members_without_content_come_to_an_end() -> None:
    with pytest.raises(DamagedError, match="gzip members"):
        decode(pieces(gzip.compress(b"") * 1001), "gzip", MB)


def test_frames_without_content_come_to_an_end() -> None:
    with pytest.raises(DamagedError, match="zstd frames"):
        decode(pieces(zstandard.compress(b"") * 1001), "zstd", MB)


def test_layers_come_to_an_end() -> None:
    body = FEED
    for _ in range(60):
        body = gzip.compress(body)
    with pytest.raises(DamagedError, match="60 times over"):
        decode(pieces(body), ", ".join(["gzip"] * 60), MB)


@pytest.mark.parametrize("coding", ["compress", "x-compress", "gzip, dcz"])
def test_a_coding_that_was_not_offered_is_named(coding: str) -> None:
    with pytest.raises(DamagedError, match="not offered"):
        decode(pieces(FEED), coding, MB)


@pytest.mark.parametrize("coding", ["", "gzip", "br", "zstd"])
def test_the_beginning_of_a_body_is_what_can_be_had_of_it(coding: str) -> None:
    whole = CODINGS.get(coding, bytes)(FEED)
    assert FEED.startswith(beginning(pieces(whole[:-3]), coding, 100))
    assert len(beginning(pieces(bytes(MB)), coding, 100)) <= 100


def test_an_empty_body_is_empty() -> None:
    for coding in ("", "gzip", "deflate"):
        assert decode(deque(), coding, MB) == b""
