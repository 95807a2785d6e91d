"""The calibration round as the secretariat sees it: files, who has scored, what can be done next, and how the jury scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.calibration import FEWEST_FOR_ORDER, Calibration
from gnlc_apply.models import (
    CalibrationFile,
    CalibrationRound,
    CalibrationSeat,
    CalibrationState,
    Call,
    Juror,
    Minutes,
    Person,
    ReviewState,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.calibration import is_open
from gnlc_apply.queries.embargoed.calibration_comparison import (
    Apart,
    FileComparison,
    compare,
    furthest_apart,
    standings,
)
from gnlc_apply.queries.embargoed.calibration_rows import (
    case_of,
    done,
    everything_is_in,
    files_of,
    scored_of,
    scorers,
)
from gnlc_apply.queries.embargoed.roster import CallHead
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.questionnaire import Guide
from gnlc_apply.workflow.calibration import CALIBRATION
from gnlc_apply.workflow.engine import offered


@dataclass(frozen=True)
class Scorer:
    """A juror, and how far: files submitted and cities recognised in the first and in the second scoring."""

    reference: str
    name: str
    submitted: tuple[int, int]
    recognised: int
    was_present: bool


@dataclass(frozen=True)
class Step:
    """What can be done next with a round, and what stands in its way."""

    name: str
    label: Text
    obstacle: Text | None


@dataclass(frozen=True)
class Desk:
    """A round with its files and who scores them."""

    row: CalibrationRound
    state: Text
    files: tuple[CalibrationFile, ...]
    scorers: tuple[Scorer, ...]
    steps: tuple[Step, ...]
    is_frozen: bool

    @property
    def is_preparing(self) -> bool:
        """Whether its files may still change."""
        return self.row.state is CalibrationState.PREPARING and not self.is_frozen

    @property
    def can_be_planned(self) -> bool:
        """Whether something of the plan may still change: after the talk only the second scoring, until it is open."""
        is_open = self.row.state is not CalibrationState.CLOSED and self.row.second_opened_at is None
        return is_open and not self.is_frozen

    @property
    def can_be_recorded(self) -> bool:
        """Whether the talk can be recorded, or its record corrected."""
        return self.row.state in (CalibrationState.TALK, CalibrationState.SECOND) and not self.is_frozen

    @property
    def turns(self) -> int:
        """How many scorings there are or were so far; 0 before the first."""
        return 0 if self.row.opened_at is None else 1 if self.row.second_opened_at is None else 2

    def file(self, reference: str) -> CalibrationFile:
        """One of the files. Raises NotFound."""
        found = next((file for file in self.files if file.reference == reference), None)
        if found is None:
            raise NotFound()
        return found


@dataclass(frozen=True)
class ScorerLine:
    """A juror beside the others, the strictest first."""

    name: str
    found: Calibration


@dataclass(frozen=True)
class ScoringReport:
    """One scoring of a round: what to talk about first, how each file was scored, and who scores how."""

    turn: int
    apart: tuple[Apart, ...]
    files: tuple[FileComparison, ...]
    jurors: tuple[ScorerLine, ...]
    has_order: bool


def desk(viewer: Actor, now: datetime, call: CallHead) -> Desk | None:
    """The round of a call, None where there is none yet."""
    require(viewer, Permission.RUN_CALL)
    row = db.reader.scalar(select(CalibrationRound).where(CalibrationRound.call_id == call.id))
    if row is None:
        return None
    is_frozen = db.reader.scalar(select(Minutes.id).where(Minutes.call_id == call.id)) is not None
    steps = [] if is_frozen else offered(CALIBRATION, case_of(db.reader, row), viewer)
    return Desk(
        row=row,
        state=CALIBRATION.labels[row.state.value][0],
        files=tuple(files_of(db.reader, row.id)),
        scorers=_scorers(row),
        steps=tuple(Step(one.name, one.label, obstacle) for one, obstacle in steps),
        is_frozen=is_frozen,
    )


def _scorers(row: CalibrationRound) -> tuple[Scorer, ...]:
    query = (
        select(Juror.id, Juror.reference, Person.name, CalibrationSeat.was_present)
        .join(Person, Person.id == Juror.person_id)
        .outerjoin(CalibrationSeat, (CalibrationSeat.juror_id == Juror.id) & (CalibrationSeat.round_id == row.id))
        .where(Juror.id.in_([juror.id for juror in scorers(db.reader, row.call_id)]))
        .order_by(Person.name, Juror.id)
    )
    first, second = (done(db.reader, row.id, turn, ReviewState.SUBMITTED) for turn in (1, 2))
    recognised = [done(db.reader, row.id, turn, ReviewState.ABSTAINED) for turn in (1, 2)]
    return tuple(
        Scorer(
            one.reference,
            one.name,
            (first[one.id], second[one.id]),
            sum(c[one.id] for c in recognised),
            bool(one.was_present),
        )
        for one in db.reader.execute(query)
    )


def is_closed_to(viewer: Actor, row: CalibrationRound, turn: int, files: int) -> bool:
    """Whether the viewer sits in this jury and has not scored everything: others' scores stay hidden until then."""
    if is_open(row, turn):
        return False
    own = next((one.id for one in scorers(db.reader, row.call_id) if one.person_id == viewer.person_id), None)
    return own is not None and not everything_is_in(scored_of(db.reader, row.id, own), turn, files)


def reports(viewer: Actor, now: datetime, call: CallHead, found: Desk) -> list[ScoringReport]:
    """What came of each scoring so far, the last one first; none that is closed to the viewer, a juror of this call."""
    require(viewer, Permission.RUN_CALL)
    turns = [t for t in range(found.turns, 0, -1) if not is_closed_to(viewer, found.row, t, len(found.files))]
    if not turns:
        return []
    guide, scored = _guide(call.id), scored_of(db.reader, found.row.id)
    names = _names(call.id)
    reported = []
    for turn in turns:
        files = compare(found.files, scored, guide, turn)
        lines = _lines(standings(found.files, scored, turn), names)
        has_order = len(found.files) >= FEWEST_FOR_ORDER
        reported.append(ScoringReport(turn, tuple(furthest_apart(files)), files, lines, has_order))
    return reported


def _lines(found: dict[int, Calibration], names: dict[int, str]) -> tuple[ScorerLine, ...]:
    lines = [ScorerLine(names[juror], one) for juror, one in found.items()]
    return tuple(sorted(lines, key=lambda line: (-line.found.severity, line.name)))


def _guide(call_id: int) -> Guide:
    return guide_of(db.reader, db.reader.scalars(select(Call.guide_version_id).where(Call.id == call_id)).one())


def _names(call_id: int) -> dict[int, str]:
    query = select(Juror.id, Person.name).join(Person, Person.id == Juror.person_id).where(Juror.call_id == call_id)
    return {row.id: row.name for row in db.reader.execute(query)}
