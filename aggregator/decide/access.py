"""Who somebody is, by what they present. Pure; each comparison takes as long for a wrong secret as for a right one.

token ─► compared with every token          name, password ─► compared with every user of that name
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable
from hashlib import scrypt, sha256

from aggregator.model.access import Access, Visitor

HASHED = "scrypt:"
"""What a password begins with that stands in the configuration as its hash: scrypt:N:r:p:salt:hash, base64url."""

COST = (16_384, 8, 1)  # N, r, p: 16 MB and some hundredths of a second (RFC 7914 §2; OWASP's advice for 2023 with p=5)
MOST_MEMORY = 256_000_000  # bytes that a hash in the configuration may ask for

_SOME_HASH = "scrypt:16384:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def by_token(rules: Iterable[Access], token: str) -> Visitor:
    """The rules that a token is let in by; every token is compared, whichever fits."""
    given = _digest(token)
    compared = [(rule, [hmac.compare_digest(_digest(one), given) for _, one in rule.tokens]) for rule in rules]
    return frozenset(rule for rule, fits in compared if any(fits))


def by_password(rules: Iterable[Access], name: str, password: str) -> Visitor:
    """The rules that a user is let in by. A subscriber with a token may give that as the password."""
    rules, found, hashed = tuple(rules), [], False
    for rule in rules:
        held = [(who, one) for who, one in (*rule.users, *rule.tokens) if who == name]
        fits = [is_password(password, one) for _, one in held]  # all are asked before the first answer counts
        hashed = hashed or any(one.startswith(HASHED) for _, one in held)
        if any(fits):
            found.append(rule)
    if takes_long(rules) and not hashed:
        is_password(password, _SOME_HASH)  # a name that there is not takes as long as one that there is
    return frozenset(found)


def takes_long(rules: Iterable[Access]) -> bool:
    """Whether it can take long to find out who somebody is."""
    return any(one.startswith(HASHED) for rule in rules for _, one in rule.users)


def is_password(password: str, held: str) -> bool:
    """Whether this is the password that stands in the configuration, as it is or as a hash."""
    if not held.startswith(HASHED):
        return hmac.compare_digest(_digest(password), _digest(held))
    read = read_hash(held)
    if read is None:
        return False
    cost, salt, wanted = read
    return hmac.compare_digest(_scrypt(password, cost, salt, len(wanted)), wanted)


def hash_of(password: str, salt: bytes) -> str:
    """What stands in the configuration for a password."""
    made = _scrypt(password, COST, salt, 32)
    return ":".join([HASHED[:-1], *map(str, COST), _encoded(salt), _encoded(made)])


def read_hash(held: str) -> tuple[tuple[int, int, int], bytes, bytes] | None:
    """Cost, salt and hash; None if this is no hash that can be checked."""
    parts = held.split(":")
    if len(parts) != 6 or not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts[1:4]):
        return None
    n, r, p = (int(part) for part in parts[1:4])
    try:
        salt, wanted = _decoded(parts[4]), _decoded(parts[5])
    except (binascii.Error, ValueError):
        return None
    fits = n > 1 and n & (n - 1) == 0 and r and 0 < p <= 16 and 128 * n * r <= MOST_MEMORY
    return ((n, r, p), salt, wanted) if fits and len(salt) >= 8 and 16 <= len(wanted) <= 64 else None


def _scrypt(password: str, cost: tuple[int, int, int], salt: bytes, length: int) -> bytes:
    n, r, p = cost
    memory = 128 * n * r + 128 * r * p + 1_000_000
    return scrypt(_bytes(password), salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=length)


def _digest(text: str) -> bytes:
    return sha256(_bytes(text)).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
