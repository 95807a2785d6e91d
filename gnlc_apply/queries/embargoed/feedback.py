"""Feedback to cities as the secretariat drafts and edits it, and as a city reads it after the announcement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.bank import Fault, Finding
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    Cohort,
    CohortState,
    Decision,
    Feedback,
    Outcome,
    Person,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.cohort import is_public
from gnlc_apply.queries.embargoed import counted, feedback_ground
from gnlc_apply.queries.embargoed.readings import COUNTED_STATES
from gnlc_apply.queries.questionnaire import guide_of

# A criterion beside the cities that are admitted, in words and with a tone.
BANDS: Mapping[str, tuple[Text, str]] = {
    "like_admitted": (Text("like the cities admitted"), "good"),
    "close": (Text("close to them"), "caution"),
    "below": (Text("below them"), "quiet"),
}
# Why a draft compares nothing.
WHY: Mapping[str, Text] = {
    "few_readers": Text("Fewer than three jurors read this file: nothing is compared."),
    "few_admitted": Text("Fewer than five cities are admitted: nothing is compared."),
    "not_comparable": Text("The jurors cannot be compared with one another: nothing is compared."),
    "incomplete": Text("Not every criterion of this file was scored: nothing is compared."),
}
# What a text must not hold, and where it does.
FAULTS: Mapping[Fault, Text] = {
    Fault.JUROR_NAME: Text("The text names a juror: %(words)s."),
    Fault.PRIVATE_NOTE: Text("The text repeats what a juror wrote in confidence: “%(words)s”"),
    Fault.OTHER_CITY: Text("The text names another city of this call: %(words)s."),
    Fault.FIGURE: Text("The text holds a figure or a rank: %(words)s."),
}


def said(finding: Finding) -> Text:
    """One finding in words, with its place in the text."""
    return Text(FAULTS[finding.fault].msgid, words=finding.words[:200])


@dataclass(frozen=True)
class FeedbackLine:
    """One file and what its city will read. For a conflicted viewer it has its name and nothing else."""

    reference: str
    place: str
    country: str
    is_visible: bool
    outcome: Outcome | None = None
    language: str = "en"
    body: str = ""
    revision: int = 0
    written_for: Outcome | None = None
    basis: str = ""
    grounds: Mapping[str, Any] | None = None
    drafted_at: datetime | None = None
    edited_at: datetime | None = None
    edited_by: str = ""
    is_old: bool = False

    @property
    def stage(self) -> str:
        """``hidden``, ``undecided``, ``missing``, ``unfit`` (for another decision), ``old``, ``drafted`` or ``edited``."""
        if not self.is_visible:
            return "hidden"
        if self.outcome is None:
            return "undecided"
        if not self.body:
            return "missing" if self.outcome is Outcome.NOT_APPROVED else "none"
        if self.written_for is not self.outcome:
            return "unfit"
        return "old" if self.is_old else "edited" if self.edited_at else "drafted"


@dataclass(frozen=True)
class FeedbackBoard:
    """The feedback of a call. ``basis``: what a draft made now would be made of."""

    call: str
    title: str
    time_zone: str
    cohort: str | None
    is_locked: bool
    is_announced: bool
    lines: tuple[FeedbackLine, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many files stand where."""
        return Counter(line.stage for line in self.lines)


@dataclass(frozen=True)
class BandLine:
    """A criterion of a draft: its band in words, and the points that would be gained, where it is a growth area."""

    title: str
    band: Text
    tone: str
    to_gain: float | None


@dataclass(frozen=True)
class FeedbackPage:
    """The feedback of one file."""

    board: FeedbackBoard
    line: FeedbackLine
    bands: tuple[BandLine, ...]
    why: Text | None
    findings: tuple[Text, ...]


def board(viewer: Actor, call: str, now: datetime) -> FeedbackBoard:
    """The feedback of a call: three statements, more after a change of the scores. Raises NotFound, Forbidden."""
    require(viewer, Permission.SEE_SECRETARIAT)
    return _board(viewer, _call(Call.reference == call), Application.call_id == Call.id)[0]


