"""Upload cases G1, G14 and G16 for pictures."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image

from gnlc_apply.storage.findings import Finding
from gnlc_apply.storage.media_types import MediaType
from tests.storage import corpus
from tests.storage.looking import Look, clean_bytes, refused

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_g1_jpegs(look: Look, mode: str) -> None:
    found = look(corpus.jpeg(corpus.picture(mode=mode)), "photo.jpeg")
    with Image.open(io.BytesIO(clean_bytes(found))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (80, 40))
    assert (found.media_type, found.pages) == (MediaType.JPEG, None)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_g1_pngs(look: Look, mode: str) -> None:
    source = Image.new("I;16", (80, 40), 40000) if mode == "I;16" else corpus.picture(mode="RGB").convert(mode)
    found = look(corpus.png(source), "map.png")
    with Image.open(io.BytesIO(clean_bytes(found))) as picture:
        assert (picture.format, picture.size) == ("PNG", (80, 40))
        if mode == "I;16":
            assert picture.getpixel((5, 5)) == pytest.approx(40000 / 256, abs=1)


def test_g1_transparency_of_a_palette_is_kept(look: Look) -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((1, 1), 1)
    found = look(corpus.png(image, transparency=0), "logo.png")
    with Image.open(io.BytesIO(clean_bytes(found))) as picture:
        assert picture.convert("RGBA").getpixel((0, 0)) == (255, 0, 0, 0)
        assert picture.convert("RGBA").getpixel((1, 1)) == (0, 255, 0, 255)


# G14: pictures that grow


@pytest.mark.parametrize(
    ("content", "name", "finding"),
    [
        (corpus.png_claiming(50_000, 50_000), "a.png", Finding.TOO_MANY_PIXELS),
        (corpus.png_claiming(8000, 6000), "a.png", Finding.TOO_MANY_PIXELS),
        (corpus.png_claiming(4000, 4000), "a.png", Finding.UNREADABLE),
        (corpus.jpeg_claiming(65_000, 65_000), "a.jpg", Finding.TOO_MANY_PIXELS),
        (corpus.animated_png(3), "a.png", Finding.ANIMATED),
    ],
    ids=["50,000 squared", "48 million", "16 million, little content", "jpeg 65,000 squared", "animated"],
)
def test_g14_pictures_that_grow(look: Look, content: bytes, name: str, finding: Finding) -> None:
    assert refused(look(content, name)) is finding


def test_g14_an_animation_of_ten_thousand_frames(look: Look) -> None:
    head = b"\x89PNG\r\n\x1a\n" + corpus.png_chunk(b"IHDR", bytes.fromhex("00000001000000010800000000"))
    control = corpus.png_chunk(b"acTL", (10_000).to_bytes(4) + bytes(4))
    frames = [
        corpus.png_chunk(b"fcTL", number.to_bytes(4) + b"\0\0\0\1\0\0\0\1" + bytes(14)) for number in range(10_000)
    ]
    body = corpus.png_chunk(b"IDAT", zlib.compress(b"\0\0"))
    content = head + control + frames[0] + body + b"".join(frames[1:]) + corpus.png_chunk(b"IEND", b"")
    assert refused(look(content, "a.png")) is Finding.ANIMATED


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_g14_large_pictures_within_the_limit_are_halved_within_memory(look: Look, kind: str) -> None:
    image = Image.new("RGB", (7000, 5000), (30, 90, 200))
    content = (
        corpus.jpeg(image, quality=50)
        if kind == "jpg"
        else corpus.png(image.convert("RGBA"), exif=corpus.exif(orientation=6))
    )
    found = look(content, f"a.{kind}")
    with Image.open(io.BytesIO(clean_bytes(found))) as picture:
        assert picture.size == ((3500, 2500) if kind == "jpg" else (2500, 3500))


# G16: notes about place, time and author

NOTES = (b"CANARY", b"Exif", b"ICC_PROFILE", b"iCCP", b"tEXt", b"iTXt", b"eXIf", b"xmpmeta", b"ns.adobe.com")


@pytest.mark.parametrize(
    ("content", "name"),
    [(corpus.full_of_notes_jpeg(), "a.jpg"), (corpus.full_of_notes_png(), "a.png")],
    ids=["jpeg", "png"],
)
def test_g16_pictures_lose_their_notes(look: Look, content: bytes, name: str) -> None:
    assert content.count(b"CANARY") >= 4
    after = clean_bytes(look(content, name))
    assert [note for note in NOTES if note in after] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_g16_a_turned_picture_is_turned_for_good(look: Look, orientation: int) -> None:
    with Image.open(io.BytesIO(corpus.full_of_notes_jpeg(orientation=orientation))) as original:
        expected = (40, 80) if orientation >= 5 else (80, 40)
        bright_side = {1: "right", 2: "left", 3: "left", 4: "right", 5: "bottom", 6: "bottom", 7: "top", 8: "top"}[
            orientation
        ]
        assert original.size == (80, 40)
    found = look(corpus.full_of_notes_jpeg(orientation=orientation), "a.jpg")
    with Image.open(io.BytesIO(clean_bytes(found))) as picture:
        assert picture.size == expected
        grey = picture.convert("L")
        width, height = grey.size
        levels = {
            "left": grey.getpixel((4, height // 2 + 8)),
            "right": grey.getpixel((width - 5, height // 2 - 8)),
            "top": grey.getpixel((width // 2 + 8, 4)),
            "bottom": grey.getpixel((width // 2 - 8, height - 5)),
        }
    assert max(levels, key=lambda side: float(levels[side])) == bright_side  # type: ignore[arg-type]
