"""A call's readings as they were last counted, kept in the process until one of them changes.

Counting four thousand readings takes longer than everything else on the ranking's page, and the page is opened again and
again. What is kept is figures by file reference; who may see which is asked anew for every viewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, String, Subquery, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Assignment,
    CalibrationRound,
    Call,
    Juror,
    JuryFigures,
    Minutes,
    QuotaException,
    Review,
    ReviewState,
)
from gnlc_apply.queries.embargoed import readings
from gnlc_apply.queries.embargoed.figures import Figures, kept_figures
from gnlc_apply.queries.rows import AnyRow

# One call is looked at most of the time; a second is compared with it.
MOST = 4


@dataclass(frozen=True)
class Kept:
    """What holds until a reading changes; ``judged``: what the standard makes of it, by the figures that were there."""

    counted: readings.Counted
    judged: dict[datetime | None, Standing]


@dataclass(frozen=True)
class Standing:
    """What holds until the figures change too; ``ranked``: room for what the ranking makes of a file."""

    judged: readings.Judged
    ranked: dict[tuple[Any, ...], Any]


@dataclass(frozen=True)
class Count:
    """What was counted, how many readings are open, whether the minutes are confirmed, and the figures that are kept."""

    kept: Kept
    standing: Standing
    figures: Figures | None
    unfinished: int
    is_confirmed: bool

    @property
    def is_current(self) -> bool:
        """Whether the figures are of the scores as they are now."""
        return self.figures is not None and self.figures.inputs == self.kept.counted.inputs


_kept: dict[tuple[Any, ...], Kept] = {}

# Of every row of the state: what is no reading.
_APART = 4


def count(call: Call) -> Count:
    """The call's readings, counted now or as they were counted before: one statement, and up to three more after a change."""
    found = _state(db.reader, call.id)
    key = (db.address, call.id, _settings(call), tuple(found)[_APART:])
    if key not in _kept:
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        counted = readings.count(db.reader, call)
        if found.minutes is not None and found.figures not in (None, counted.inputs):
            counted = readings.of_their_day(db.reader, call, counted)
        _kept[key] = Kept(counted, {})
    kept, figures = _kept[key], None
    if found.figures is not None:
        figures = kept_figures(call.id, found.figures, found.computed)
    standing = _standing(call, kept, figures)
    return Count(kept, standing, figures, unfinished=found.unfinished, is_confirmed=found.minutes is not None)


def _standing(call: Call, kept: Kept, figures: Figures | None) -> Standing:
    """What the standard says, worked out anew when the figures were."""
    is_current = figures is not None and figures.inputs == kept.counted.inputs
    moment = figures.computed_at if figures is not None and is_current else None
    if moment not in kept.judged:
        kept.judged.clear()
        kept.judged[moment] = Standing(readings.judge(call, kept.counted, figures), {})
    return kept.judged[moment]


def stand(session: Session, call: str) -> tuple[Any, ...]:
    """How the readings of a call stand, without counting them: whatever changes a figure changes this."""
    row = session.scalar(select(Call).where(Call.reference == call))
    return () if row is None else (_settings(row), tuple(_state(session, row.id))[_APART:])


def _settings(call: Call) -> tuple[Any, ...]:
    return (
        *(call.guide_version_id, call.readers_per_file, call.standard, call.criterion_minimum, call.places),
        *(call.quota, call.jury_method),
    )


def _state(session: Session, call_id: int) -> AnyRow:
    return session.connection().execute(_statement(), {"call_id": call_id}).one()


@cache
def _statement() -> Any:
    """Open readings, minutes and figures, then everything that changes with a reading that counts: whatever moves one counts
    anew. Drafts do not count, and what was submitted stays: its number, its total and its running assignment say it all.
    """
    call: BindParameter[int] = bindparam("call_id")
    one = _readings_in_all(call)
    apart = {
        "minutes": select(Minutes.id).where(Minutes.call_id == call),
        "figures": select(JuryFigures.inputs_sha256).where(JuryFigures.call_id == call),
        "computed": select(JuryFigures.computed_at).where(JuryFigures.call_id == call),
    }
    moved = {
        "files": select(func.count()).where(
            Application.call_id == call, Application.state.in_(readings.COUNTED_STATES)
        ),
        # What the figures look at beside the scores: the jurors' own facts, and more places for a country.
        "jurors": select(func.aggregate_strings(Juror.region + cast(Juror.languages, String), "|")).where(
            Juror.call_id == call
        ),
        # Calibration files count from the moment at which their round is closed, and nothing of them changes afterwards.
        "calibrated": select(CalibrationRound.closed_at).where(CalibrationRound.call_id == bindparam("call_id")),
        "exceptions": select(func.max(QuotaException.confirmed_at)).where(QuotaException.call_id == call),
    }
    apart_and_moved = [[part.scalar_subquery().label(name) for name, part in parts.items()] for parts in (apart, moved)]
    return select(one.c.unfinished, *apart_and_moved[0], *list(one.c)[1:], *apart_and_moved[1])


def _readings_in_all(call: BindParameter[int]) -> Subquery:
    """All running readings of a call in one row; totals in millionths, whose sum is the same in whichever order."""
    is_submitted = Review.state == ReviewState.SUBMITTED
    is_open = or_(Review.id.is_(None), Review.state == ReviewState.DRAFT)
    return (
        select(
            func.count().filter(is_open).label("unfinished"),
            func.count().label("running"),
            func.max(Assignment.id).label("newest"),
            func.count().filter(is_submitted).label("submitted"),
            func.sum(Review.id).filter(is_submitted).label("reviews"),
            func.sum(func.round(Review.total * 1_000_000)).filter(is_submitted).label("totals"),
        )
        .select_from(Juror)
        .join(Assignment, Assignment.juror_id == Juror.id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Juror.call_id == call, Assignment.ended_at.is_(None))
        .subquery()
    )