def page(viewer: Actor, application: str, now: datetime, text: str | None = None) -> FeedbackPage:
    """The feedback of one file, and what keeps ``text`` from being kept. Raises NotFound, Forbidden."""
    require(viewer, Permission.SEE_SECRETARIAT)
    of_file = Application.reference == application
    row = _call(Call.id == select(Application.call_id).where(of_file).scalar_subquery())
    found, call = _board(viewer, row, of_file)
    line = next((line for line in found.lines if line.is_visible), None)
    if line is None:
        raise NotFound()
    guide, grounds = guide_of(db.reader, call.guide_version_id), line.grounds or {}
    gains = dict(zip(grounds.get("growth", ()), grounds.get("to_gain", ()), strict=True))
    bands: Mapping[str, str] = grounds.get("bands", {})
    file = db.reader.scalars(select(Application).where(of_file)).one()
    checked = feedback_ground.check(db.reader, call, guide, file, text) if text else ()
    return FeedbackPage(
        board=found,
        line=line,
        bands=tuple(
            BandLine(criterion.title, *BANDS[bands[criterion.code]], gains.get(criterion.code))
            for criterion in guide.criteria
            if criterion.code in bands
        ),
        why=WHY.get(str(grounds.get("why", ""))),
        findings=tuple(said(finding) for finding in checked),
    )


def _call(condition: ColumnElement[bool]) -> Any:
    row = db.reader.execute(
        select(Call, Cohort.reference, Cohort.state).outerjoin(Cohort, Cohort.call_id == Call.id).where(condition)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _board(viewer: Actor, row: Any, condition: ColumnElement[bool]) -> tuple[FeedbackBoard, Call]:
    call, cohort, state = row
    inputs = counted.count(call).kept.counted.inputs
    basis = feedback_ground.basis_of(inputs, feedback_ground.approved_in(db.reader, call.id))
    lines = [_line(found, basis) for found in db.reader.execute(_statement(viewer, call.id, condition))]
    found = FeedbackBoard(
        call=call.reference,
        title=call.title,
        time_zone=call.time_zone,
        cohort=cohort,
        is_locked=state not in (None, CohortState.PREPARING),
        is_announced=state is CohortState.ANNOUNCED,
        lines=tuple(sorted(lines, key=lambda line: (line.country, fold(line.place)))),
    )
    return found, call


def _statement(viewer: Actor, call_id: int, condition: ColumnElement[bool]) -> Any:
    return (
        select(
            Application.reference,
            Application.place_name,
            Application.country,
            Application.language.label("of_application"),
            visible_to(viewer, Permission.PREPARE_DECISION).label("is_visible"),
            Decision.outcome,
            Decision.approved_at,
            Feedback,
            Person.name.label("edited_by"),
        )
        .join(Call, Call.id == Application.call_id)
        .outerjoin(Decision, Decision.application_id == Application.id)
        .outerjoin(Feedback, Feedback.application_id == Application.id)
        .outerjoin(Person, Person.id == Feedback.edited_by_id)
        .where(Application.call_id == call_id, Application.state.in_(COUNTED_STATES), condition)
    )


def _line(row: Any, basis: str) -> FeedbackLine:
    bare = (row.reference, row.place_name, row.country, bool(row.is_visible))
    if not row.is_visible:
        return FeedbackLine(*bare)
    told: Feedback | None = row.Feedback
    outcome = row.outcome if row.approved_at is not None else None
    if told is None:
        return FeedbackLine(*bare, outcome=outcome, language=feedback_ground.language_of(row.of_application))
    return FeedbackLine(
        *bare,
        outcome=outcome,
        language=told.language,
        body=told.body,
        revision=told.revision,
        written_for=told.outcome,
        basis=told.basis,
        grounds=told.grounds,
        drafted_at=told.drafted_at,
        edited_at=told.edited_at,
        edited_by=row.edited_by or "",
        is_old=told.basis not in ("", basis),
    )


@dataclass(frozen=True)
class CityFeedback:
    """What a city reads of the jury's reading."""

    language: str
    body: str


def for_city(viewer: Actor, reference: str, now: datetime, besides: str = "") -> CityFeedback | None:
    """What the city's own people read after the announcement; None before it, or where it stands in ``besides``, the letter.

    Only a text that was written for what the application became.
    """
    fits = or_(
        and_(Application.state == ApplicationState.ADMITTED, Feedback.outcome == Outcome.APPROVED),
        and_(Application.state == ApplicationState.NOT_ADMITTED, Feedback.outcome == Outcome.NOT_APPROVED),
    )
    row = db.reader.execute(
        select(Feedback.language, Feedback.body)
        .join(Application, Application.id == Feedback.application_id)
        .join(Cohort, Cohort.call_id == Application.call_id)
        .where(Application.reference == reference, is_public(), fits, visible_to(viewer, Permission.READ_AS_CITY))
    ).one_or_none()
    return CityFeedback(row.language, row.body) if row is not None and row.body not in besides else None
