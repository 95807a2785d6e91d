"""A call's readings as they were last counted, kept in the process until one of them changes.

Counting four thousand readings takes longer than everything else on the ranking's page, and the page is opened again and
again. What is kept is figures by file reference; who may see which is asked anew for every viewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from gnlc_apply.extensions import db
from gnlc_apply.jury.totals import weighted_total
from gnlc_apply.models import Application, Assignment, Call, Juror, JuryFigures, Minutes, Review, ReviewState, Score
from gnlc_apply.queries.embargoed import readings
from gnlc_apply.queries.embargoed.figures import Figures, kept_figures
from gnlc_apply.queries.rows import AnyRow

# One call is looked at most of the time; a second is compared with it.
MOST = 4


@dataclass(frozen=True)
class Kept:
    """What holds until a reading changes. ``inputs``: the digest of what the jury's figures are computed from; ``ranked``:
    room for what the ranking makes of a file.
    """

    counted: readings.Counted
    totals: Mapping[str, tuple[float, ...]]
    inputs: str
    ranked: dict[tuple[Any, ...], Any]


@dataclass(frozen=True)
class Count:
    """What was counted, how many readings are open, whether the minutes are confirmed, and the figures that are kept."""

    kept: Kept
    figures: Figures | None
    unfinished: int
    is_confirmed: bool

    @property
    def is_current(self) -> bool:
        """Whether the figures are of the scores as they are now."""
        return self.figures is not None and self.figures.inputs == self.kept.inputs


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
        _kept[key] = Kept(counted, _totals(counted), readings.inputs_sha256(call, counted), {})
    figures = kept_figures(call.id, found.figures, found.computed) if found.figures is not None else None
    return Count(_kept[key], figures, unfinished=found.unfinished, is_confirmed=found.minutes is not None)


def stand(session: Session, call: str) -> tuple[Any, ...]:
    """How the readings of a call stand, without counting them: whatever changes a figure changes this."""
    row = session.scalar(select(Call).where(Call.reference == call))
    return () if row is None else (_settings(row), tuple(_state(session, row.id))[_APART:])


def _settings(call: Call) -> tuple[Any, ...]:
    return (
        *(call.guide_version_id, call.readers_per_file, call.standard, call.criterion_minimum, call.places),
        call.quota,
    )


def _state(session: Session, call_id: int) -> AnyRow:
    return session.connection().execute(_statement(), {"call_id": call_id}).one()


@cache
def _statement() -> Any:
    """Open readings, minutes and figures, then everything that changes with a reading: whatever moves one counts anew."""
    files, running = Application.call_id == bindparam("call_id"), Assignment.ended_at.is_(None)
    seat = Juror.call_id == bindparam("call_id")
    unread = or_(Review.id.is_(None), Review.state == ReviewState.DRAFT)
    of_call = select(func.count()).select_from(Assignment).join(Juror, Juror.id == Assignment.juror_id).where(seat)
    reviews = select(func.count()).select_from(Review).where(Review.state == ReviewState.SUBMITTED)
    columns = {
        "unfinished": of_call.outerjoin(Review, Review.assignment_id == Assignment.id).where(running, unread),
        "minutes": select(Minutes.id).where(Minutes.call_id == bindparam("call_id")),
        "figures": select(JuryFigures.inputs_sha256).where(JuryFigures.call_id == bindparam("call_id")),
        "computed": select(JuryFigures.computed_at).where(JuryFigures.call_id == bindparam("call_id")),
        "running": of_call.where(running),
        "newest": select(func.max(Assignment.id)),
        "ended": select(func.max(Assignment.ended_at)),
        "files": select(func.count()).where(files, Application.state.in_(readings.COUNTED_STATES)),
        "submitted": reviews,
        "changed": select(func.max(Review.updated_at)),
        "scores": select(func.count(Score.id) + func.coalesce(func.sum(Score.value), 0)),
    }
    return select(*(part.scalar_subquery().label(name) for name, part in columns.items()))


def _totals(counted: readings.Counted) -> dict[str, tuple[float, ...]]:
    found: dict[str, list[float]] = defaultdict(list)
    for reading in counted.readings:
        total = weighted_total(reading.scores, counted.guide.weights)
        if total.is_complete and total.value is not None:
            found[reading.file_id].append(total.value)
    return {file: tuple(sorted(values)) for file, values in found.items()}
