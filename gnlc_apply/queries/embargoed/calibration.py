"""The calibration round as a juror of the call sees it: the files, the own scores, and others' once the own are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.calibration import Calibration
from gnlc_apply.models import (
    CalibrationFile,
    CalibrationRound,
    CalibrationState,
    Call,
    Juror,
    Minutes,
    ReviewState,
    Role,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.embargoed.calibration_comparison import FileComparison, compare, standings
from gnlc_apply.queries.embargoed.calibration_rows import TURNS, Scored, everything_is_in, files_of, scored_of
from gnlc_apply.queries.embargoed.reading import MyScore
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.questionnaire import Guide
from gnlc_apply.workflow.calibration import CALIBRATION

NOT_BEGUN, BEGUN, SUBMITTED, RECOGNISED = (
    *(Text("not begun"), Text("begun"), Text("submitted")),
    Text("city recognised"),
)


@dataclass(frozen=True)
class MyFile:
    """A calibration file with what I have made of it in the scoring that runs, or in the last one."""

    reference: str
    number: int
    title: str
    words: str
    storage_key: str | None
    size: int | None
    pages: int | None
    state: ReviewState | None
    scores: Mapping[str, MyScore]
    paragraph: str
    revision: int
    updated_at: datetime | None
    submitted_at: datetime | None
    total: float | None

    @property
    def status(self) -> Text:
        """How far I am with it."""
        words = {None: NOT_BEGUN, ReviewState.DRAFT: BEGUN, ReviewState.SUBMITTED: SUBMITTED}
        return words.get(self.state, RECOGNISED)

    @property
    def is_submitted(self) -> bool:
        """Whether my scores for it are in."""
        return self.state is ReviewState.SUBMITTED

    @property
    def is_recognised(self) -> bool:
        """Whether I recognise the city, and give no scores."""
        return self.state is ReviewState.ABSTAINED


@dataclass(frozen=True)
class Shown:
    """One scoring as it is shown to me: how each file was scored, and how I stand beside the others."""

    turn: int
    files: tuple[FileComparison, ...]
    mine: Calibration | None


@dataclass(frozen=True)
class MyRound:
    """My calibration round. ``turn``: the scoring that runs, None when none does; ``shown``: scorings that are open to me."""

    call: str
    call_title: str
    state: Text
    turn: int | None
    is_closed: bool
    talk_at: datetime
    time_zone: str
    link: str
    talk_held_on: date | None
    notes: str
    letter: str
    guide: Guide
    files: tuple[MyFile, ...]
    shown: tuple[Shown, ...]

    @property
    def left(self) -> int:
        """How many files I have still to score."""
        return sum(not file.is_submitted and not file.is_recognised for file in self.files) if self.turn else 0

    def file(self, reference: str) -> MyFile:
        """One of the files. Raises NotFound."""
        found = next((file for file in self.files if file.reference == reference), None)
        if found is None:
            raise NotFound()
        return found


def my_round(viewer: Actor, now: datetime, call: str) -> MyRound:
    """The round of a call whose jury I sit in; four statements, two more where others' scores are open, and the guide. Raises NotFound, also before it opens."""
    row = db.reader.execute(
        select(CalibrationRound, Call, Juror.id.label("juror"), Minutes.id.label("minutes"))
        .join(Call, Call.id == CalibrationRound.call_id)
        .join(Juror, Juror.call_id == Call.id)
        .outerjoin(Minutes, Minutes.call_id == Call.id)
        .where(
            Call.reference == call,
            Call.id.in_(viewer.calls_of(Role.JUROR)),
            CalibrationRound.opened_at.is_not(None),
            Juror.person_id == viewer.person_id,
            Juror.accepted_at.is_not(None),
            Juror.declined_at.is_(None),
            Juror.ended_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    found, guide = row.CalibrationRound, guide_of(db.reader, row.Call.guide_version_id)
    files, own = files_of(db.reader, found.id), scored_of(db.reader, found.id, row.juror)
    last = 1 if found.second_opened_at is None else 2
    open_turns = [t for t in range(1, last + 1) if is_open(found, t) or everything_is_in(own, t, len(files))]
    # What is closed to a juror is not read for the page.
    scored = scored_of(db.reader, found.id) if open_turns else []
    return MyRound(
        call=row.Call.reference,
        call_title=row.Call.title,
        state=CALIBRATION.labels[found.state.value][1],
        turn=TURNS.get(found.state) if row.minutes is None else None,
        is_closed=found.state is CalibrationState.CLOSED,
        talk_at=found.talk_at,
        time_zone=found.time_zone,
        link=found.link,
        talk_held_on=found.talk_held_on,
        notes=found.notes,
        letter=next((one.letter for one in own), ""),
        guide=guide,
        files=tuple(_my_file(file, number, own, last) for number, file in enumerate(files, start=1)),
        shown=tuple(_shown(files, scored, guide, turn, row.juror) for turn in open_turns),
    )


def is_open(found: CalibrationRound, turn: int) -> bool:
    """Whether a scoring has ended, so that everybody in the jury sees how the others scored."""
    over = (CalibrationState.TALK, CalibrationState.SECOND, CalibrationState.CLOSED)
    return found.state in over[2:] if turn == 2 else found.state in over


def _shown(files: Sequence[CalibrationFile], scored: Sequence[Scored], guide: Guide, turn: int, juror_id: int) -> Shown:
    return Shown(turn, compare(files, scored, guide, turn, juror_id), standings(files, scored, turn).get(juror_id))


def _my_file(file: CalibrationFile, number: int, own: Sequence[Scored], turn: int) -> MyFile:
    of_file = [one for one in own if one.file_id == file.id]
    mine = next((one for one in of_file if one.turn == turn), None)
    is_recognised = any(one.state is ReviewState.ABSTAINED for one in of_file)
    return MyFile(
        reference=file.reference,
        number=number,
        title=file.title,
        words=file.words,
        storage_key=file.storage_key,
        size=file.size,
        pages=file.pages,
        state=ReviewState.ABSTAINED if is_recognised else mine.state if mine else None,
        scores=mine.scores if mine else {},
        paragraph=mine.paragraph if mine else "",
        revision=mine.revision if mine else 0,
        updated_at=mine.updated_at if mine else None,
        submitted_at=mine.submitted_at if mine else None,
        total=mine.total if mine else None,
    )
