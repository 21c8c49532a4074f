"""Addresses of our own for other people's pictures. Only those that we have signed are ever fetched.

img/<signature>/<the picture's URL, in base64url>
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import sha256

LONGEST = 4_000
"""Characters of a URL; a longer one is none of a picture."""

_SIGNED = 18  # bytes of the signature: 24 characters, and nobody guesses 144 bits


def picture_path(secret: bytes, url: str) -> str:
    """Where we offer this picture, relative to our own address; '' where the URL is none that we would fetch."""
    if not url.startswith(("http://", "https://")) or len(url) > LONGEST:
        return ""
    return f"img/{_signature(secret, url)}/{urlsafe_b64encode(url.encode('utf-8', 'replace')).decode().rstrip('=')}"


def picture_url(secret: bytes, signature: str, encoded: str) -> str | None:
    """The URL that such a path names; None if we have not signed it."""
    if len(encoded) > 2 * LONGEST or not encoded.isascii():
        return None
    try:
        url = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (Error, ValueError):
        return None
    if not hmac.compare_digest(_signature(secret, url).encode(), signature.encode("utf-8", "replace")):
        return None
    return url


def _signature(secret: bytes, url: str) -> str:
    digest = hmac.new(secret, url.encode("utf-8", "replace"), sha256).digest()
    return urlsafe_b64encode(digest[:_SIGNED]).decode()
