"""Upload cases G2 to G9 and G15: sizes, names, damage, files that are two things; and the child process itself."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from gnlc_apply.core.children import child_environment
from gnlc_apply.core.zygote import Zygote
from gnlc_apply.storage import inspection
from gnlc_apply.storage.findings import Finding
from gnlc_apply.storage.inspection import InspectionFailed, inspect, reason_for
from gnlc_apply.storage.limits import MAX_BYTES
from tests.storage import corpus
from tests.storage.looking import Look, clean_bytes, refused

pytestmark = pytest.mark.proof

# G2, G3: sizes


@pytest.mark.parametrize(("content", "finding"), [(b"", Finding.EMPTY), (b"%", Finding.NOT_WHAT_ITS_NAME_SAYS)])
def test_g2_nothing_and_one_byte(look: Look, content: bytes, finding: Finding) -> None:
    assert refused(look(content, "a.pdf")) is finding


@pytest.mark.parametrize(("excess", "is_taken"), [(-1, True), (0, True), (1, False)])
def test_g3_the_limit_to_the_byte(look: Look, excess: int, is_taken: bool) -> None:
    shell = len(corpus.simple_pdf(content=b" " * 1_000_000)) - 1_000_000
    # The length in the file has a digit more from a million on; the first try says by how much.
    content = corpus.simple_pdf(content=b" " * (MAX_BYTES + excess - shell))
    assert len(content) == MAX_BYTES + excess
    found = look(content, "a.pdf")
    assert found.finding is (Finding.CLEAN if is_taken else Finding.TOO_LARGE)


# G5, G6: what the name says


@pytest.mark.parametrize("content", ["pdf", "jpg", "png"])
@pytest.mark.parametrize("name", ["a.pdf", "a.jpg", "a.jpeg", "a.png", "a.PNG"])
def test_g5_name_and_first_bytes_must_agree(look: Look, content: str, name: str) -> None:
    made = {"pdf": corpus.simple_pdf(), "jpg": corpus.jpeg(), "png": corpus.png()}[content]
    agrees = name[2:].lower().replace("jpeg", "jpg") == content
    found = look(made, name)
    assert found.finding is (Finding.CLEAN if agrees else Finding.NOT_WHAT_ITS_NAME_SAYS)


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.pdf.exe", "a", "pdf", ".pdf", "a.docx", "a.gif", "a.pdf/", ""])
def test_g5_other_names_are_not_taken(look: Look, name: str) -> None:
    found = look(corpus.simple_pdf(), name)
    assert found.finding is (Finding.CLEAN if name == "a.pdf/" else Finding.TYPE_NOT_ALLOWED)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03" + bytes(200),
        b"\x7fELF" + bytes(200),
        b"<!DOCTYPE html><html><script>alert(1)</script>",
        b"<?php system($_GET['c']); ?>",
        corpus.zip_file({"a.txt": b"a"}),
        b"GIF89a" + bytes(200),
        b"\n%PDF-1.7\n" + corpus.simple_pdf()[9:],
        b"%PDF-9.9\n" + corpus.simple_pdf()[9:],
    ],
    ids=["exe", "elf", "html", "php", "zip", "gif", "pdf-not-at-0", "pdf-9.9"],
)
def test_g6_other_content_named_pdf(look: Look, content: bytes) -> None:
    assert refused(look(content, "a.pdf")) is Finding.NOT_WHAT_ITS_NAME_SAYS


# G7: damaged files


def _without_catalog() -> bytes:
    return corpus.raw_pdf([b"<</Type/Nothing>>"])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7" + bytes(2000), "a.pdf"),
        (corpus.simple_pdf()[:-60], "a.pdf"),
        (corpus.built_pdf()[: len(corpus.built_pdf()) // 2], "a.pdf"),
        (corpus.simple_pdf().replace(b"startxref\n", b"startxref\n9"), "a.pdf"),
        (corpus.simple_pdf().replace(b"0000000015", b"0000000007"), "a.pdf"),
        (b"\xff\xd8\xff\xe0" + bytes(2000), "a.jpg"),
        (corpus.jpeg()[:400], "a.jpg"),
        (corpus.jpeg(corpus.picture((400, 400)))[:-900], "a.jpg"),
        (corpus.png()[:60], "a.png"),
        (corpus.png(corpus.picture((400, 400)))[:-200], "a.png"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "a.png"),
    ],
)
def test_g7_damaged_files(look: Look, content: bytes, name: str) -> None:
    assert refused(look(content, name)) is Finding.UNREADABLE


def test_g7_a_pdf_without_pages(look: Look) -> None:
    assert refused(look(_without_catalog(), "a.pdf")) is Finding.UNREADABLE
    empty = corpus.raw_pdf([corpus.CATALOG, b"<</Type/Pages/Kids[]/Count 1>>"])
    assert refused(look(empty, "a.pdf")) is Finding.UNREADABLE


# G8, G9: drawings that act, and files that are two things


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.svgz", "a.pdf"])
def test_g8_svg(look: Look, name: str) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    assert refused(look(drawing, name)) in (Finding.TYPE_NOT_ALLOWED, Finding.NOT_WHAT_ITS_NAME_SAYS)
    assert refused(look(zlib.compress(drawing), name)) in (Finding.TYPE_NOT_ALLOWED, Finding.NOT_WHAT_ITS_NAME_SAYS)


TAIL = b"<html><script>alert('TAILCANARY')</script><?php echo 'TAILCANARY' ?>"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (corpus.png() + TAIL, "a.png"),
        (corpus.jpeg() + TAIL, "a.jpg"),
        (corpus.jpeg(comment=TAIL), "a.jpg"),
        (corpus.simple_pdf() + TAIL, "a.pdf"),
        (corpus.simple_pdf() + corpus.zip_file({"TAILCANARY.txt": b"TAILCANARY"}), "a.pdf"),
        (corpus.png() + corpus.zip_file({"META-INF/TAILCANARY": b"TAILCANARY"}), "a.png"),
        (corpus.raw_pdf([corpus.CATALOG, corpus.PAGES, corpus.PAGE, corpus.stream(b""), b"(TAILCANARY)"]), "a.pdf"),
    ],
    ids=["png-html", "jpg-php", "jpg-comment", "pdf-html", "pdf-zip", "png-jar", "pdf-unused-object"],
)
def test_g9_a_second_file_behind_or_inside_is_gone(look: Look, content: bytes, name: str) -> None:
    assert b"TAILCANARY" in content
    found = look(content, name)
    assert b"TAILCANARY" not in clean_bytes(found)
    assert b"PK\x03\x04" not in clean_bytes(found)


def test_g9_a_web_page_that_holds_a_pdf(look: Look) -> None:
    assert refused(look(b"<html><!-- " + corpus.simple_pdf(), "a.pdf")) is Finding.NOT_WHAT_ITS_NAME_SAYS


# G15: archives are not taken at all


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.pdf"])
def test_g15_archives(look: Look, name: str) -> None:
    content = corpus.zip_file({"../../x": b"slip", "word/document.xml": bytes(5_000_000)})
    assert refused(look(content, name)) in (Finding.TYPE_NOT_ALLOWED, Finding.NOT_WHAT_ITS_NAME_SAYS)


def test_the_same_file_gives_the_same_copy(look: Look) -> None:
    digests = {look(corpus.simple_pdf(), "a.pdf").sha256_clean for _ in range(2)}
    assert len(digests) == 1
    assert look(corpus.jpeg(), "a.jpg").sha256_clean == look(corpus.jpeg(), "a.jpg").sha256_clean


# The child process


def test_a_child_that_takes_too_long_is_ended(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "CHILD_SECONDS", 0)
    assert refused(look(corpus.simple_pdf(), "a.pdf")) is Finding.TOO_HEAVY


def test_a_child_that_cannot_start_is_our_failure_and_not_the_file_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "_child", Zygote("gnlc_apply.storage.nothing_here"))
    source = tmp_path / "a"
    source.write_bytes(corpus.simple_pdf())
    with pytest.raises(InspectionFailed):
        inspect(source, original_name="a.pdf", clean_path=tmp_path / "clean")


def test_the_child_gets_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNLC_SECRET_KEY", "secret")
    assert "GNLC_SECRET_KEY" not in child_environment()


@pytest.mark.parametrize("finding", [f for f in Finding if f is not Finding.CLEAN])
def test_every_finding_has_its_sentence(finding: Finding) -> None:
    sentence = str(reason_for(finding))
    assert sentence
    assert "%(" not in sentence
    assert not sentence.endswith(".")
