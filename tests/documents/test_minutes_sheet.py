"""The workbook of the jury's minutes: texts stay texts, decisions only where they are given."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gnlc_apply.documents.minutes_sheet import Absence, DecidedRow, Minutes, MinutesSheet, RecommendedRow, minutes_sheet
from tests.documents.samples import REFERENCE, wording

SHEET = MinutesSheet(
    call_title="Call 2027",
    made_at=datetime(2027, 8, 1, 9, 0, tzinfo=UTC),
    recommended=(RecommendedRow(REFERENCE, "=1+1", "Morocco", "Arab States", 4, 3.75, "recommended", "+good"),),
    decided=(DecidedRow(REFERENCE, "Fès", "Morocco", "recommended", "approved", "A", "B", date(2027, 8, 20), ""),),
    minutes=Minutes(
        chair="Prof. 王",
        confirmed_at=datetime(2027, 8, 2, 10, 0, tzinfo=UTC),
        present=("One", "Two"),
        absences=(Absence("Two", REFERENCE, "Fès", "own country"),),
        text="@SUM(A1)\nhttps://example.org\x0b",
    ),
)


def parts(book: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def sheets(book: bytes) -> list[str]:
    return re.findall(r'<sheet name="([^"]+)"', parts(book)["xl/workbook.xml"])


def test_two_lists_and_the_minutes() -> None:
    assert sheets(minutes_sheet(SHEET, wording("en"))) == ["Recommended", "Decided", "Minutes"]


def test_without_decisions_there_is_no_list_of_them() -> None:
    book = minutes_sheet(replace(SHEET, decided=()), wording("en"))
    assert sheets(book) == ["Recommended", "Minutes"]
    assert "approved" not in "".join(parts(book).values())
    assert "approved" in "".join(parts(minutes_sheet(SHEET, wording("en"))).values())


def test_what_looks_like_a_formula_or_a_link_stays_text() -> None:
    found = parts(minutes_sheet(SHEET, wording("en")))
    texts = found["xl/sharedStrings.xml"]
    for typed in ("=1+1", "+good", "@SUM(A1)", "https://example.org", "Prof. 王"):
        assert typed in texts
    assert [name for name, content in found.items() if "<f>" in content or "hyperlink" in content] == []
    assert "\x0b" not in texts
    assert "_x000B_" not in texts


def test_figures_and_dates_are_figures_and_dates() -> None:
    row = replace(SHEET.recommended[0], adjusted=3.625, low=3.25, high=4.125, standing="to discuss")
    plain = parts(minutes_sheet(SHEET, wording("en")))
    found = parts(minutes_sheet(replace(SHEET, recommended=(row,)), wording("en")))
    assert "<v>3.75</v>" in found["xl/worksheets/sheet1.xml"]
    for value in ("3.625", "3.25", "4.125"):
        assert f"<v>{value}</v>" not in plain["xl/worksheets/sheet1.xml"]
        assert f"<v>{value}</v>" in found["xl/worksheets/sheet1.xml"]
    assert "to discuss" in found["xl/sharedStrings.xml"]
    assert "<v>46619</v>" in found["xl/worksheets/sheet2.xml"]
    assert "<v>46601</v>" in found["xl/worksheets/sheet3.xml"]


@pytest.mark.parametrize(("language", "is_mirrored"), [("ar", True), ("en", False)])
def test_arabic_sheets_run_from_the_right(language: str, is_mirrored: bool) -> None:
    sheet = parts(minutes_sheet(SHEET, wording(language)))["xl/worksheets/sheet1.xml"]
    assert ('rightToLeft="1"' in sheet) is is_mirrored


def test_present_and_absent_jurors_are_in_the_minutes() -> None:
    texts = parts(minutes_sheet(SHEET, wording("en")))["xl/sharedStrings.xml"]
    assert f"Two left the room for Fès ({REFERENCE}): own country" in texts
    assert texts.count("<t>One</t>") == 1
