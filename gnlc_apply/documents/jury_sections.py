"""The report on a jury in words, tables and plots: strictness, other ways of counting, agreement, treatment, outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.jury_ways import affinity_section, ways_section
from gnlc_apply.documents.jury_words import axis, juror_name, listed, range_words, reach_of, strictness_words
from gnlc_apply.documents.report_parts import Plot, Row, Section
from gnlc_apply.documents.wording import Wording
from gnlc_apply.queries.embargoed.figures import WARNINGS
from gnlc_apply.queries.embargoed.jury_report import JurorLine, Report

# How much of the differences between averages of all readers should lie in the files.
_AIM = 0.8

_FLAGS: Mapping[str, Text] = {
    "low_slope": Text("Hardly follows the others: look at these readings together."),
    "few_files": Text("Has read few files: the range is wide."),
}
_VERDICTS: Mapping[str | None, Text] = {
    "different": Text("readers see the files differently: rely on several readers and on discussion"),
    "usual": Text("usual where people judge work of their field"),
    "good": Text("good"),
    "very_good": Text("very good"),
    None: Text("cannot be told: the scores do not differ"),
}
_PROPERTIES: Mapping[str, Text] = {
    "own_region": Text("The reader is of the file's own region"),
    "own_language": Text("The reader works in the file's language"),
    "later": Text("The file was read last rather than first"),
}


def jury_sections(report: Report, wording: Wording) -> tuple[Section, ...]:
    """Everything but how regions fared, which is another question."""
    makers: tuple[Callable[[Report, Wording], Section], ...] = (
        *(_strictness, affinity_section, ways_section),
        *(_agreement, _variance, _treatment),
    )
    return tuple(make(report, wording) for make in makers)


def _strictness(report: Report, wording: Wording) -> Section:
    reach = reach_of([end for line in report.jurors for end in (line.figures.low, line.figures.high)])
    columns = (Text("Juror"), Text("Against the jury"), Text("Range of 9 in 10"), Text("Files read"))
    told = (Text("One point more"), Text("Files that change without"), Text("Look at"))
    return Section(
        title=wording.text(Text("Strict and generous jurors")),
        words=(
            wording.text(
                Text(
                    "Points that a juror gives less (strict) or more (generous) than the jury to the same files. "
                    "Adjusted averages take this out; it is nobody's fault."
                )
            ),
            wording.text(
                Text(
                    "“One point more”: when the others find a file one point better, this juror finds it so much better. "
                    "Nothing follows by itself: a remark is a reason to talk."
                )
            ),
        ),
        columns=tuple(wording.text(label) for label in (*columns, *told)),
        plot_label=axis(-reach, reach, Text("generous"), Text("strict"), wording),
        rows=tuple(_juror(line, reach, wording) for line in report.jurors),
    )


def _juror(line: JurorLine, reach: float, wording: Wording) -> Row:
    found = line.figures
    changed = wording.number(line.changed)
    cells = (
        juror_name(line, wording),
        strictness_words(found.severity, wording),
        range_words(found.low, found.high, wording),
        wording.number(found.files),
        wording.two_places(found.slope),
        f"{changed}: {listed(line.changes)}" if line.changes else changed,
        " ".join(wording.text(_FLAGS[flag]) for flag in found.flags),
    )
    return Row(cells, Plot(found.severity, found.low, found.high, -reach, reach))


def _agreement(report: Report, wording: Wording) -> Section:
    found, titles = report.summary, {one.code: one.title for one in report.ranking.guide.criteria}
    rows = [_alpha(wording.text(Text("The whole reading")), found["agreement"], wording)]
    rows += [
        _alpha(wording.text(Text(titles.get(code, code))), alpha, wording) for code, alpha in found["criteria"].items()
    ]
    explained = Text(
        "1: the readers of a file agree; 0: no more than by chance. Of single readers, 0.2 to 0.5 is what juries of this "
        "kind reach. What matters is the average of all readers once their strictness is taken out."
    )
    share, readers = found["shares"]["mean_corrected"], wording.two_places(found["readers"])
    together = Text(
        "With %(readers)s readers for a file, %(share)s of the differences between such averages lie in the files "
        "themselves; %(aim)s is the aim. Readers needed for it: %(needed)s.",
        readers=readers,
        share=wording.share(share),
        aim=wording.share(_AIM),
        needed=found["readers_needed"],
    )
    return Section(
        title=wording.text(Text("Do the readers agree?")),
        words=(wording.text(explained), wording.text(together)),
        columns=tuple(
            wording.text(label)
            for label in (Text("Scored"), Text("Agreement"), Text("Range of 9 in 10"), Text("In words"))
        ),
        plot_label=axis(0.0, 1.0, Text("by chance"), Text("agree"), wording),
        rows=tuple(rows),
    )


def _alpha(name: str, alpha: Mapping[str, Any], wording: Wording) -> Row:
    value, low, high = alpha["value"], alpha["low"], alpha["high"]
    cells = (
        name,
        wording.two_places(value),
        range_words(low, high, wording),
        wording.text(_VERDICTS[alpha["verdict"]]),
    )
    if value is None:
        return Row(cells)
    return Row(cells, Plot(value, value if low is None else low, value if high is None else high, 0.0, 1.0, zero=False))


def _variance(report: Report, wording: Wording) -> Section:
    found = report.summary["variance"]
    whole = sum(found.values()) or 1.0
    parts = {
        "file": Text("The files: what the jury looks for"),
        "juror": Text("Strict and generous jurors: taken out"),
        "noise": Text("Everything else: another day, another point"),
    }
    rows = tuple(
        Row(
            (wording.text(words), wording.share(found[name] / whole)),
            Plot(found[name] / whole, 0.0, found[name] / whole, 0.0, 1.0, zero=False),
        )
        for name, words in parts.items()
    )
    explained = wording.text(Text("What the differences between single readings come from."))
    linked = Text(
        "The jury is linked at %(share)s of the ideal.", share=wording.share(report.summary["design"]["efficiency"])
    )
    warned = tuple(wording.text(WARNINGS[name]) for name in report.summary["warnings"])
    columns = (wording.text(Text("Comes from")), wording.text(Text("Share")))
    title, axis = wording.text(Text("Where the differences lie")), wording.text(Text("From 0 to all of it"))
    return Section(title, (explained,), columns, rows, axis, notes=(wording.text(linked), *warned))


def _treatment(report: Report, wording: Wording) -> Section:
    found = report.summary["treatments"]
    measured = [one for one in found.values() if one["effect"] is not None]
    reach = reach_of([one[end] for one in measured for end in ("low", "high")])
    by_hand = Text("Some files were given by hand, not by lot: chance cannot be told, and no finding is made.")
    is_by_hand = any(one["q"] is None for one in measured)
    columns = (Text("Looked at"), Text("Points"), Text("Range of 9 in 10"), Text("Would have been seen from"))
    told = (Text("By chance (q)"), Text("Found"), Text("Files that change without it"))
    return Section(
        title=wording.text(Text("Is the same file treated differently?")),
        words=(
            wording.text(
                Text(
                    "Each file is its own control: readings of one and the same file are compared, with strictness taken "
                    "out. Found: fewer than one such finding in ten is false. It may be talked about, more readers may be "
                    "asked; no correction is ever added to a score."
                )
            ),
        ),
        columns=tuple(wording.text(label) for label in (*columns, *told)),
        plot_label=axis(-reach, reach, Text("fewer points"), Text("more points"), wording),
        rows=tuple(_property(name, one, reach, report, wording) for name, one in found.items()),
        notes=(wording.text(by_hand),) if is_by_hand else (),
    )


def _property(code: str, one: Mapping[str, Any], reach: float, report: Report, wording: Wording) -> Row:
    name = wording.text(_PROPERTIES[code])
    if one["effect"] is None:
        words = wording.text(Text("Not measurable: no file has readers of both kinds."))
        return Row((name, "–", "–", "–", "–", words, "–"))
    effect, low, high = (round(one[part], report.places) for part in ("effect", "low", "high"))
    verdict = Text("stands out") if one["is_found"] else Text("does not stand out")
    changed = report.seen(one.get("changed", ()))
    cells = (
        *(name, wording.two_places(effect), range_words(low, high, wording)),
        *(wording.two_places(one["smallest_seen"]), wording.two_places(one["q"])),
        wording.text(verdict) if one["q"] is not None else "–",
        wording.number(len(changed)) if "changed" in one else "–",
    )
    return Row(cells, Plot(effect, low, high, -reach, reach))
