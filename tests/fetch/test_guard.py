"""The guard: which addresses are public, and what the operator's exceptions open."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.guard import Guard, private_kind

PRIVATE = [
    ("0.0.0.0", "unspecified"),
    ("10.1.2.3", "private"),
    ("100.64.0.1", "carrier-grade NAT"),
    ("127.255.255.254", "loopback"),
    ("169.254.169.254", "link-local"),
    ("172.31.255.255", "private"),
    ("192.168.0.1", "private"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.1", "documentation"),
    ("224.0.0.1", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::7f00:1", "IPv4-compatible"),
    ("::ffff:127.0.0.1", "IPv4-mapped"),
    ("::ffff:8.8.8.8", "IPv4-mapped"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b:1::1", "NAT64"),
    ("2001:0:7f00:1::", "Teredo"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("3fff::1", "documentation"),
    ("5f00::1", "reserved"),
    ("fc00::1", "unique local"),
    ("fd12:3456::1", "unique local"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("localhost", "unreadable"),
    ("", "unreadable"),
]


@pytest.mark.parametrize(("address", "kind"), PRIVATE)
def test_a_private_address_is_named_for_what_it_is(address: str, kind: str) -> None:
    assert private_kind(address) == kind


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1"])
def test_a_public_address_is_public(address: str) -> None:
    assert private_kind(address) is None


@given(st.ip_addresses())
def test_whatever_the_standard_library_calls_private_is_refused(address: IPv4Address | IPv6Address) -> None:
    # Hypothesis draws from the special-purpose networks often.
    odd = address.is_private or address.is_reserved or address.is_multicast or address.is_link_local
    if odd or address.is_loopback or address.is_unspecified or not address.is_global:
        assert private_kind(str(address)) is not None


@given(st.ip_addresses(v=4))
def test_no_transition_format_carries_an_address_past_the_guard(inner: IPv4Address) -> None:
    for prefix, shift in (("::", 0), ("::ffff:0:0", 0), ("64:ff9b::", 0), ("2002::", 80)):
        wrapped = IPv6Address(int(IPv6Address(prefix)) + (int(inner) << shift))
        assert private_kind(str(wrapped)) is not None


@given(st.text(max_size=60))
def test_text_that_is_no_address_is_refused_and_never_raises(text: str) -> None:
    if private_kind(text) is None:
        assert IPv4Address(text).is_global if "." in text else IPv6Address(text.partition("%")[0]).is_global


def test_a_refusal_says_what_was_refused_and_why() -> None:
    refusal = Guard().refusal("inside.example", "10.0.0.7", 80)
    assert refusal is not None
    assert refusal.startswith("inside.example at 10.0.0.7 is a private address (private)")


@pytest.mark.parametrize(
    ("entry", "host", "address", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", "127.0.0.1", 8080),
        ("127.0.0.1:8080", "localhost", "127.0.0.1", 8080),  # the address counts, whatever name led there
        ("Rsshub.LAN:1200", "rsshub.lan", "192.168.1.5", 1200),
        ("rsshub.lan:1200", "rsshub.lan.", "192.168.1.5", 1200),
        ("[::1]:8080", "::1", "::1", 8080),
        ("[0:0:0:0:0:0:0:1]:8080", "::1", "::1", 8080),
        ("192.168.0.0/16", "anything", "192.168.44.1", 9),
        ("192.168.44.1", "anything", "192.168.44.1", 9),
        ("64:ff9b::/96", "v4.example", "64:ff9b::808:808", 443),
    ],
)
def test_an_exception_opens_what_it_names(entry: str, host: str, address: str, port: int) -> None:
    assert Guard([entry]).refusal(host, address, port) is None


@pytest.mark.parametrize(
    ("entry", "host", "address", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", "127.0.0.1", 8081),
        ("127.0.0.1:8080", "127.0.0.1", "127.0.0.2", 8080),
        ("127.0.0.1:8080", "x", "::ffff:127.0.0.1", 8080),
        ("rsshub.lan:1200", "evil.example", "192.168.1.5", 1200),
        ("192.168.0.0/16", "x", "10.0.0.1", 80),
        ("10.0.0.0/8", "x", "::ffff:10.0.0.1", 80),
    ],
)
def test_an_exception_opens_nothing_else(entry: str, host: str, address: str, port: int) -> None:
    assert Guard([entry]).refusal(host, address, port) is not None


@pytest.mark.parametrize("entry", ["", "host", "host:", ":80", "host:0", "host:65536", "host:八", "10.0.0.0/33"])
def test_an_entry_that_says_nothing_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="neither host:port nor a network"):
        Guard([entry])


def test_a_host_that_is_written_as_an_address_is_judged_before_anything_is_sent() -> None:
    guard = Guard(["127.0.0.1:80"])
    assert guard.refusal_of_literal("127.0.0.1", 80) is None
    assert guard.refusal_of_literal("127.0.0.1", 81) is not None
    assert guard.refusal_of_literal("localhost", 81) is None
