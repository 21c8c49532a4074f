"""A picture that may be shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """Its bytes, without metadata, and what they are."""

    content: bytes
    media_type: str  # image/jpeg, image/png, image/gif, image/webp or image/avif
