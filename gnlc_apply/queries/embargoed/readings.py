"""Submitted readings of a call and what its standard makes of them. Read inside a unit of work by the commands, and
through ``embargoed.ranking`` by the pages, so that both count alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import String, bindparam, cast, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from gnlc_apply.jury import given
from gnlc_apply.jury.averages import FileAverage, Reading, file_averages
from gnlc_apply.jury.spoken import working_languages
from gnlc_apply.jury.standard import Basis, Method, Outcome, Shortfall, Standard, apply_standard, awaited
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    FiguresStatus,
    Juror,
    Minutes,
    QuotaException,
    Review,
    ReviewState,
    Score,
    State,
)
from gnlc_apply.queries.embargoed.calibration_link import calibration_readings
from gnlc_apply.queries.embargoed.figures import Figures, figures_of
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.queries.rows import AnyRow
from gnlc_apply.questionnaire import Guide

# While the jury works, and afterwards for the archive.
COUNTED_STATES = (ApplicationState.IN_REVIEW, ApplicationState.ADMITTED, ApplicationState.NOT_ADMITTED)


@dataclass(frozen=True)
class Counted:
    """Every submitted reading of the call's files and their averages, by file reference.

    ``given``: the same as the mathematics of the jury takes it; ``inputs``: its digest, which says whether figures are of
    these readings.
    """

    guide: Guide
    given: given.Given
    readings: tuple[Reading, ...]
    averages: Mapping[str, FileAverage]
    inputs: str


@dataclass(frozen=True)
class Judged:
    """What the standard of the call says of each counted file, and what that starts from."""

    counted: Counted
    basis: Basis
    outcomes: Mapping[str, Outcome]

    @property
    def is_awaited(self) -> bool:
        """Whether nothing can be confirmed yet: the adjusted averages of these scores are not there."""
        return self.basis is Basis.AWAITED

    def outcome(self, reference: str) -> Outcome:
        """What the standard says of a file; of one without a complete reading, that there is none."""
        unread = Outcome(reference, is_recommended=False, is_tied=False, shortfalls=(Shortfall.NO_READING,))
        return self.outcomes.get(reference, unread)

    def sign(self, references: Iterable[str]) -> str:
        """A sign of what these files' readings say now: who confirms a recommendation confirms it of this."""
        averages = self.counted.averages
        shown = [(one, averages.get(one), str(self.basis), self.outcome(one)) for one in sorted(references)]
        return hashlib.sha256(repr(shown).encode()).hexdigest()


def judge(call: Call, counted: Counted, figures: Figures | None) -> Judged:
    """Apply the call's standard by its method; ``figures``: those that are kept, of whatever scores."""
    basis = _basis(call, counted, figures)
    if basis is Basis.PLAIN:
        standard = Standard(call.standard, call.criterion_minimum, call.places)
        return Judged(counted, basis, apply_standard(counted.averages, standard))
    rule = counted.given
    standard = Standard(rule.threshold, rule.minimum, rule.places, rule.quota, rule.extra)
    if basis is Basis.AWAITED:
        return Judged(counted, basis, awaited(counted.averages, standard))
    countries = {file.id: file.country for file in rule.files}
    adjusted = None
    if basis is Basis.ADJUSTED and figures is not None:
        adjusted = {reference: file.adjusted for reference, file in figures.files.items()}
    return Judged(counted, basis, apply_standard(counted.averages, standard, adjusted=adjusted, countries=countries))


def _basis(call: Call, counted: Counted, figures: Figures | None) -> Basis:
    if call.jury_method != Method.ADJUSTED:
        return Basis.PLAIN
    if not counted.readings:
        return Basis.NOT_COMPARABLE
    if figures is None or figures.inputs != counted.inputs:
        return Basis.AWAITED
    found = {FiguresStatus.COMPUTED: Basis.ADJUSTED, FiguresStatus.NOT_COMPARABLE: Basis.NOT_COMPARABLE}
    # Figures that failed are awaited: a full machine must not decide by which averages a city is judged.
    return found.get(figures.status, Basis.AWAITED)


def judged(session: Session, call: Call) -> Judged:
    """Count a call and apply its standard, in one session: three statements."""
    counted, figures = count(session, call), figures_of(session, call.id)
    if figures is not None and figures.inputs != counted.inputs:
        counted = of_their_day(session, call, counted)
    return judge(call, counted, figures)


def facts_of(call: Call, counted: Counted) -> dict[str, Any]:
    """What a jury's figures can be computed from again (``jury.given.Given``), in the words of the minutes."""
    what = counted.given
    return {
        "standard": {"threshold": call.standard, "minimum": call.criterion_minimum, "places": call.places},
        "quota": {"each": what.quota, "extra": dict(what.extra)},
        "weights": counted.guide.weights,
        "files": [vars(file) for file in what.files],
        "jurors": [{**vars(juror), "languages": list(juror.languages)} for juror in what.jurors],
        "readings": [vars(reading) for reading in what.readings],
        "beside": [vars(reading) for reading in what.beside],
        "is_random": what.is_random,
    }


