"""Upload cases G17 to G22: names."""

from __future__ import annotations

import unicodedata
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.storage.media_types import MediaType
from gnlc_apply.storage.names import content_disposition, download_name, plain_name

PDF = MediaType.PDF


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        # G17: paths
        ("../../x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("C:plan.pdf", "C_plan.pdf"),
        ("%2e%2e%2fx.pdf", "2e_2e_2fx.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("folder/", "folder.pdf"),
        # G18: names with a meaning to some system
        ("CON", "attachment.pdf"),
        ("con.pdf", "attachment.pdf"),
        ("AUX.txt.pdf", "attachment.pdf"),
        ("Lpt1.pdf", "attachment.pdf"),
        ("COM¹.pdf", "attachment.pdf"),
        ("nul .pdf", "attachment.pdf"),
        ("CONCEPT.pdf", "CONCEPT.pdf"),
        (".htaccess", "htaccess.pdf"),
        (".pdf", "attachment.pdf"),
        ("-rf.pdf", "rf.pdf"),
        ("~$plan.pdf", "plan.pdf"),
        ("plan...", "plan.pdf"),
        ("plan. .pdf", "plan.pdf"),
        ("", "attachment.pdf"),
        ("...", "attachment.pdf"),
        # G20: direction overrides and the like
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("\u2066a\u2069\u200e\u200f\ufeffb.pdf", "ab.pdf"),
        # G22: what could end a header
        ('a"b;c.pdf', "a_b_c.pdf"),
        ("a\r\nX-Evil: 1.pdf", "a X-Evil_ 1.pdf"),
        ("a\u2028b.pdf", "a b.pdf"),
        # ordinary names
        ("Plan d’action 2027–2030.PDF", "Plan d’action 2027–2030.pdf"),
        ("خطة المدينة.pdf", "خطة المدينة.pdf"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
        ("学习型城市.pdf", "学习型城市.pdf"),
        ("Étude e\u0301tape.pdf", "Étude étape.pdf"),
        ("v1.2 final.pdf", "v1.2 final.pdf"),
        ("v1.2 final", "v1.2 final.pdf"),
        ("photo.exe.pdf", "photo.exe.pdf"),
    ],
)
def test_download_names(original: str, expected: str) -> None:
    assert download_name(original, PDF) == expected


@pytest.mark.parametrize(("media_type", "ending"), [(PDF, ".pdf"), (MediaType.JPEG, ".jpg"), (MediaType.PNG, ".png")])
def test_the_ending_is_that_of_the_content(media_type: MediaType, ending: str) -> None:
    assert download_name("photo.html", media_type) == "photo" + ending


@pytest.mark.parametrize("length", [119, 120, 121, 255, 256, 4096])
@pytest.mark.parametrize("letter", ["a", "é", "中", "😀"])
def test_g19_long_names_are_cut_between_characters(letter: str, length: int) -> None:
    original = letter * (length // len(letter.encode())) + ".pdf"
    name = download_name(original, PDF)
    stem = name.removesuffix(".pdf")
    assert set(stem) == {letter}
    assert len(stem.encode()) == min(length // len(letter.encode()), 120 // len(letter.encode())) * len(letter.encode())
    assert len(plain_name(letter * 4096).encode()) <= 255


def test_g19_a_tower_of_marks_is_cut_and_ordinary_marks_stay() -> None:
    tower = "o" + "\u0323\u0330\u0331\u0332" * 75
    assert len(download_name(tower + ".pdf", PDF)) <= len("o....") + len(".pdf")
    for word in ("Việt Nam", "ที่นี่", "שָׁלוֹם", "हिन्दी"):
        assert download_name(word, PDF) == unicodedata.normalize("NFC", word) + ".pdf"


def test_a_cut_never_parts_a_letter_from_its_mark() -> None:
    name = "a" * 119 + "q\u0323"  # no composed form; the mark would be bytes 121 and 122
    assert download_name(name, PDF) == "a" * 119 + ".pdf"


def test_g20_the_shown_name_has_no_hidden_direction() -> None:
    assert plain_name("photo\u202egnp.exe") == "photognp.exe"


@given(st.text(max_size=300))
def test_any_name_is_safe(original: str) -> None:
    name = download_name(original, PDF)
    assert name.endswith(".pdf")
    assert 5 <= len(name.encode()) <= 124
    assert name == name.strip()
    assert name[0] not in "._-~$"
    assert not set(name) & set('<>:"/\\|?*%;')
    assert not [
        c for c in name if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in "\u202a\u202b\u202d\u202e"
    ]
    assert download_name(name, PDF) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plan.pdf", 'attachment; filename="plan.pdf"'),
        ("my plan.pdf", 'attachment; filename="my plan.pdf"'),
        ("Étude.pdf", "attachment; filename=\"Etude.pdf\"; filename*=UTF-8''%C3%89tude.pdf"),
        ("学习.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%AD%A6%E4%B9%A0.pdf"),
        ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        ("a;b.pdf", "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%3Bb.pdf"),
        ("a\r\nb.pdf", "attachment; filename=\"a__b.pdf\"; filename*=UTF-8''a%0D%0Ab.pdf"),
        ("50%.pdf", "attachment; filename=\"50_.pdf\"; filename*=UTF-8''50%25.pdf"),
        ("a'b(c).pdf", 'attachment; filename="a\'b(c).pdf"'),
    ],
)
def test_g22_the_header(name: str, expected: str) -> None:
    assert content_disposition(name) == expected


@given(st.text(min_size=1, max_size=60))
def test_any_header_is_one_line_of_ascii_and_reads_back(original: str) -> None:
    name = download_name(original, PDF)
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    if "filename*" in header:
        assert header.rpartition("''")[2].replace("%", "").isascii()


@given(st.text(max_size=60))
def test_a_header_of_any_text_cannot_be_ended_early(name: str) -> None:
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.count(";") == (2 if "filename*" in header else 1)
