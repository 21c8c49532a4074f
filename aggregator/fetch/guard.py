"""Which addresses may be connected to. Pure: it judges what it is told, and knows no socket and no resolver.

The judgement is asked for where a connection is really made, with the address that the socket is about to get. So odd
notations (`0x7f.1`, `2130706433`, `①②⑦.0.0.1`), names that resolve inwards and resolvers that change their mind
all meet the same check.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_Network = IPv4Network | IPv6Network

# The IANA special-purpose registries (RFC 6890 and its successors), most specific first within a family.
_REFUSED: tuple[tuple[_Network, str], ...] = tuple(
    (ip_network(network), name)
    for network, name in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/32", "Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2001::/23", "protocol assignments"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that IANA has handed out for global unicast


@lru_cache(maxsize=4096)
def private_kind(address: str) -> str | None:
    """What kind of address keeps it off the public internet; None if it is public. The unreadable is refused."""
    ip = _ip(address.partition("%")[0])
    if ip is None:
        return "unreadable"
    for network, name in _REFUSED:
        if ip in network:
            return name
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_V6:
        return "reserved"
    return None


class Guard:
    """The judgement with the operator's exceptions: exact `host:port` pairs, single addresses, and CIDRs."""

    def __init__(self, allow_private: Sequence[str] = ()) -> None:
        """Raise ValueError for an entry that is neither `host:port` nor a CIDR."""
        self.refusal = lru_cache(maxsize=4096)(self._refusal)
        self._networks: list[_Network] = []
        self._pairs: set[tuple[str, int]] = set()
        for entry in allow_private:
            try:
                self._networks.append(ip_network(entry))
            except ValueError:
                self._pairs.add(_pair(entry))

    def _refusal(self, host: str, address: str, port: int) -> str | None:
        """Why `host`, found at `address`, must not be connected to; None if it may."""
        kind = private_kind(address)
        if kind is None or self._allows(host, address, port):
            return None
        named = address if host == address else f"{host} at {address}"
        return f"{named} is a private address ({kind}); polling.allow_private does not open port {port} of it"

    def refusal_of_literal(self, host: str, port: int) -> str | None:
        """The same for a host that is itself an address, before anything is sent; None for names."""
        return None if _ip(host) is None else self.refusal(host, host, port)

    def _allows(self, host: str, address: str, port: int) -> bool:
        if (_name(address), port) in self._pairs or (_ip(host) is None and (_name(host), port) in self._pairs):
            return True
        ip = _ip(address)
        return ip is not None and any(ip in network for network in self._networks)


def _pair(entry: str) -> tuple[str, int]:
    host, colon, port = entry.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{entry!r} is neither host:port nor a network such as 192.168.0.0/16")
    return _name(host.removeprefix("[").removesuffix("]")), int(port)


def _name(host: str) -> str:
    if (ip := _ip(host)) is not None:
        return ip.compressed
    try:
        return host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return host.lower()


@lru_cache(maxsize=4096)
def _ip(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
