"""The sections on what other ways of counting would change, and on jurors who favour their own region or language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.jury_words import axis, juror_name, listed, reach_of
from gnlc_apply.documents.report_parts import Plot, Row, Section
from gnlc_apply.documents.wording import Wording
from gnlc_apply.queries.embargoed.figures import MUCH
from gnlc_apply.queries.embargoed.jury_report import JurorLine, Report

_WAYS: Mapping[str, Text] = {
    "raw": Text("Plain averages: nobody's strictness taken out"),
    "centred": Text("Every juror's own average taken off, as if all had read equally good files"),
    "weighted": Text("Jurors who stray from the others count less"),
    "ordinal": Text("Steps of the scale counted in place of points, because many scores stand at its ends"),
}
_OWN: Mapping[str, Text] = {
    "own_region": Text("Files of the juror's own region"),
    "own_language": Text("Files in a language that the juror works in"),
}


def ways_section(report: Report, wording: Wording) -> Section:
    """Whom the rule would admit if the scores were counted otherwise: a row for each way, and for each juror to look at."""
    columns = (Text("Counted otherwise"), Text("Files that change"), Text("Which"), Text("Look at"))
    explained = Text(
        "Whom the standard, the places and the quota of each country would admit if the scores were counted otherwise. "
        "None of these is used."
    )
    wrong = report.summary.get("wrong")
    sure = Text(
        "Of those whom the standard admits now, a repetition of the jury would on average not admit %(number)s.",
        number=round(wrong or 0.0, 1),
    )
    return Section(
        title=wording.text(Text("What other ways of counting would change")),
        words=(wording.text(explained), *([wording.text(sure)] if wrong is not None else [])),
        columns=tuple(wording.text(label) for label in columns),
        rows=tuple(_way(way, report, wording) for way in report.summary["ways"]),
    )


def _way(way: Mapping[str, Any], report: Report, wording: Wording) -> Row:
    places = report.seen(way["changed"])
    is_much = not report.has_closed and way["share"] > MUCH
    remark = wording.text(Text("More than a tenth of the cohort: the jury should look at it")) if is_much else ""
    line = _line(report, way.get("juror"))
    name = wording.text(
        _WAYS[way["way"]] if line is None else Text("Without %(juror)s", juror=juror_name(line, wording))
    )
    # Whose files change without a juror would tie this juror's number to files.
    which = listed(places) if line is None or report.is_named else ""
    return Row((name, wording.number(len(places)), which, remark))


def _line(report: Report, reference: str | None) -> JurorLine | None:
    return next((line for line in report.jurors if line.reference == reference), None)


def affinity_section(report: Report, wording: Wording) -> Section:
    """Whether a juror treats files of the own region or language otherwise than the rest; by name for the secretariat alone."""
    found: Mapping[str, Any] = report.summary.get("affinities", {})
    explained = Text(
        "How much better or worse a juror finds own files than the others find them, less the same for all other files. It is "
        "looked at from three files on each side; a gap of half a point and more, that chance hardly explains, is a reason to "
        "talk. Nothing follows by itself."
    )
    rows: tuple[Row, ...] = ()
    plot_label = ""
    if report.is_named:
        gaps = [one["gap"] for by_juror in found.values() for one in by_juror.values() if one["gap"] is not None]
        reach = reach_of(gaps)
        rows = tuple(_affinities(found, report, reach, wording))
        plot_label = axis(-reach, reach, Text("own files worse"), Text("own files better"), wording) if rows else ""
    columns = (Text("Juror"), Text("Points"), Text("By chance (q)"), Text("Look at"))
    return Section(
        title=wording.text(Text("Does anybody favour the own region or language?")),
        words=(wording.text(explained),),
        columns=tuple(wording.text(label) for label in columns),
        plot_label=plot_label,
        rows=rows,
        notes=tuple(wording.text(words) for words in _counts(found, report)),
    )


def _affinities(found: Mapping[str, Any], report: Report, reach: float, wording: Wording) -> Iterator[Row]:
    """Those that could be looked at, a row for each juror and kind of files."""
    for name, by_juror in found.items():
        for line in report.jurors:
            one = by_juror.get(line.reference, {"gap": None})
            if one["gap"] is None:
                continue
            gap = round(one["gap"], report.places)
            remark = wording.text(Text("Own files better than the others find them")) if one["is_flagged"] else ""
            who = Text("%(juror)s: %(files)s", juror=juror_name(line, wording), files=_OWN[name])
            cells = (wording.text(who), wording.two_places(gap), wording.two_places(one["q"]), remark)
            yield Row(cells, Plot(gap, gap, gap, -reach, reach))


def _counts(found: Mapping[str, Any], report: Report) -> Iterator[Text]:
    if report.of_its_day is not None:
        yield report.of_its_day
    for name, by_juror in found.items():
        tested = [one for one in by_juror.values() if one["gap"] is not None]
        yield Text(
            "%(files)s: looked at for %(tested)s of %(jurors)s jurors; to look at: %(flagged)s.",
            files=_OWN[name],
            tested=len(tested),
            jurors=len(by_juror),
            flagged=sum(one["is_flagged"] for one in tested),
        )
