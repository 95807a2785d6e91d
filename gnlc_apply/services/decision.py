"""Decisions: prepared by an officer from the recommendation, approved by a director, never by the same person.

They stand in a table of their own; the application's row does not change before the announcement. Every act works on one
file or many with the same number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select, update

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Call,
    Cohort,
    CohortState,
    Decision,
    Outcome,
    PlacePurpose,
    QuotaPlace,
    Recommendation,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.among import among
from gnlc_apply.queries.embargoed.decisions import digest_of, sign_of
from gnlc_apply.services import quota
from gnlc_apply.services.command import Unit, command


def _named(rows: Iterable[Application]) -> str:
    """The places of these files, for a refusal."""
    return ", ".join(f"{row.place_name} ({row.reference})" for row in rows)


def chosen(unit: Unit, references: Iterable[str], permission: Permission) -> list[Application]:
    """The files with these references, locked, all with the jury and all this person's to act on.

    Raises NotFound for a reference that is none, Forbidden where a conflict keeps the person from a file, Conflict where a
    file has moved on or its list is locked.
    """
    wanted = list(dict.fromkeys(references))
    if not wanted:
        raise Invalid(
            Text("Choose at least one application."), {"references": Text("Choose at least one application.")}
        )
    found = unit.session.execute(
        select(Application, visible_to(unit.actor, permission).label("is_permitted"))
        .where(among(Application.reference, wanted))
        .order_by(Application.id)
        .with_for_update(of=Application)
    ).all()
    if len(found) != len(wanted):
        raise NotFound()
    kept_away = [row[0] for row in found if not row.is_permitted]
    if kept_away:
        raise Forbidden(
            Text(
                "A conflict of interest keeps you from these files; another person must act: %(files)s.",
                files=_named(kept_away),
            )
        )
    rows = [row[0] for row in found]
    moved_on = [row for row in rows if row.state is not ApplicationState.IN_REVIEW]
    if moved_on:
        raise Conflict(Text("These files are not with the jury: %(files)s.", files=_named(moved_on)))
    return rows


def require_unlocked(unit: Unit, references: Iterable[str]) -> None:
    """Raise Conflict when the list of one of these files is locked; holds the cohort against a lock at this moment.

    Comes before the files themselves are locked: everybody takes the cohort first, so that nobody waits in a circle.
    """
    calls = select(Application.call_id).where(among(Application.reference, list(references)))
    states = unit.session.scalars(select(Cohort.state).where(Cohort.call_id.in_(calls)).with_for_update()).all()
    if any(state is not CohortState.PREPARING for state in states):
        raise Conflict(Text("The list is locked. Two persons must unlock or change it."))


def _decisions(unit: Unit, rows: Sequence[Application]) -> dict[int, Decision]:
    ids = [row.id for row in rows]
    found = unit.session.scalars(select(Decision).where(among(Decision.application_id, ids)))
    return {decision.application_id: decision for decision in found}


@command()
def prepare(
    unit: Unit,
    *,
    actor: Actor,
    outcomes: Mapping[str, Outcome],
    reasons: Mapping[str, str],
    seen: str | None = None,
) -> None:
    """Propose what each of these files gets. Departing from the jury's recommendation needs a written reason.

    Raises Invalid with a field ``reason-<reference>`` for every reason that is missing, Conflict for a file that is
    approved already, whose jury has not recommended yet, that is to be approved unread, or whose list is locked, and
    where recommendation or decision are no longer those that were shown (``seen``: ``queries.embargoed.decisions.Board.sign``).
    """
    require(actor, Permission.SEE_SECRETARIAT)
    require_unlocked(unit, outcomes)
    rows = chosen(unit, outcomes, Permission.PREPARE_DECISION)
    before = _decisions(unit, rows)
    _refuse_unseen(unit, rows, before, seen)
    _require_reasons(_recommended(unit, rows), rows, outcomes, reasons)
    refuse_unread(unit, [row for row in rows if outcomes[row.reference] is Outcome.APPROVED])
    approved = [row for row in rows if row.id in before and before[row.id].approved_at is not None]
    if approved:
        raise Conflict(Text("First undo the approval of these decisions: %(files)s.", files=_named(approved)))
    unit.session.execute(delete(Decision).where(among(Decision.application_id, [row.id for row in rows])))
    prepared = {"prepared_at": unit.now, "prepared_by_id": actor.person_id}
    unit.session.execute(
        insert(Decision),
        [
            {
                **prepared,
                "application_id": row.id,
                "outcome": outcomes[row.reference],
                "departure_reason": reasons.get(row.reference, "").strip(),
            }
            for row in rows
        ],
    )
    for row in rows:
        reason = reasons.get(row.reference, "").strip()
        unit.note("prepared_decision", "application", row.id, outcome=outcomes[row.reference].value, reason=reason)


def _refuse_unseen(unit: Unit, rows: Sequence[Application], before: Mapping[int, Decision], seen: str | None) -> None:
    if seen is None:
        return
    query = select(Recommendation.application_id, Recommendation.is_recommended, Recommendation.average).where(
        among(Recommendation.application_id, [row.id for row in rows])
    )
    known = {row.application_id: (row.is_recommended, row.average) for row in unit.session.execute(query)}
    lines = []
    for row in rows:
        decision = before.get(row.id)
        outcome = str(decision.outcome) if decision else None
        is_approved = decision is not None and decision.approved_at is not None
        lines.append((row.reference, *known.get(row.id, (None, None)), outcome, is_approved))
    if seen != sign_of(lines):
        raise Conflict(
            Text("Somebody proposed or approved meanwhile, or the recommendation changed. Read the list again.")
        )


def _recommended(unit: Unit, rows: Sequence[Application]) -> dict[int, bool]:
    query = select(Recommendation.application_id, Recommendation.is_recommended).where(
        among(Recommendation.application_id, [row.id for row in rows])
    )
    found = {row.application_id: row.is_recommended for row in unit.session.execute(query)}
    missing = [row for row in rows if row.id not in found]
    if missing:
        raise Conflict(Text("The jury has not confirmed its recommendation for: %(files)s.", files=_named(missing)))
    return found


def refuse_unread(unit: Unit, rows: Sequence[Application]) -> None:
    """Nobody becomes a member unread: raise Conflict where no review of a file counted when the jury recommended."""
    query = select(Recommendation.application_id).where(
        among(Recommendation.application_id, [row.id for row in rows]), Recommendation.readers > 0
    )
    read = set(unit.session.scalars(query))
    unread = [row for row in rows if row.id not in read]
    if unread:
        raise Conflict(Text("No juror has submitted a review of these files: %(files)s.", files=_named(unread)))


def _require_reasons(
    recommended: Mapping[int, bool],
    rows: Sequence[Application],
    outcomes: Mapping[str, Outcome],
    reasons: Mapping[str, str],
) -> None:
    missing = [
        row
        for row in rows
        if (outcomes[row.reference] is Outcome.APPROVED) is not recommended[row.id]
        and not reasons.get(row.reference, "").strip()
    ]
    if missing:
        words = Text("Say why you depart from the jury's recommendation.")
        raise Invalid(
            Text("Departing from the jury's recommendation needs a reason: %(files)s.", files=_named(missing)),
            {f"reason-{row.reference}": words for row in missing},
        )


@command()
def approve(unit: Unit, *, actor: Actor, references: Sequence[str], digest: str | None = None) -> None:
    """Approve prepared decisions: a director, never the person who prepared them. Each approved city takes a place.

    ``digest`` is that of the outcomes that the director has seen (``queries.embargoed.decisions.Board.digest``). Raises
    Forbidden for one's own proposals, Conflict where nothing was prepared, where a proposal has changed since it was seen,
    or a country's places are all taken.
    """
    require(actor, Permission.ARM_COHORT)
    require_unlocked(unit, references)
    rows = chosen(unit, references, Permission.APPROVE_DECISION)
    prepared = _decisions(unit, rows)
    bare = [row for row in rows if row.id not in prepared]
    if bare:
        raise Conflict(Text("No decision was prepared for: %(files)s.", files=_named(bare)))
    if digest is not None and digest != digest_of((row.reference, str(prepared[row.id].outcome)) for row in rows):
        raise Conflict(
            Text("A proposal has changed since you opened this page. Read the list again before you approve it.")
        )
    own = [row for row in rows if prepared[row.id].prepared_by_id == actor.person_id]
    if own:
        raise Forbidden(Text("You prepared these yourself; somebody else must approve: %(files)s.", files=_named(own)))
    fresh = [row for row in rows if prepared[row.id].approved_at is None]
    unit.session.execute(
        update(Decision)
        .where(among(Decision.application_id, [row.id for row in fresh]))
        .values(approved_at=unit.now, approved_by_id=actor.person_id)
        .execution_options(synchronize_session=False)
    )
    _take_places(unit, [row for row in fresh if prepared[row.id].outcome is Outcome.APPROVED])
    for row in fresh:
        unit.note("approved_decision", "application", row.id, outcome=prepared[row.id].outcome.value)


def _take_places(unit: Unit, rows: Sequence[Application]) -> None:
    """An approval place for each; a city that withdrew in the meantime gives its own back first."""
    for call_id in {row.call_id for row in rows}:
        call = unit.session.get_one(Call, call_id)
        gone = select(Application.id).where(
            Application.call_id == call_id, Application.state == ApplicationState.WITHDRAWN
        )
        unit.session.execute(
            delete(QuotaPlace)
            .where(QuotaPlace.purpose == PlacePurpose.APPROVAL, QuotaPlace.application_id.in_(gone))
            .execution_options(synchronize_session=False)
        )
        wanted = [row for row in rows if row.call_id == call_id]
        quota.take_many(unit, call, PlacePurpose.APPROVAL, wanted)


@command()
def undo(unit: Unit, *, actor: Actor, references: Sequence[str]) -> None:
    """One step back, free of reasons until the list is locked: an approval becomes a proposal, a proposal is removed."""
    require(actor, Permission.SEE_SECRETARIAT)
    require_unlocked(unit, references)
    rows = chosen(unit, references, Permission.PREPARE_DECISION)
    decisions = _decisions(unit, rows)
    approved = [row for row in rows if row.id in decisions and decisions[row.id].approved_at is not None]
    proposed = [row for row in rows if row.id in decisions and decisions[row.id].approved_at is None]
    if approved:
        unit.session.execute(
            update(Decision)
            .where(among(Decision.application_id, [row.id for row in approved]))
            .values(approved_at=None, approved_by_id=None)
            .execution_options(synchronize_session=False)
        )
        quota.free_many(unit, PlacePurpose.APPROVAL, approved)
    if proposed:
        unit.session.execute(
            delete(Decision)
            .where(among(Decision.application_id, [row.id for row in proposed]))
            .execution_options(synchronize_session=False)
        )
    for row in approved:
        unit.note("undid_approval", "application", row.id)
    for row in proposed:
        unit.note("undid_proposal", "application", row.id)