def of_their_day(session: Session, call: Call, counted: Counted) -> Counted:
    """The same under the digest that the minutes keep, where they keep these very facts by an earlier version of the method.

    Nothing is computed anew behind confirmed minutes because the program was updated.
    """
    frozen = session.scalar(select(Minutes.frozen).where(Minutes.call_id == call.id)) or {}
    kept, facts = frozen.get("figures", {}), facts_of(call, counted)
    is_earlier = kept.get("version", given.VERSION) != given.VERSION
    # Minutes of the first versions have no readings of a calibration round.
    if is_earlier and {name: ({"beside": []} | frozen).get(name) for name in facts} == facts:
        return replace(counted, inputs=kept["inputs"])
    return counted


def count(session: Session, call: Call) -> Counted:
    """Count a call: two statements, however many readings there are. Ended assignments do not count."""
    guide = guide_of(session, call.guide_version_id)
    everything = [row for row in session.execute(_STATEMENT, {"call": call.id}) if row.scores]
    rows = [row for row in everything if not row.is_beside]
    found = tuple(Reading(row.juror, row.file, _scores(row.scores)) for row in rows)
    what = _given(call, guide, rows, found)
    what = replace(what, beside=_beside(what, [row for row in everything if row.is_beside]))
    return Counted(guide, what, found, file_averages(found, guide.weights), given.digest(what))


def _statement() -> Any:
    """A row for each reading, with all its scores in one text, and all that the jury's figures look at; below them, those of
    the calibration files."""
    one = Score.criterion + ":" + func.coalesce(cast(Score.value, String), "")
    scores = select(func.aggregate_strings(one, " ")).where(Score.review_id == Review.id)
    extra = select(func.sum(QuotaException.extra)).where(
        QuotaException.call_id == Application.call_id,
        QuotaException.country == Application.country,
        QuotaException.confirmed_at.is_not(None),
    )
    files = (
        select(
            *(Application.id.label("file_id"), Application.reference.label("file"), Application.country),
            *(
                Application.language,
                type_coerce(State.region, String).label("region"),
                extra.scalar_subquery().label("extra"),
            ),
            *(Juror.id.label("juror_id"), Juror.reference.label("juror")),
            # As text, which stands in every reading of a juror and is read once for each.
            *(Juror.region.label("juror_region"), cast(Juror.languages, String).label("languages")),
            *(Assignment.position, Assignment.proposal_id),
            *(scores.scalar_subquery().label("scores"), literal(0).label("is_beside")),
        )
        .join(State, State.iso3 == Application.country)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(
            Application.call_id == bindparam("call"),
            Application.state.in_(COUNTED_STATES),
            Assignment.ended_at.is_(None),
            Review.state == ReviewState.SUBMITTED,
        )
    )
    return union_all(files, calibration_readings(bindparam("call"))).order_by("file", "juror")


_STATEMENT = _statement()


def _scores(text: str) -> dict[str, float | None]:
    """``plan:4 inclusion:`` as scores; nothing behind the colon is "not applicable"."""
    pairs = sorted(one.split(":") for one in text.split(" "))
    return {criterion: int(value) if value else None for criterion, value in pairs}


def _given(call: Call, guide: Guide, rows: Sequence[AnyRow], found: Sequence[Reading]) -> given.Given:
    """The readings as the mathematics of the jury takes them, files and jurors in the order of their numbers."""
    files = {row.file_id: row for row in rows}
    jurors = {row.juror_id: row for row in rows}
    return given.Given(
        files=tuple(_file(files[number]) for number in sorted(files)),
        jurors=tuple(_juror(jurors[number]) for number in sorted(jurors)),
        readings=tuple(
            given.Read(one.file_id, one.juror_id, one.scores, row.position)
            for one, row in zip(found, rows, strict=True)
        ),
        weights=guide.weights,
        threshold=call.standard,
        minimum=call.criterion_minimum,
        places=call.places,
        quota=call.quota,
        is_random=all(row.proposal_id is not None for row in rows),
        seed=given.seed_of(call.reference),
        extra={row.country: int(row.extra) for row in rows if row.extra},
    )


def _file(row: AnyRow) -> given.File:
    return given.File(row.file, row.country, row.region, row.language)


def _beside(what: given.Given, rows: Sequence[AnyRow]) -> tuple[given.Read, ...]:
    """Readings of calibration files by jurors who have read something of the call; of the others nothing is to be told.

    One that was scored by the criteria of another guide says nothing on this one's scale.
    """
    jurors = {juror.id for juror in what.jurors}
    found = (given.Read(row.file, row.juror, _scores(row.scores), row.position) for row in rows if row.juror in jurors)
    return tuple(one for one in found if one.scores.keys() == what.weights.keys())


def _juror(row: AnyRow) -> given.Juror:
    return given.Juror(row.juror, row.juror_region, tuple(sorted(working_languages(json.loads(row.languages)))))


def roster(session: Session, call_id: int) -> list[str]:
    """The references of the jurors who took part, sorted."""
    query = select(Juror.reference).where(Juror.call_id == call_id, Juror.accepted_at.is_not(None))
    return sorted(session.scalars(query))
