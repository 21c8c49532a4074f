"""A picture as its publisher sent it → one that is what it says, and says nothing of where it was taken. Pure.

The kind is read from the bytes. What carries no metadata passes as it is; anything else is written anew without it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from aggregator.model.picture import Picture

MAX_PIXELS = 40_000_000
"""Width × height, and in all frames together where a picture has to be written anew."""

MAX_FRAMES = 500
_ORIENTATION = 0x0112
_HARMLESS_SEGMENTS = frozenset({"APP0", "APP2", "APP14"})  # JFIF, colour profile, Adobe's colour transform
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
    if not _says_more(image):
        return Picture(content, _TYPES[kind])
    frames = getattr(image, "n_frames", 1)
    if kind != "MPO" and (frames > MAX_FRAMES or frames * image.width * image.height > MAX_PIXELS):
        return NotAPicture(f"too large: {frames} frames")
    return Picture(_rewritten(image, kind, frames), _TYPES[kind])


def _says_more(image: Image.Image) -> bool:
    """Whether there is anything beside what is seen."""
    if image.format == "MPO":  # several pictures, each with metadata of its own
        return True
    if image.format == "JPEG":
        return any(name not in _HARMLESS_SEGMENTS for name, _ in getattr(image, "applist", ()))
    if image.format == "PNG":
        image.load()  # texts and EXIF may stand behind the pixels
        return bool(getattr(image, "text", None)) or any(name in image.info for name in _TEXTS)
    return any(image.info.get(name) for name in _TEXTS)


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
