"""Each rule has two faces, and they agree: what a list shows is what a page would not refuse."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationState,
    Assignment,
    Call,
    FormVersion,
    Grant,
    GuideVersion,
    Juror,
    JurorFile,
    MemberRole,
    Person,
    Role,
    StaffConflict,
    State,
)
from gnlc_apply.permissions import (
    ANONYMOUS,
    SYSTEM,
    Actor,
    Granted,
    Permission,
    can,
    forget_clauses,
    kept_per_roles,
    visible_to,
)
from gnlc_apply.queries import person as people
from gnlc_apply.queries.access import SEES
from gnlc_apply.queries.rows import AnySelect
from gnlc_apply.services import case

pytestmark = pytest.mark.postgres

PEOPLE, FILES = 14, 40
COUNTRIES = ("NLD", "BEL", "SEN")


def _ground() -> None:
    now = clock.now()
    later = datetime(2027, 6, 1, tzinfo=UTC)
    with db.writing() as session:
        session.execute(insert(State), [{"iso3": c, "region": "Africa", "status": "member"} for c in COUNTRIES])
        session.execute(insert(FormVersion), [{"id": 1, "reference": "f", "definition": {}, "created_at": now}])
        session.execute(insert(GuideVersion), [{"id": 1, "reference": "g", "definition": {}, "created_at": now}])
        common = {"title": "T", "year": 2027, "opens_at": now, "deadline_at": later, "commission_deadline_at": later}
        more = {"results_promised_on": later.date(), "languages": ["en"], "form_version_id": 1, "guide_version_id": 1}
        session.execute(
            insert(Call),
            [
                {"id": n, "reference": f"C{n}", "created_at": now, "opened_at": now, "state": "open", **common, **more}
                for n in (1, 2)
            ],
        )
        session.execute(
            insert(Person),
            [{"id": n, "email": f"p{n}@example.org", "name": f"P{n}", "created_at": now} for n in range(1, PEOPLE + 1)],
        )


def _grants(dice: random.Random) -> None:
    now, rows = clock.now(), []
    for number in range(1, PEOPLE + 1):
        for role in dice.sample(list(Role), k=dice.randint(0, 3)):
            jury, commission = role in (Role.JUROR, Role.CHAIR), role is Role.COMMISSION
            rows.append(
                {
                    "person_id": number,
                    "role": role,
                    "call_id": dice.choice((1, 2)) if jury else None,
                    "country": dice.choice(COUNTRIES) if commission else None,
                    "granted_at": now,
                    "revoked_at": now if dice.random() < 0.15 else None,
                }
            )
    with db.writing() as session:
        session.execute(insert(Grant), rows)
        session.execute(
            insert(Juror),
            [
                {
                    "id": n,
                    "reference": f"J{n}",
                    "call_id": dice.choice((1, 2)),
                    "person_id": n,
                    "countries": [],
                    "languages": [],
                    "topics": [],
                    "contexts": [],
                    "invited_at": now,
                    "ended_at": now if dice.random() < 0.2 else None,
                }
                for n in range(1, PEOPLE + 1)
            ],
        )


def _files(dice: random.Random) -> None:
    now = clock.now()
    unversioned = (ApplicationState.DRAFT, ApplicationState.EXPIRED)
    with db.writing() as session:
        for number in range(1, FILES + 1):
            state = dice.choice(list(unversioned))
            row = {"id": number, "reference": f"A{number}", "call_id": dice.choice((1, 2)), "state": state}
            place = {"country": dice.choice(COUNTRIES), "place_name": "X", "folded_name": "x", "form_version_id": 1}
            session.execute(insert(Application), [{**row, **place, "created_at": now, "edited_at": now}])
    _raise_some(dice)
    with db.writing() as session:
        for number in range(1, FILES + 1):
            _relate(session, dice, number)


def _raise_some(dice: random.Random) -> None:
    """Withdrawn files need no version: they stand for everything that was submitted."""
    now = clock.now()
    with db.writing() as session:
        for application in session.scalars(select(Application)):
            if dice.random() < 0.6:
                application.state = ApplicationState.WITHDRAWN
                application.withdrawn_at = now
                # Some were withdrawn before they were ever submitted: those stay the city's own.
                application.submitted_at = now if dice.random() < 0.8 else None


def _relate(session: object, dice: random.Random, number: int) -> None:
    now = clock.now()
    execute = session.execute  # type: ignore[attr-defined]  # a database session
    for person in dice.sample(range(1, PEOPLE + 1), k=3):
        gone = now if dice.random() < 0.2 else None
        member = {"application_id": number, "person_id": person, "role": dice.choice(list(MemberRole))}
        execute(insert(ApplicationMember), [{**member, "added_at": now, "removed_at": gone}])
    for juror in dice.sample(range(1, PEOPLE + 1), k=4):
        blocked = dice.random() < 0.4
        execute(insert(JurorFile), [{"juror_id": juror, "application_id": number, "is_blocked": blocked}])
        over = blocked or dice.random() < 0.2
        row = {"reference": f"R{number}-{juror}", "juror_id": juror, "application_id": number, "assigned_at": now}
        free = now if dice.random() < 0.5 else None
        ended = {"ended_at": now if over else None, "pair_is_blocked": None if over else False}
        execute(insert(Assignment), [{**row, **ended, "declared_free_at": free, "position": 0}])
    if dice.random() < 0.4:
        person = dice.randint(1, PEOPLE)
        execute(insert(StaffConflict), [{"person_id": person, "application_id": number, "recorded_at": now}])


def _actors() -> list[Actor]:
    found = [people.actor(number) for number in range(1, PEOPLE + 1)]
    return [ANONYMOUS, SYSTEM, *(actor for actor in found if actor is not None)]


@kept_per_roles
def _listed(viewer: Actor, permission: Permission) -> AnySelect:
    """What a permission opens, put together once for everybody in the same roles."""
    return select(Application.id).where(visible_to(viewer, permission))


@pytest.mark.parametrize("seed", range(4))
def test_the_two_faces_of_every_rule_agree(database: config.Settings, seed: int) -> None:
    dice = random.Random(seed)
    _ground()
    _grants(dice)
    _files(dice)
    actors = _actors()
    seen: Counter[Permission] = Counter()
    with db.reading() as session:
        applications = session.scalars(select(Application)).all()
        facts = {application.id: case.facts(session, application) for application in applications}
        for actor in actors:
            for permission in SEES:
                listed = set(session.scalars(select(Application.id).where(visible_to(actor, permission))))
                checked = {number for number, known in facts.items() if can(actor, permission, known)}
                assert listed == checked, (actor, permission)
                shared = session.scalars(_listed(actor, permission), {"viewer": actor.person_id})
                assert set(shared) == checked, (actor, permission)
                seen[permission] += len(checked)
    # The worlds are not empty, for no rule.
    assert {permission for permission in SEES if not seen[permission]} == set()


def test_a_statement_for_people_in_the_same_roles_is_put_together_once() -> None:
    built: list[Actor] = []

    @kept_per_roles
    def statement(viewer: Actor) -> object:
        built.append(viewer)
        return object()

    grants = (Granted(Role.JUROR, 1),)
    one, other = (Actor(kind="person", person_id=number, name=f"N{number}", grants=grants) for number in (1, 2))
    assert statement(one) is statement(other)
    assert statement(ANONYMOUS) is not statement(one)
    # Nothing of the first who asked has come into it.
    assert [(viewer.name, viewer.person_id in (1, 2)) for viewer in built] == [("", False), ("", False)]
    forget_clauses()
    statement(one)
    assert len(built) == 3
