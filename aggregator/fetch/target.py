"""URLs as this room asks them: taken apart strictly, and put together so that nothing can read them differently.

`http://allowed\\@127.0.0.1/` names one host to one parser and another host to the next. A `Target` is built from
checked parts, and libcurl only ever sees the URL that is written from those parts.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_USERINFO = re.compile(r"^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*)[^/?#]*@")  # also where slashes are missing
_KEPT = "%/:?@!$&'()*+,;=~-._[]|"  # what a publisher wrote stays as it is; other characters are percent-encoded
_MAX_LENGTH = 8_000  # RFC 9110 section 4.1 asks for that much; no feed needs more


class BadTargetError(ValueError):
    """The URL cannot be asked; the message says why, in words for the operator, without credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One http or https resource."""

    scheme: str
    host: str  # ASCII, lower case; IPv6 without brackets
    port: int
    resource: str  # path and query, percent-encoded
    credentials: str | None = None  # the value of an Authorization header; never part of `url`

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port (RFC 6454): credentials stay within it."""
        return self.scheme, self.host, self.port

    @property
    def is_address(self) -> bool:
        """The host is an address in its plain form, so there is nothing to look up."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True

    @property
    def url(self) -> str:
        """As it is asked and reported: no credentials, no fragment."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.resource}"


def parse(url: str) -> Target:
    """Take a URL apart, or raise `BadTargetError`."""
    if len(url) > _MAX_LENGTH:
        raise BadTargetError(f"the URL is longer than {_MAX_LENGTH} characters")
    try:
        parts = urlsplit(url.strip("\0\t\n\f\r "))
        port = parts.port
    except ValueError:  # its own words may quote a password
        raise BadTargetError("not a URL: the host or the port cannot be read") from None
    if parts.scheme not in _PORTS:
        raise BadTargetError(f"only http and https are fetched, not {parts.scheme[:20] or 'a URL without a scheme'}")
    if port == 0:
        raise BadTargetError("port 0 cannot be asked")
    userinfo, at, authority = parts.netloc.rpartition("@")
    if "\\" in parts.netloc:
        raise BadTargetError("a backslash in the host: programs disagree on what that means")
    resource = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(
        scheme=parts.scheme,
        host=_host(parts.hostname or "", bracketed="[" in authority),
        port=port or _PORTS[parts.scheme],
        resource=quote(resource, safe=_KEPT),
        credentials=_basic(userinfo) if at else None,
    )


def follow(base: Target, location: str) -> Target:
    """Where a Location header leads (RFC 9110 section 10.2.2); credentials that it brings are dropped."""
    if len(location) > _MAX_LENGTH:
        raise BadTargetError(f"the URL is longer than {_MAX_LENGTH} characters")
    try:
        joined = urljoin(base.url, location.strip())
    except ValueError:
        raise BadTargetError("not a URL: the host or the port cannot be read") from None
    there = parse(joined)
    return Target(scheme=there.scheme, host=there.host, port=there.port, resource=there.resource)


def without_credentials(url: str) -> str:
    """The URL as it may be logged and stored, whether it can be asked or not."""
    return _USERINFO.sub(r"\1", url)


def _host(name: str, *, bracketed: bool) -> str:
    if bracketed:
        try:
            address = IPv6Address(name)
        except ValueError:
            raise BadTargetError("the host is not an IPv6 address") from None
        if address.scope_id:
            raise BadTargetError("an address with a zone belongs to one machine only")
        return _in_groups(address)
    if len(name) > 253:
        raise BadTargetError("the host name is too long")
    ascii_name = name.lower() if name.isascii() else _idna(name)
    if len(ascii_name) > 253 or not _HOST.fullmatch(ascii_name):
        raise BadTargetError("the URL names no valid host")
    return ascii_name


def _in_groups(address: IPv6Address) -> str:
    """RFC 5952, never with dots, as the URL standard has it: from 3.13 on, Python writes a mapped IPv4 address so."""
    if (mapped := address.ipv4_mapped) is None:
        return address.compressed
    high, low = divmod(int(mapped), 1 << 16)
    return f"::ffff:{high:x}:{low:x}"


def _idna(name: str) -> str:
    """RFC 3490; its nameprep folds full-width digits and dots, so that `１２７。０。０。１` is what it looks like."""
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadTargetError("the host name is not a valid one") from None


def _basic(userinfo: str) -> str:
    """RFC 7617: what `https://alice:secret@host/` stands for."""
    user, _, password = userinfo.partition(":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return "Basic " + base64.b64encode(pair).decode("ascii")
