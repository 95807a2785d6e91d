"""The jury's figures, computed anew when scores have changed: in a child process, by the worker, and kept with their inputs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.jury.given import DRAWS, VERSION, seed_of
from gnlc_apply.models import Call, FiguresStatus, JuryFigures
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed import counted, readings
from gnlc_apply.services import jury_child
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command

# A child that failed may have met a full machine; with the same scores it is tried again, but not in circles.
AGAIN_AFTER = timedelta(hours=1)

_FILES, _JURORS = "files", "jurors"

# By call: how its readings stood when the figures were last found to be of them. Saves counting them every few seconds.
_fresh: dict[tuple[str, str], tuple[Any, ...]] = {}


def refresh(*, actor: Actor, call: str) -> FiguresStatus | None:
    """``compute``, unless a look at the readings shows at once that nothing has happened since the last time.

    Once in an hour it is counted all the same, for what failed.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    key = db.address, call
    with db.reading() as session:
        stand = (counted.stand(session, call), clock.now().replace(minute=0, second=0, microsecond=0))
    if _fresh.get(key) == stand:
        return None
    status = compute(actor=actor, call=call)
    _fresh[key] = stand
    return status


def _prepare(*, actor: Actor, call: str) -> dict[str, Any]:
    """Count, and where the figures are of other scores, compute: outside the transaction, it may take seconds."""
    require(actor, Permission.ACT_FOR_SYSTEM)
    with db.reading() as session:
        row = session.scalar(select(Call).where(Call.reference == call))
        if row is None:
            raise NotFound()
        count = readings.count(session, row)
        if not count.readings or _is_known(session, row.id, count.inputs):
            return {"found": None, "inputs": count.inputs}
        if _is_known(session, row.id, readings.of_their_day(session, row, count).inputs):
            return {"found": None, "inputs": count.inputs}
    return {"found": jury_child.ask("gnlc_apply.jury.figures_child", asdict(count.given)), "inputs": count.inputs}


def _is_known(session: Session, call_id: int, inputs: str) -> bool:
    kept = session.execute(
        select(JuryFigures.inputs_sha256, JuryFigures.status, JuryFigures.computed_at).where(
            JuryFigures.call_id == call_id
        )
    ).one_or_none()
    if kept is None or kept.inputs_sha256 != inputs:
        return False
    return kept.status is not FiguresStatus.FAILED or kept.computed_at > clock.now() - AGAIN_AFTER


@command(_prepare)
def compute(
    unit: Unit, *, actor: Actor, call: str, found: dict[str, Any] | None = None, inputs: str = ""
) -> FiguresStatus | None:
    """Compute the figures of a call, if its scores have changed since; what came of it, None where nothing was to do.

    ``found`` and ``inputs`` come from the preparation. Scores that come in meanwhile make the figures older than the
    scores, which the page says until the next time.
    """
    require(actor, Permission.ACT_FOR_SYSTEM)
    if found is None:
        return None
    row = find(unit, call)
    unit.session.execute(delete(JuryFigures).where(JuryFigures.call_id == row.id))
    kept = JuryFigures(call_id=row.id, seed=seed_of(call), draws=DRAWS, inputs_sha256=inputs, computed_at=unit.now)
    kept.method, kept.status = str(found.get("method", VERSION)), _status(found)
    kept.reason = "" if kept.status is FiguresStatus.COMPUTED else str(found.get("reason", "failed"))
    kept.files, kept.jurors = found.pop(_FILES, {}), found.pop(_JURORS, {})
    kept.summary = found
    unit.session.add(kept)
    unit.note("computed_figures", "call", row.id, inputs=inputs, status=str(kept.status))
    return kept.status


def _status(found: dict[str, Any]) -> FiguresStatus:
    if not found:
        return FiguresStatus.FAILED
    return FiguresStatus.COMPUTED if found["comparable"] else FiguresStatus.NOT_COMPARABLE
