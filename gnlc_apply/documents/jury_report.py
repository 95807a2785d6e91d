"""The report on a jury as a PDF: the sections of its pages, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.jury_words import axis, listed, range_words, reach_of
from gnlc_apply.documents.report_parts import Plot, Row, Section
from gnlc_apply.documents.typesetting import typeset
from gnlc_apply.documents.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, Wording, frame, isolated
from gnlc_apply.queries.embargoed.jury_report import Report

# Where there is nothing to compare.
_ALONE = {
    "outcomes": Text("All files are of one region."),
    "languages": Text("All files are in one language."),
    "prices": Text("No group has a further file."),
}


def fared_sections(report: Report, wording: Wording) -> tuple[Section, ...]:
    """How the files of each region and language fared, and what one more of each would cost. A page of its own."""
    regions = _fared(report, "outcomes", Text("How regions fared"), Text("Region"), wording)
    languages = _fared(report, "languages", Text("How languages fared"), Text("Language"), wording)
    return regions, languages, _prices(report, wording)


def _fared(report: Report, kind: str, title: Text, column: Text, wording: Wording) -> Section:
    """How the files of each group fared: a difference, never a proof."""
    found = report.summary.get(kind, {})
    reach = reach_of([one[end] for one in found.values() for end in ("low", "high")])
    columns = (column, Text("Files"), Text("Points against the rest"), Text("Range of 9 in 10"))
    told = (Text("Within the standard"), Text("Of the rest"), Text("One to the other"), Text("By chance (p)"))
    proof = Text("This is a difference, not proof of unequal treatment: the files of a group may be better or weaker.")
    explained = Text(
        "The adjusted averages of a group's files less those of all others, and what part of them the standard, the places "
        "and the quota would admit. The two parts are compared from ten files on each side."
    )
    return Section(
        title=wording.text(title),
        words=(wording.text(proof), wording.text(explained)) if found else (),
        columns=tuple(wording.text(label) for label in (*columns, *told)),
        rows=tuple(_group(name, one, reach, wording) for name, one in found.items()),
        plot_label=axis(-reach, reach, Text("below the rest"), Text("above the rest"), wording),
        notes=() if found else (wording.text(_why_empty(report, kind)),),
    )


def _why_empty(report: Report, kind: str) -> Text:
    if report.has_closed:
        return Text(
            "Left out for you: scores of a file are closed to you, and these figures would tell them. "
            "Somebody to whom all files are open can read them."
        )
    if report.of_its_day is not None and kind != "outcomes":
        return report.of_its_day
    return _ALONE[kind]


def _prices(report: Report, wording: Wording) -> Section:
    """The price of one more file of each group: for information, never a bonus."""
    found = report.summary.get("prices", [])
    columns = (Text("At least"), Text("Points lost"), Text("Would enter"), Text("Would leave"))
    explained = Text(
        "What it would cost if a public minimum asked for one more file of a group than the standard admits now: who enters, who "
        "leaves, and by how many points of the adjusted average the list gets weaker. For information only. A minimum holds "
        "where it was adopted before the scores were opened, or as an open decision afterwards; the method itself adds no bonus."
    )
    return Section(
        title=wording.text(Text("What a public minimum would cost")),
        words=(wording.text(explained),),
        columns=tuple(wording.text(label) for label in columns),
        rows=tuple(_price(one, report, wording) for one in found),
        notes=() if found else (wording.text(_why_empty(report, "prices")),),
    )


def _price(one: Any, report: Report, wording: Wording) -> Row:
    least = Text("%(group)s: %(number)s", number=one["number"], group=group_name(one["value"], wording))
    if not one["is_possible"]:
        return Row((wording.text(least), "–", wording.text(Text("Not possible within the quota and the places")), "–"))
    sides = (listed(report.seen(one[side])) or "–" for side in ("entering", "leaving"))
    return Row((wording.text(least), wording.two_places(one["points"]), *sides))


def group_name(value: str, wording: Wording) -> str:
    """A region as it is translated, or what a language is called."""
    language = wording.locale.languages.get(value)
    return language or wording.text(Text(value))


def _group(name: str, one: Any, reach: float, wording: Wording) -> Row:
    cells = (
        *(group_name(name, wording), wording.number(one["files"]), wording.two_places(one["gap"])),
        *(range_words(one["low"], one["high"], wording), wording.share(one["rate"])),
        *(wording.share(one["rate_of_rest"]), wording.two_places(one["ratio"]), wording.two_places(one["p"])),
    )
    return Row(cells, Plot(one["gap"], one["low"], one["high"], -reach, reach))


def jury_report(
    call_title: str,
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Section],
    fared: Sequence[Section],
    wording: Wording,
) -> bytes:
    """The report as PDF. ``facts``: what the figures are of; ``fared`` begins a page of its own."""
    title = wording.text(Text("Report on the jury"))
    values = frame(wording, title, isolated(call_title)) | {
        "call": isolated(call_title),
        "secret": wording.text(
            Text("Only for those who see the ranking. Nothing of this is published, before or after the announcement.")
        ),
        "facts": [list(fact) for fact in facts],
        "sections": [_plain(section) for section in sections],
        "fared": [_plain(section) for section in fared],
    }
    return typeset("jury_report.typ", values, wording.language)


def _plain(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "words": list(section.words),
        "notes": list(section.notes),
        "columns": list(section.columns),
        "axis": section.plot_label,
        "rows": [{"cells": [_cell(cell) for cell in row.cells], "plot": _drawn(row.plot)} for row in section.rows],
    }


def _cell(words: str) -> str:
    """Words of any direction, with isolated names among them, apart from the page's own direction."""
    return f"{FIRST_STRONG_ISOLATE}{words}{POP_ISOLATE}" if words else ""


def _drawn(plot: Plot | None) -> dict[str, float] | None:
    if plot is None:
        return None
    low, value, high = plot.ends
    return {"low": low, "value": value, "high": high, "zero": plot.at(0.0) if plot.zero else -1.0}
