"""A picture as its publisher sent it → one that is what it says, and says nothing of where it was taken. Pure.

The kind is read from the bytes. What carries no metadata passes as it is; anything else is written anew without it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from aggregator.model.picture import Picture

MAX_PIXELS = 40_000_000
"""Width × height, and in all frames together where a picture has to be written anew."""

MAX_FRAMES = 500
_ORIENTATION = 0x0112
_HARMLESS_SEGMENTS = {"APP0": b"JFIF\0", "APP2": b"ICC_PROFILE\0", "APP14": b"Adobe"}  # and how they begin
_HARMLESS_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS bKGD sBIT pHYs gAMA cHRM sRGB iCCP cICP mDCV cLLI acTL fcTL fdAT".split()
)
_HARMLESS_EXTENSIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # how often an animation runs
_TEXTS = ("exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "Raw profile type exif", "Description", "Comment")
_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
}


@dataclass(frozen=True, slots=True)
class NotAPicture:
    """Something else, or too much."""

    reason: str


def clean_picture(content: bytes) -> Picture | NotAPicture:
    """JPEG, PNG, GIF, WebP and AVIF without metadata. SVG is a document that can do things, and is refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which goes anyway; sizes are judged below
            with Image.open(BytesIO(content), formats=("JPEG", "PNG", "GIF", "WEBP", "AVIF")) as image:
                return _judged(image, content)
    except UnidentifiedImageError:
        return NotAPicture("no picture of a kind that we pass on")
    except Exception as error:  # noqa: BLE001 - decoders raise whatever broken files make them stumble over
        return NotAPicture(f"a broken picture ({type(error).__name__})")


def _judged(image: Image.Image, content: bytes) -> Picture | NotAPicture:
    kind = image.format or ""
    if image.width * image.height > MAX_PIXELS:
        return NotAPicture(f"too large: {image.width} × {image.height} pixels")
    if not _says_more(image, content):
        return Picture(content, _TYPES[kind])
    frames = getattr(image, "n_frames", 1)
    if kind != "MPO" and (frames > MAX_FRAMES or frames * image.width * image.height > MAX_PIXELS):
        return NotAPicture(f"too large: {frames} frames")
    return Picture(_rewritten(image, kind, frames), _TYPES[kind])


def _says_more(image: Image.Image, content: bytes) -> bool:
    """Whether there is anything beside what is seen."""
    if image.format == "MPO":  # several pictures, each with metadata of its own
        return True
    match image.format:
        case "JPEG":
            return not content.endswith(b"\xff\xd9") or any(not _is_harmless(*each) for each in _segments(image))
        case "PNG":
            return any(chunk not in _HARMLESS_CHUNKS for chunk in _chunks(content))
        case "GIF":
            return not content.endswith(b";") or _has_foreign_extensions(content) or bool(image.info.get("comment"))
        case "WEBP":
            whole = 8 + int.from_bytes(content[4:8], "little")
            return len(content) > whole + whole % 2 or any(image.info.get(name) for name in _TEXTS)
    return any(image.info.get(name) for name in _TEXTS)


def _segments(image: Image.Image) -> list[tuple[str, bytes]]:
    return getattr(image, "applist", [])


def _is_harmless(name: str, data: bytes) -> bool:
    return name in _HARMLESS_SEGMENTS and data.startswith(_HARMLESS_SEGMENTS[name])


def _chunks(content: bytes) -> Iterator[bytes]:
    """The names of a PNG's chunks (RFC 2083 section 3.2); whatever stands behind the last one has an odd name."""
    at, name = 8, b""
    while at < len(content):
        name = b"" if name == b"IEND" else content[at + 4 : at + 8]
        yield name
        at += 12 + int.from_bytes(content[at : at + 4], "big")


def _has_foreign_extensions(content: bytes) -> bool:
    """GIF89a section 26. Pixels that happen to look like one cost no more than that the file is written anew."""
    names = (content[found.end() : found.end() + 11] for found in re.finditer(rb"\x21\xff\x0b", content))
    return any(name not in _HARMLESS_EXTENSIONS for name in names)


def _rewritten(image: Image.Image, kind: str, frames: int) -> bytes:
    turned = image.getexif().get(_ORIENTATION)
    exif = Image.Exif()
    if turned in range(2, 9):  # or it would lie on its side
        exif[_ORIENTATION] = turned
    plain = exif.tobytes() if len(exif) else b""
    wanted: dict[str, Any] = {"icc_profile": image.info.get("icc_profile"), "exif": plain}
    if kind in ("JPEG", "MPO"):
        wanted |= {"format": "JPEG", "quality": "keep" if kind == "JPEG" else 90, "comment": b""}
    elif kind == "GIF":
        wanted = {"format": "GIF", "comment": b"", "save_all": frames > 1}
    else:
        wanted |= {"format": kind, "save_all": frames > 1, "xmp": b""}
        wanted |= {"quality": 90} if kind in ("WEBP", "AVIF") else {}
    out = BytesIO()
    image.save(out, **wanted)
    return out.getvalue()
