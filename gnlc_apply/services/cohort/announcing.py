"""The announcement: one transaction, once, at or after the instant, never before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import load_only

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Application, City, Cohort, CohortCity, CohortState, Person
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.among import among
from gnlc_apply.queries.embargoed.letters import Occasion, PlannedLetter, planned
from gnlc_apply.queries.embargoed.standing import Line
from gnlc_apply.services.cohort.finding import Found, day_of, find, load
from gnlc_apply.services.cohort.locking import pass_gate
from gnlc_apply.services.cohort.notices import tell
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.inserting import insert_rows
from gnlc_apply.services.member import begin_memberships
from gnlc_apply.services.moves import move, move_many
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.call import CALL, CallCase
from gnlc_apply.workflow.cohort import COHORT
from gnlc_apply.workflow.guards import ApplicationCase


@command()
def announce(unit: Unit, *, actor: Actor, cohort: str) -> None:
    """Announce an armed cohort: applications, memberships, figures, letters, call and public page, all or nothing.

    Raises Conflict when it was announced already (by whom and when), before the instant, after the window, while it is
    held, when the list no longer matches its hash, when the clock has jumped, and in a restored installation.
    """
    row = find(unit, cohort)
    unit.require_released()
    _require_first(unit, row)
    found = load(unit, row)
    row.announced_at, row.announced_by_id = unit.now, actor.person_id
    move(unit, COHORT, "announce", found.case)
    on = day_of(row, unit.now)
    figures = found.standing.figures(on)
    row.figures = figures.frozen()
    letters = planned(unit.session, Occasion(row, found.call, figures, on, found.standing.letters), found.standing)
    _move_applications(unit, found, letters)
    _admit(unit, row, found.standing.approved())
    _tell_commissions(unit, row, letters)
    move(unit, CALL, "conclude", CallCase(found.call, unit.now, found.case.facts, is_cohort_announced=True))
    found.call.concluded_at = unit.now
    pass_gate(unit, found.call.id, "announce")
    tell(unit, "announced", row, key=f"announced:{row.reference}", announced_at=unit.now.isoformat())


def _require_first(unit: Unit, row: Cohort) -> None:
    if row.state is not CohortState.ANNOUNCED:
        return
    name = unit.session.scalar(select(Person.name).where(Person.id == row.announced_by_id))
    raise Conflict(
        Text("Already announced by %(name)s at %(moment)s.", name=name, moment=row.announced_at)
        if name
        else Text("Already announced by the system at %(moment)s.", moment=row.announced_at)
    )


def _move_applications(unit: Unit, found: Found, letters: Sequence[PlannedLetter]) -> None:
    """Every file with the jury to its end, with the letters to its city."""
    messages: dict[int, list[Message]] = defaultdict(list)
    for letter in letters:
        if letter.application_id is not None:
            messages[letter.application_id].append(_message(found.row, letter))
    admitted = {line.application_id for line in found.standing.approved()}
    ids = [line.application_id for line in found.standing.with_jury()]
    rows = unit.session.scalars(
        select(Application)
        .options(load_only(Application.state, Application.returned_from, raiseload=True))
        .where(among(Application.id, ids))
        .order_by(Application.id)
        .with_for_update()
    ).all()
    cases = [_case(unit, found, row) for row in rows]
    move_many(unit, APPLICATION, "admit", [c for c in cases if c.row.id in admitted], messages=messages)
    move_many(unit, APPLICATION, "not_admit", [c for c in cases if c.row.id not in admitted], messages=messages)


def _case(unit: Unit, found: Found, row: Application) -> ApplicationCase:
    return ApplicationCase(
        row=row,
        # Who may announce is asked of the cohort, for each of its files alike.
        facts=found.case.facts,
        now=unit.now,
        call_is_open=True,
        cities_deadline=found.call.deadline_at,
        commission_deadline=found.call.commission_deadline_at,
    )


def _message(row: Cohort, letter: PlannedLetter) -> Message:
    return Message(
        kind=letter.mail_kind,
        recipient=letter.recipient,
        person_id=letter.person_id,
        language=letter.language,
        application_id=letter.application_id,
        cohort_id=row.id,
        key=letter.key,
        values={
            "name": letter.name,
            "reference": letter.reference,
            "place": letter.place,
            "subject": letter.subject,
            "body": letter.body,
        },
    )


def _admit(unit: Unit, row: Cohort, lines: Sequence[Line]) -> None:
    """Memberships begin, and the release keeps the names of its day."""
    source = f"{row.title} ({row.reference})"
    cities = {line.city_id: source for line in lines if line.city_id is not None}
    on = day_of(row, unit.now)
    returning = begin_memberships(unit, cities, on=on, cohort_id=row.id)
    insert_rows(
        unit.session,
        CohortCity,
        [
            {
                "cohort_id": row.id,
                "city_id": line.city_id,
                "application_id": line.application_id,
                "name": line.name,
                "country": line.country,
                "country_name": country_name(line.country, "en"),
                "region": line.region,
                "sort_key": fold(line.name)[:200],
                "is_capital": line.is_capital,
                "is_returning": line.city_id in returning,
            }
            for line in lines
        ],
    )
    respelled = [line for line in lines if line.is_respelled]
    for line in respelled:
        # The registry takes over a corrected spelling only now: before, its public pages would have told.
        unit.session.execute(
            update(City)
            .where(City.id == line.city_id, City.name != line.name)
            .values(
                name=line.name,
                folded_name=fold(line.name),
                is_capital=line.is_capital,
                search_text=City.search_text + " " + fold(line.name),
            )
        )


def _tell_commissions(unit: Unit, row: Cohort, letters: Sequence[PlannedLetter]) -> None:
    unit.messages.extend(_message(row, letter) for letter in letters if letter.application_id is None)
