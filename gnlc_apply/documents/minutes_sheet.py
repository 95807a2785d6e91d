"""The jury's minutes as a workbook: what was recommended, what was decided, who was there."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gnlc_apply.core.lazy import lazy
from gnlc_apply.core.text import Text
from gnlc_apply.documents.wording import Wording, clean

xlsxwriter = lazy("xlsxwriter")

# Cells hold what was typed and nothing else: no formula, link or number is made of a text that looks like one.
WORKBOOK_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}
LONGEST_CELL = 32_767
Cell = str | int | float | date | None


@dataclass(frozen=True)
class RecommendedRow:
    """One application as the jury leaves it; averages from 0 to 5, None where there is none.

    `adjusted` with its range `low` to `high` and `standing` in words: of the scores as they are, or not there.
    """

    reference: str
    city: str
    country: str
    region: str
    readings: int
    average: float | None
    recommendation: str
    words: str = ""
    adjusted: float | None = None
    low: float | None = None
    high: float | None = None
    standing: str = ""


@dataclass(frozen=True)
class DecidedRow:
    """One decision: prepared by one person, approved by another, with the reason where it departs from the jury."""

    reference: str
    city: str
    country: str
    recommendation: str
    decision: str
    prepared_by: str
    approved_by: str
    decided_on: date | None
    reason: str = ""


@dataclass(frozen=True)
class Absence:
    """A juror who left the room for a file, and why."""

    juror: str
    reference: str
    city: str
    reason: str


@dataclass(frozen=True)
class Minutes:
    """The minutes of the jury's meeting, as confirmed."""

    chair: str
    confirmed_at: datetime | None
    present: tuple[str, ...]
    absences: tuple[Absence, ...]
    text: str


@dataclass(frozen=True)
class MinutesSheet:
    """All that the workbook holds; `decided` is empty for readers who may not see decisions."""

    call_title: str
    made_at: datetime
    recommended: tuple[RecommendedRow, ...]
    decided: tuple[DecidedRow, ...]
    minutes: Minutes


def minutes_sheet(content: MinutesSheet, wording: Wording) -> bytes:
    """The workbook (XLSX): recommended, decided (only if there is a decision), minutes. Times are written in UTC."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, WORKBOOK_OPTIONS)
    book.set_properties({"title": _cell(content.call_title), "created": content.made_at.replace(tzinfo=None)})
    pages = _Pages(book, wording)
    widths = (20, 26, 22, 26, 10, 12, 12, 12, 12, 16, 20, 60)
    pages.add(Text("Recommended"), _RECOMMENDED, map(_recommended, content.recommended), widths)
    if content.decided:
        pages.add(Text("Decided"), _DECIDED, map(_decided, content.decided), (20, 26, 22, 20, 16, 24, 24, 14, 60))
    pages.add(Text("Minutes"), (Text("Subject"), Text("Entry")), _minutes(content, wording), (34, 100))
    book.close()
    return target.getvalue()


_RECOMMENDED = (
    Text("Reference"),
    Text("City"),
    Text("Country"),
    Text("Region"),
    Text("Readings"),
    Text("Average"),
    Text("Adjusted average"),
    Text("Range from"),
    Text("Range to"),
    Text("Standing"),
    Text("Recommendation"),
    Text("Words of the jury"),
)
_DECIDED = (
    Text("Reference"),
    Text("City"),
    Text("Country"),
    Text("Recommendation"),
    Text("Decision"),
    Text("Prepared by"),
    Text("Approved by"),
    Text("Decided on"),
    Text("Reason"),
)


def _recommended(row: RecommendedRow) -> Sequence[Cell]:
    return (
        row.reference,
        row.city,
        row.country,
        row.region,
        row.readings,
        row.average,
        row.adjusted,
        row.low,
        row.high,
        row.standing,
        row.recommendation,
        row.words,
    )


def _decided(row: DecidedRow) -> Sequence[Cell]:
    return (
        row.reference,
        row.city,
        row.country,
        row.recommendation,
        row.decision,
        row.prepared_by,
        row.approved_by,
        row.decided_on,
        row.reason,
    )


def _minutes(content: MinutesSheet, wording: Wording) -> Iterable[Sequence[Cell]]:
    minutes = content.minutes
    confirmed = wording.text(Text("Not yet confirmed"))
    yield wording.text(Text("Call")), content.call_title
    yield wording.text(Text("Chair")), minutes.chair
    yield wording.text(Text("Confirmed on")), minutes.confirmed_at.date() if minutes.confirmed_at else confirmed
    for name in minutes.present:
        yield wording.text(Text("Present")), name
    for absence in minutes.absences:
        sentence = Text(
            "%(juror)s left the room for %(city)s (%(reference)s): %(reason)s",
            juror=absence.juror,
            city=absence.city,
            reference=absence.reference,
            reason=absence.reason,
        )
        yield wording.text(Text("Left the room")), wording.text(sentence)
    yield wording.text(Text("Minutes")), minutes.text


class _Pages:
    """The sheets of one workbook, each with a heading row that stays in sight and can be filtered."""

    def __init__(self, book: Any, wording: Wording) -> None:
        self._book = book
        self._wording = wording
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self._figure = book.add_format({"num_format": "0.00", "valign": "top"})
        self._whole = book.add_format({"num_format": "0", "valign": "top"})

    def add(self, title: Text, header: Sequence[Text], rows: Iterable[Sequence[Cell]], widths: Sequence[int]) -> None:
        """One sheet. Texts are written as texts, figures and dates as such."""
        sheet = self._book.add_worksheet(self._wording.text(title)[:31])
        if self._wording.locale.text_direction == "rtl":
            sheet.right_to_left()
        for column, (heading, width) in enumerate(zip(header, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, _cell(self._wording.text(heading)), self._head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, last, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(header) - 1)

    def _write(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        if value is None:
            sheet.write_blank(row, column, None, self._text)
        elif isinstance(value, str):
            sheet.write_string(row, column, _cell(value), self._text)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._day)
        else:
            sheet.write_number(row, column, value, self._whole if isinstance(value, int) else self._figure)


def _cell(text: str) -> str:
    """Typed text without signs a workbook cannot hold, cut at the length a cell takes."""
    return clean(text)[:LONGEST_CELL]
