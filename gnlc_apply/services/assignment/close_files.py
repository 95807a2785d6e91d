"""The files where two more readers would help most, by the jury's figures as they are kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import Conflict, Forbidden
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    FiguresStatus,
    JuryFigures,
    Review,
    ReviewState,
)
from gnlc_apply.permissions import Actor, Permission, visible_to
from gnlc_apply.permissions.rules import jury_conflict
from gnlc_apply.queries.embargoed import readings

# For each file, in one further round: two more found more of the right files than as many spread evenly (jury-method.md §0).
FURTHER_READERS = 2
CLOSE, INPUTS = "close", "inputs"

_CHANGED = Text("The scores have changed since this proposal was made. Make a new one.")


def figures_now(session: Session, call: Call) -> JuryFigures:
    """The figures of a call, of the scores as they are now. Raises Conflict where there are none, or older ones."""
    row = session.scalar(select(JuryFigures).where(JuryFigures.call_id == call.id))
    if row is None or row.inputs_sha256 != readings.count(session, call).inputs:
        raise Conflict(Text("The adjusted averages are being computed. Look at the ranking again in a minute."))
    if row.status is not FiguresStatus.COMPUTED:
        raise Conflict(Text("There are plain averages only: they do not tell where more readers would help most."))
    return row


def close_files(session: Session, call: Call, figures: JuryFigures, actor: Actor) -> list[str]:
    """Files with 0.20 < P < 0.80, the closest to one half first, that this actor may act on and that wait for no reading.

    A file whose further readers have not finished is not among them, nor one that has had them: the act can be repeated and
    gives nothing twice.
    """
    open_to = set(
        session.scalars(
            select(Application.reference)
            .join(Assignment, Assignment.application_id == Application.id)
            .outerjoin(Review, Review.assignment_id == Assignment.id)
            .where(
                Application.call_id == call.id,
                Application.state == ApplicationState.IN_REVIEW,
                Assignment.ended_at.is_(None),
                *_may_act(actor),
            )
            .group_by(Application.reference)
            .having(
                func.count().filter(or_(Review.id.is_(None), Review.state == ReviewState.DRAFT)) == 0,
                func.count().filter(Review.state == ReviewState.SUBMITTED) < call.readers_per_file + FURTHER_READERS,
            )
        )
    )
    order = {file: values["again"] for file, values in figures.files.items() if values["again"] is not None}
    return sorted((file for file in order if file in open_to), key=lambda file: order[file])


def _may_act(actor: Actor) -> tuple[Any, ...]:
    return visible_to(actor, Permission.READ_AS_SECRETARIAT), ~jury_conflict.where(actor)


def refuse_old_figures(session: Session, call: Call, result: dict[str, Any], actor: Actor) -> None:
    """Before further readers are confirmed: the scores are still those of the proposal, and the actor has no tie to a file.

    A proposal for the whole call asks nothing of this.
    """
    if CLOSE not in result:
        return
    kept = session.scalar(select(JuryFigures.inputs_sha256).where(JuryFigures.call_id == call.id))
    now = readings.count(session, call).inputs
    if result[INPUTS] != kept or kept != now:
        raise Conflict(_CHANGED)
    files = result[CLOSE]
    free = set(session.scalars(select(Application.reference).where(Application.reference.in_(files), *_may_act(actor))))
    for reference in files:
        if reference not in free:
            raise Forbidden(Text("You have a tie to %(reference)s. Somebody else must do this.", reference=reference))
