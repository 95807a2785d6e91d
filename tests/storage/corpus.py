"""Files made in code, good and bad: the corpus of the upload cases G1 to G16."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw, PngImagePlugin

GPS_CANARY = b"GPSCANARY"
AUTHOR_CANARY = "AUTHORCANARY"


def raw_pdf(objects: list[bytes], *, header: bytes = b"%PDF-1.7", trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects (the first is the catalog), with a correct table of contents."""
    out = bytearray(header + b"\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(body: bytes, entries: bytes = b"") -> bytes:
    """The body of a stream object."""
    return b"<</Length %d%s>>\nstream\n" % (len(body), entries) + body + b"\nendstream"


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<<>>>>"


def simple_pdf(version: bytes = b"1.7", content: bytes = b"0 0 100 100 re f", entries: bytes = b"") -> bytes:
    """One page with a square."""
    return raw_pdf([CATALOG, PAGES, PAGE, stream(content, entries)], header=b"%PDF-" + version)


def built_pdf(change: Callable[[Pdf], None] | None = None, **saving: object) -> bytes:
    """One page, changed by ``change``, saved by pikepdf."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        pdf.pages[0].Contents = pdf.make_stream(b"0 0 100 100 re f")
        if change is not None:
            change(pdf)
        out = io.BytesIO()
        with warnings.catch_warnings():
            # A form field outside a form is what some of these files are made to have.
            warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
            pdf.save(out, **saving)  # type: ignore[arg-type]
        return out.getvalue()


def unpacked(content: bytes) -> bytes:
    """The same PDF with every stream and object stream unpacked."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf, warnings.catch_warnings():
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
        pdf.save(
            out,
            qdf=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


def with_root(**entries: object) -> bytes:
    """One page; entries put into the catalog."""

    def change(pdf: Pdf) -> None:
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value(pdf) if callable(value) else value

    return built_pdf(change)


def with_annotation(*annotations: Dictionary) -> bytes:
    """One page; annotations put on it."""

    def change(pdf: Pdf) -> None:
        for annotation in annotations:
            annotation.Type, annotation.Rect = Name.Annot, Array([0, 0, 50, 50])
        pdf.pages[0].Annots = Array([pdf.make_indirect(annotation) for annotation in annotations])

    return built_pdf(change)


def javascript(code: str = "app.alert(1)") -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String(code))


def link(action: Dictionary) -> Dictionary:
    return Dictionary(Subtype=Name.Link, A=action)


def uri(address: str) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.URI, URI=String(address))


def with_attachment() -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.attachments["budget.xlsx"] = b"PK\x03\x04 not really"

    return built_pdf(change)


def encrypted(user: str, owner: str) -> bytes:
    return built_pdf(encryption=pikepdf.Encryption(user=user, owner=owner))


def pages_pdf(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return raw_pdf([CATALOG, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count), *([page] * count)])


def bomb(size: int) -> bytes:
    """``size`` zeros, deflated at the highest ratio, made without ever holding them."""
    deflate = zlib.compressobj(9)
    block = bytes(1024 * 1024)
    parts = [deflate.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, deflate.flush()])


def lzw_bomb(size: int) -> bytes:
    """At least ``size`` zeros in LZW: each code stands for one zero more than the one before, until the table is full."""
    bits, width = [], 9
    for _ in range(size // (3838 * 3837 // 2) + 1):
        bits.append(format(256, f"0{width}b"))
        width = 9
        for code in [0, *range(258, 4093)]:
            bits.append(format(code, f"0{width}b"))
            # One code earlier than the table asks for, as PDF has it.
            width = 9 if code + 1 < 511 else 10 if code + 1 < 1023 else 11 if code + 1 < 2047 else 12
    bits.append(format(256, f"0{width}b") + format(257, "09b"))
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8)


def object_stream_bomb(size: int) -> bytes:
    """A PDF 1.5 whose catalog lies in an object stream that unpacks to ``size`` bytes."""
    deflate = zlib.compressobj(9)
    start = b"1 0 " + CATALOG
    parts = [deflate.compress(start)]
    parts += [deflate.compress(b" " * 1024 * 1024) for _ in range(size // (1024 * 1024))]
    packed = b"".join([*parts, deflate.flush()])
    out = bytearray(b"%PDF-1.5\n")
    bodies = {
        2: PAGES,
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        4: stream(packed, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"),
    }
    rows = [struct.pack(">BIB", 0, 0, 255), struct.pack(">BIB", 2, 4, 0)]
    for number, body in bodies.items():
        rows.append(struct.pack(">BIB", 1, len(out), 0))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    rows.append(struct.pack(">BIB", 1, len(out), 0))
    at = len(out)
    out += b"5 0 obj\n" + stream(b"".join(rows), b"/Type/XRef/W[1 4 1]/Size 6/Root 1 0 R") + b"\nendobj\n"
    out += b"startxref\n%d\n%%%%EOF\n" % at
    return bytes(out)


def picture(size: tuple[int, int] = (80, 40), mode: str = "RGB") -> Image.Image:
    """A picture that is dark at the left and bright at the right, with a line."""
    image = Image.linear_gradient("L").rotate(90).resize(size).convert("RGB")
    ImageDraw.Draw(image).line((0, 0, size[0] - 1, size[1] - 1), fill=(200, 30, 30), width=3)
    return image.convert(mode)


def jpeg(image: Image.Image | None = None, **saving: object) -> bytes:
    out = io.BytesIO()
    (image or picture()).save(out, "JPEG", **saving)
    return out.getvalue()


def png(image: Image.Image | None = None, **saving: object) -> bytes:
    out = io.BytesIO()
    (image or picture()).save(out, "PNG", **saving)
    return out.getvalue()


def exif(*, orientation: int = 1) -> Image.Exif:
    """EXIF with a place, an author and an orientation."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x013B] = AUTHOR_CANARY
    notes[0x010F] = "Camera"
    notes.get_ifd(0x8825).update({1: "N", 2: (9.0, 1.0, 0.0), 3: "E", 4: (7.0, 0.0, 0.0), 29: GPS_CANARY.decode()})
    return notes


def full_of_notes_jpeg(*, orientation: int = 1, image: Image.Image | None = None) -> bytes:
    return jpeg(
        image,
        exif=exif(orientation=orientation),
        icc_profile=b"ICCCANARY" * 20,
        comment=b"COMMENTCANARY",
        xmp=b"<x:xmpmeta>XMPCANARY</x:xmpmeta>",
    )


def full_of_notes_png() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", AUTHOR_CANARY)
    text.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>XMPCANARY</x:xmpmeta>")
    return png(exif=exif(), icc_profile=b"ICCCANARY" * 20, pnginfo=text)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose header claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = bomb(1024 * 1024)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose frame header claims a size."""
    small = jpeg()
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", height, width) + small[at + 4 :]


def animated_png(frames: int) -> bytes:
    out = io.BytesIO()
    images = [Image.new("L", (4, 4), number % 256) for number in range(frames)]
    images[0].save(out, "PNG", save_all=True, append_images=images[1:])
    return out.getvalue()


def zip_file(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in names.items():
            archive.writestr(name, body)
    return out.getvalue()
