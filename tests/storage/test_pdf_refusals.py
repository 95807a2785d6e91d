"""Upload cases G11 to G13: PDFs that are refused, and why."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable

import pytest
from pikepdf import Dictionary, Name

from gnlc_apply.storage.findings import Finding
from gnlc_apply.storage.limits import MAX_BYTES, MAX_PAGES
from tests.storage import corpus
from tests.storage.looking import Look, refused

pytestmark = pytest.mark.proof

# G11, G12: refused with the reason


def _portfolio() -> bytes:
    return corpus.with_root(Collection=Dictionary(View=Name.D))


def _dynamic_form() -> bytes:
    return corpus.with_root(AcroForm=lambda pdf: Dictionary(XFA=pdf.make_stream(b"<xdp/>")))


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (corpus.with_attachment(), Finding.HAS_ATTACHMENTS),
        (_portfolio(), Finding.HAS_ATTACHMENTS),
        (corpus.with_annotation(Dictionary(Subtype=Name.FileAttachment)), Finding.HAS_ATTACHMENTS),
        (_dynamic_form(), Finding.HAS_DYNAMIC_FORM),
        (corpus.with_annotation(Dictionary(Subtype=Name.RichMedia)), Finding.HAS_MEDIA),
        (corpus.with_annotation(Dictionary(Subtype=Name.Movie)), Finding.HAS_MEDIA),
        (corpus.with_annotation(Dictionary(Subtype=Name.Screen)), Finding.HAS_MEDIA),
        (corpus.with_annotation(Dictionary(Subtype=Name("/3D"))), Finding.HAS_MEDIA),
    ],
    ids=["attachment", "portfolio", "file annotation", "xfa", "rich media", "movie", "screen", "3d"],
)
def test_g11_files_dynamic_forms_and_media(look: Look, content: bytes, finding: Finding) -> None:
    assert refused(look(content, "a.pdf")) is finding


@pytest.mark.parametrize(("user", "owner"), [("secret", "owner"), ("", "owner")], ids=["to open", "against changes"])
def test_g12_protected_pdfs(look: Look, user: str, owner: str) -> None:
    found = look(corpus.encrypted(user, owner), "a.pdf")
    assert refused(found) is Finding.PROTECTED
    assert "Save as PDF" in str(found.reason)


# G13: files that grow


def _bomb_in_page(size: int, filters: bytes = b"/FlateDecode") -> bytes:
    packed = corpus.bomb(size)
    return corpus.simple_pdf(content=packed, entries=b"/Filter" + filters)


def _bomb_in_bomb() -> bytes:
    return corpus.simple_pdf(
        content=zlib.compress(corpus.bomb(300 << 20), 9), entries=b"/Filter[/FlateDecode/FlateDecode]"
    )


def _many_bombs() -> bytes:
    packed = corpus.stream(corpus.bomb(100 << 20), b"/Filter/FlateDecode")
    contents = b" ".join(b"%d 0 R" % number for number in range(4, 11))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[%s]>>" % contents
    return corpus.raw_pdf([corpus.CATALOG, corpus.PAGES, page, *([packed] * 7)])


def _page_loop() -> bytes:
    return corpus.raw_pdf(
        [corpus.CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]
    )


@pytest.mark.parametrize(
    ("make", "findings"),
    [
        (lambda: _bomb_in_page(300 << 20), {Finding.TOO_HEAVY}),
        (_bomb_in_bomb, {Finding.TOO_HEAVY}),
        (_many_bombs, {Finding.TOO_HEAVY}),
        (lambda: corpus.object_stream_bomb(300 << 20), {Finding.TOO_HEAVY, Finding.UNREADABLE}),
        (lambda: corpus.pages_pdf(100_000), {Finding.TOO_MANY_PAGES}),
        (lambda: corpus.pages_pdf(MAX_PAGES + 1), {Finding.TOO_MANY_PAGES}),
        (_page_loop, {Finding.UNREADABLE}),
        (
            lambda: corpus.simple_pdf().replace(b"/Resources<<>>", b"/R" + b"[" * 5000),
            {Finding.UNREADABLE, Finding.TOO_HEAVY},
        ),
    ],
    ids=["flate", "flate in flate", "many", "object stream", "100,000 pages", "501 pages", "page loop", "nesting"],
)
def test_g13_files_that_grow(look: Look, make: Callable[[], bytes], findings: set[Finding]) -> None:
    content = make()
    assert len(content) <= MAX_BYTES
    assert refused(look(content, "a.pdf")) in findings


def test_g13_what_is_large_but_honest_is_taken(look: Look) -> None:
    assert look(corpus.pages_pdf(MAX_PAGES), "a.pdf").pages == MAX_PAGES
    assert look(_bomb_in_page(100 << 20), "a.pdf").finding is Finding.CLEAN
    assert look(corpus.object_stream_bomb(1 << 20), "a.pdf").finding is Finding.CLEAN


def test_g13_rarer_packings_are_measured_too(look: Look) -> None:
    wrapped = base64.a85encode(corpus.bomb(200 << 20), adobe=True)[2:]
    bomb = corpus.simple_pdf(content=wrapped, entries=b"/Filter[/ASCII85Decode/FlateDecode]")
    assert refused(look(bomb, "a.pdf")) is Finding.TOO_HEAVY
    runs = corpus.simple_pdf(content=b"\x81\x00" * 1_100_000 + b"\x80", entries=b"/Filter/RunLengthDecode")
    assert refused(look(runs, "a.pdf")) is Finding.TOO_HEAVY
    lzw = corpus.simple_pdf(content=corpus.lzw_bomb(300 << 20), entries=b"/Filter/LZWDecode")
    assert refused(look(lzw, "a.pdf")) is Finding.TOO_HEAVY
    honest = base64.a85encode(zlib.compress(b"0 0 1 1 re f"), adobe=True)[2:]
    found = look(corpus.simple_pdf(content=honest, entries=b"/Filter[/ASCII85Decode/FlateDecode]"), "a.pdf")
    assert found.finding is Finding.CLEAN


def test_g13_many_objects(look: Look) -> None:
    many = b"[" + b"<<>>" * 400_000 + b"]"
    content = corpus.raw_pdf(
        [b"<</Type/Catalog/Pages 2 0 R/X %s>>" % many, corpus.PAGES, corpus.PAGE, corpus.stream(b"")]
    )
    assert refused(look(content, "a.pdf")) in (Finding.TOO_HEAVY, Finding.UNREADABLE)
