"""The report on a jury as a PDF: the sections of its pages, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.jury_sections import range_words
from gnlc_apply.documents.report_parts import Plot, Row, Section
from gnlc_apply.documents.typesetting import typeset
from gnlc_apply.documents.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, Wording, frame, isolated
from gnlc_apply.queries.embargoed.jury_report import Report


def region_section(report: Report, wording: Wording) -> Section:
    """How the files of each region fared: a difference, never a proof. A page of its own."""
    found = report.summary["outcomes"]
    most = max((abs(one[end]) for one in found.values() for end in ("low", "high")), default=1.0)
    reach = max(1.0, -(-most // 0.5) * 0.5)
    columns = (Text("Region"), Text("Files"), Text("Points against the rest"), Text("Range of 9 in 10"))
    told = (Text("Within the standard"), Text("Of the rest"), Text("One to the other"), Text("By chance (p)"))
    axis = Text(
        "From %(start)s (%(left)s) to %(end)s (%(right)s)",
        start=wording.two_places(-reach),
        end=wording.two_places(reach),
        left=Text("below the rest"),
        right=Text("above the rest"),
    )
    return Section(
        title=wording.text(Text("How regions fared")),
        words=(
            wording.text(
                Text(
                    "This is a difference, not proof of unequal treatment: the files of a region may be better or weaker."
                )
            ),
            wording.text(
                Text(
                    "The adjusted averages of a region's files less those of all others, and what part of them the standard, "
                    "the places and the quota would admit. The two parts are compared from ten files on each side."
                )
            ),
        ),
        columns=tuple(wording.text(label) for label in (*columns, *told)),
        rows=tuple(_region(name, one, reach, wording) for name, one in found.items()),
        plot_label=wording.text(axis),
        notes=_left_out(report, wording),
    )


def _left_out(report: Report, wording: Wording) -> tuple[str, ...]:
    if report.summary["outcomes"]:
        return ()
    closed = Text(
        "Left out for you: scores of a file are closed to you, and these figures would tell them. "
        "Somebody to whom all files are open can read them."
    )
    return (wording.text(closed if report.has_closed else Text("All files are of one region.")),)


def _region(name: str, one: Any, reach: float, wording: Wording) -> Row:
    cells = (
        *(wording.text(Text(name)), wording.number(one["files"]), wording.two_places(one["gap"])),
        *(range_words(one["low"], one["high"], wording), wording.share(one["rate"])),
        *(wording.share(one["rate_of_rest"]), wording.two_places(one["ratio"]), wording.two_places(one["p"])),
    )
    return Row(cells, Plot(one["gap"], one["low"], one["high"], -reach, reach))


def jury_report(
    call_title: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section], regions: Section, wording: Wording
) -> bytes:
    """The report as PDF. ``facts``: what the figures are of; regions begin a page of their own."""
    title = wording.text(Text("Report on the jury"))
    values = frame(wording, title, isolated(call_title)) | {
        "call": isolated(call_title),
        "secret": wording.text(
            Text("Only for those who see the ranking. Nothing of this is published, before or after the announcement.")
        ),
        "facts": [list(fact) for fact in facts],
        "sections": [_plain(section) for section in sections],
        "regions": _plain(regions),
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
