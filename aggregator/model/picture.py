"""A picture that may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Images = Literal["original", "proxy", "none"]
"""Where the pictures of a published feed come from: their publishers, us, or nowhere."""


class NoPicture(StrEnum):
    """Why there is none to show."""

    NONE = "Its publisher gives no such picture."
    UNREACHABLE = "Its publisher cannot be reached."


@dataclass(frozen=True, slots=True)
class Picture:
    """Its bytes, without metadata, and what they are."""

    content: bytes
    media_type: str  # image/jpeg, image/png, image/gif, image/webp or image/avif
