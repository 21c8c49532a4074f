"""Pictures that are what they say, and do not say where they were taken."""

from __future__ import annotations

from io import BytesIO
from zlib import crc32

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from aggregator.model.picture import Picture
from aggregator.refine import picture as subject
from aggregator.refine.picture import NotAPicture, clean_picture

PLACE = b"SOMEWHERE-SECRET"


def a_picture(kind: str, size: tuple[int, int] = (32, 20), **options) -> bytes:
    image = Image.new("RGB", size, "teal")
    image.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(turned: int = 6) -> bytes:
    data = Image.Exif()
    data[0x0112] = turned
    data[0x010E] = PLACE.decode()
    data.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)  # GPSLatitude
    return data.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_picture_without_metadata_passes_byte_for_byte(kind: str) -> None:
    content = a_picture(kind)
    assert clean_picture(content) == Picture(content, f"image/{kind.lower()}")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_place_is_taken_out_and_the_orientation_stays(kind: str) -> None:
    content = a_picture(kind, exif=exif())
    assert PLACE in content
    cleaned = clean_picture(content)
    assert isinstance(cleaned, Picture)
    assert PLACE not in cleaned.content
    with Image.open(BytesIO(cleaned.content)) as image:
        assert image.format == kind
        assert not image.getexif().get_ifd(0x8825)
        if kind != "AVIF":  # its orientation is a property of its own
            assert image.getexif().get(0x0112) == 6
        assert image.size in ((32, 20), (20, 32))


def test_texts_and_comments_go() -> None:
    texts = PngInfo()
    texts.add_text("Comment", PLACE.decode())
    for content in (
        a_picture("PNG", pnginfo=texts),
        a_picture("JPEG", comment=PLACE),
        a_picture("GIF", comment=PLACE),
        a_picture("WEBP", xmp=PLACE),
        a_picture("AVIF", xmp=PLACE),
    ):
        assert PLACE in content
        cleaned = clean_picture(content)
        assert isinstance(cleaned, Picture)
        assert PLACE not in cleaned.content


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + crc32(name + data).to_bytes(4, "big")


def between(content: bytes, at: int, more: bytes) -> bytes:
    return content[:at] + more + content[at:]


HIDDEN = {
    "XMP in a GIF": between(a_picture("GIF"), -1, b"\x21\xff\x0bXMP DataXMP" + bytes([len(PLACE)]) + PLACE + b"\0"),
    "a private chunk of a PNG": between(a_picture("PNG"), 33, chunk(b"prVt", PLACE)),
    "a private segment of a JPEG": between(
        a_picture("JPEG"), 20, b"\xff\xe2" + (len(PLACE) + 6).to_bytes(2, "big") + b"MPF\0" + PLACE
    ),
    **{f"behind the end of a {kind}": a_picture(kind) + PLACE for kind in ("JPEG", "PNG", "GIF", "WEBP")},
}


@pytest.mark.parametrize("content", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_programs_hide_beside_the_pixels_goes(content: bytes) -> None:
    cleaned = clean_picture(content)
    assert isinstance(cleaned, Picture)
    assert PLACE not in cleaned.content


def test_a_colour_profile_stays() -> None:
    content = a_picture("JPEG", icc_profile=b"p" * 200, exif=exif())
    cleaned = clean_picture(content)
    assert isinstance(cleaned, Picture)
    with Image.open(BytesIO(cleaned.content)) as image:
        assert image.info["icc_profile"] == b"p" * 200


def test_a_film_stays_a_film() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=PLACE, duration=50)
    cleaned = clean_picture(out.getvalue())
    assert isinstance(cleaned, Picture)
    with Image.open(BytesIO(cleaned.content)) as image:
        assert image.n_frames == 3
    assert PLACE not in cleaned.content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a",
        b"%PDF-1.7",
        a_picture("BMP"),
        a_picture("TIFF"),
        a_picture("ICO"),
        a_picture("JPEG", exif=exif())[:300],
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    assert isinstance(clean_picture(content), NotAPicture)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    content = a_picture("PNG", (300, 300), exif=exif())
    monkeypatch.setattr(subject, "MAX_PIXELS", 300 * 299)
    found = clean_picture(content)
    assert found == NotAPicture("too large: 300 × 300 pixels")
