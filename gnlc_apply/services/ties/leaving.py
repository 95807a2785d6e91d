"""A juror leaves a jury, by own wish, by the secretariat's or because the role or the account was taken away."""

from __future__ import annotations

from sqlalchemy import select, update

from gnlc_apply.core.text import Text
from gnlc_apply.models import Assignment, Call, CallState, Grant, Invitation, Juror, Person, Review, ReviewState, Role
from gnlc_apply.services.command import Unit
from gnlc_apply.services.ties.pairs import end, tell_secretariat_of_call


def leave(unit: Unit, juror: Juror, reason: Text | str) -> int:
    """The grants and the open invitation end; so does every reading that was not submitted. How many readings ended.

    What was begun stays on record and is read by nobody; what was submitted stays and counts.
    """
    running = (
        select(Assignment)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Assignment.juror_id == juror.id,
            Assignment.ended_at.is_(None),
            (Review.id.is_(None)) | (Review.state != ReviewState.SUBMITTED),
        )
    )
    ended = unit.session.scalars(running).all()
    for assignment in ended:
        end(unit, assignment, reason)
    unit.session.execute(
        update(Grant)
        .where(
            Grant.person_id == juror.person_id,
            Grant.call_id == juror.call_id,
            Grant.role.in_((Role.JUROR, Role.CHAIR)),
            Grant.revoked_at.is_(None),
        )
        .values(revoked_at=unit.now)
    )
    person = unit.session.get_one(Person, juror.person_id)
    unit.session.execute(
        update(Invitation)
        .where(Invitation.email == person.email, Invitation.call_id == juror.call_id, Invitation.accepted_at.is_(None))
        .values(revoked_at=unit.now)
    )
    return len(ended)


# Why a juror has left, for the mail to the secretariat and for the record of each reading that ended.
REASONS = {
    "declined": Text("The juror declined the invitation."),
    "revoked": Text("The juror's role was taken back."),
    "closed": Text("The juror's account was closed."),
}


def leave_all(unit: Unit, person_id: int, why: str, call_id: int | None = None) -> None:
    """Every place in a jury that still works ends (or the one of this call); the secretariat is told once for each.

    ``why``: of ``REASONS``.
    """
    query = (
        select(Juror, Call)
        .join(Call, Call.id == Juror.call_id)
        .where(Juror.person_id == person_id, Juror.ended_at.is_(None), Call.state != CallState.CONCLUDED)
        .order_by(Juror.id)
        .with_for_update(of=Juror)
    )
    if call_id is not None:
        query = query.where(Juror.call_id == call_id)
    for juror, call in unit.session.execute(query).all():
        juror.ended_at = unit.now
        number = leave(unit, juror, REASONS[why])
        unit.note("ended_juror", "juror", juror.id, reason=str(REASONS[why]))
        tell_secretariat_of_call(unit, "juror_left", call, number=number, why=why)
