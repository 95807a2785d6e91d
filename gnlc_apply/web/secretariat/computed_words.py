"""How a file's adjusted average came about, in sentences: for the page that says so."""

from __future__ import annotations

from collections.abc import Iterator

from gnlc_apply.core.text import Text
from gnlc_apply.documents.jury_words import range_words, strictness_words
from gnlc_apply.documents.report_parts import Row
from gnlc_apply.documents.wording import Wording, isolated
from gnlc_apply.queries.embargoed.figures import Figures, FileFigures
from gnlc_apply.queries.embargoed.jury_report import Computation

_ZONES = {
    "in": Text("In at least 9 of 10 repetitions the city is admitted."),
    "grey": Text("Neither in 9 of 10 repetitions admitted nor in 9 of 10 not: more readers and a discussion help."),
    "out": Text("In at most 1 of 10 repetitions the city is admitted."),
}


def sentences(jury: Figures | None, reference: str, wording: Wording) -> tuple[str, ...]:
    """From the average of the readers to where the file stands, one step a sentence; none where it has no figures."""
    if jury is None or reference not in jury.files:
        return ()
    return tuple(wording.text(step) for step in _steps(jury, jury.files[reference], wording))


def _steps(jury: Figures, figures: FileFigures, wording: Wording) -> Iterator[Text]:
    places = wording.two_places
    yield Text(
        "Average of the %(number)s readers: %(average)s.", number=figures.readers, average=places(figures.average)
    )
    together = strictness_words(round(figures.fair - figures.average, 6), wording)
    yield Text(
        "Together its readers are %(strictness)s: with that taken out the average is %(fair)s.",
        strictness=together,
        fair=places(figures.fair),
    )
    yield Text(
        "A few readers say less than many, so it is drawn a little to the middle of all files: the adjusted average is "
        "%(adjusted)s (90 %% range %(range)s).",
        adjusted=places(figures.adjusted),
        range=range_words(figures.low, figures.high, wording),
    )
    yield Text(
        "Expected place %(place)s of %(files)s (90 %% range %(low)s to %(high)s).",
        place=round(figures.place),
        files=len(jury.files),
        low=figures.place_low,
        high=figures.place_high,
    )
    yield Text(
        "The jury was repeated %(draws)s times on paper: in %(share)s of these repetitions the standard, the places and the "
        "quota of its country admit the city.",
        draws=jury.draws,
        share=wording.share(figures.p),
    )
    yield _ZONES[figures.zone]
    if figures.diverges:
        yield Text(
            "Its readers are divided: they differ more than chance explains, after taking out how strict each is."
        )
    if figures.again is not None:
        yield Text(
            "Two more readers would help here: it is number %(number)s of the files for that.", number=figures.again
        )


def reader_rows(found: Computation, wording: Wording) -> tuple[Row, ...]:
    """Each reader's total, how strict that juror is, and the total with it taken out."""
    return tuple(
        Row(
            (
                isolated(one.name),
                wording.two_places(one.total),
                strictness_words(one.severity, wording),
                wording.two_places(one.corrected),
            )
        )
        for one in found.readers
    )
