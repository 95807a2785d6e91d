"""Pairs of worlds that must look alike: a decision with its locked list, a score with its juror. A beginning: two pairs.

Both worlds of a pair are copies of one database, so that numbers, references and moments are the same, and then go on
differently in secret. Everybody outside the secretariat asks for every page of the address map, and compares.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from gnlc_apply import config, create_app
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Assignment, City, Decision, Juror, OutboxMessage, Outcome, Role
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import instance, kept
from gnlc_apply.queries import person as people
from gnlc_apply.services import assignment, decision, recommendation, schema, screening
from gnlc_apply.services import cohort as cohorts
from tests.city import add_person
from tests.conftest import SECRET_KEY
from tests.jury_world import Jury, browser

# Some five thousand pages: twenty seconds on a quiet machine, minutes on a busy one.
pytestmark = pytest.mark.timeout(600)
# What may differ between two answers that say the same: one's own marks, never a fact.
_MARKS = re.compile(r'(name="(?:csrf_token|idempotency_key)"[^>]*value=)"[^"]*"')
_IGNORED = ("date", "x-request-id", "set-cookie")
# Not asked for: files without a secret in them, a document whose typesetting takes long, a page that draws a new secret
# for an authenticator app each time.
_LEFT_OUT = ("assets.file", "public.calls.blank_form_pdf", "account.second_factor.set_up")
Asked = tuple[str, str]


@dataclass(frozen=True)
class Answer:
    """An answer without what may differ."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass
class Ground:
    """A call with the jury at work, and how everybody outside the secretariat comes in."""

    path: Path
    officer: int = 0
    director: int = 0
    chair: int = 0
    call: str = ""
    cohort: str = ""
    files: dict[str, str] = field(default_factory=dict)
    jurors: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


def actor(person_id: int) -> Actor:
    found = people.actor(person_id, signed_in_at=clock.now(), second_factor_at=clock.now())
    assert found is not None
    db.release()
    return found


def opened(ground: Ground) -> Flask:
    instance.forget()
    kept.forget()
    settings = config.Settings(
        instance=ground.path.parent,
        database_url=f"sqlite:///{ground.path}",
        secret_key=SECRET_KEY,
        public_url="http://localhost",
        languages=("en", "ar"),
        is_testing=True,
    )
    (ground.path.parent / "attachments").mkdir(exist_ok=True)
    return create_app(settings)


@pytest.fixture
def ground(sqlite_template: Path, tmp_path: Path, frozen_clock: object) -> Iterator[Ground]:
    made = Ground(tmp_path / "ground" / "gnlc.sqlite3")
    made.path.parent.mkdir()
    shutil.copyfile(sqlite_template, made.path)
    app = opened(made)
    schema.mark(is_demo=False)
    _people_the(made, app)
    db.close()
    yield made
    db.close()


def _people_the(made: Ground, app: Flask) -> None:
    world = Jury()
    for reference in world.files.values():
        screening.confirm_city(actor=world.officer, reference=reference, city=None)
    jurors = world.standard_jury()
    world.assign_all()
    world.freeze()
    made.officer, made.director, made.chair = (who.person_id or 0 for who in (world.officer, world.director, jurors[0]))
    made.call, made.files, made.jurors = world.call, world.files, world.jurors
    made.cohort = cohorts.create(
        actor=world.officer, call=made.call, title="New members", announce_at=clock.now() + timedelta(days=1)
    )
    roles = {
        "city": _owner("kisumu"),
        "other city": _owner("cusco"),
        "commission": add_person("natcom@ken.example", "Nora Natcom", (Role.COMMISSION, "KEN")),
        "other commission": add_person("natcom@per.example", "Pia Natcom", (Role.COMMISSION, "PER")),
        "juror": jurors[1],
    }
    for name, who in roles.items():
        cookie = browser(app, who).get_cookie("gnlc")
        assert cookie is not None
        made.cookies[name] = cookie.value
    made.values = _values(made)


def _owner(slug: str) -> Actor:
    found = people.actor_by_email(f"owner@{slug}.example")
    assert found is not None
    db.release()
    return found


def _values(made: Ground) -> dict[str, tuple[str, ...]]:
    """What stands in the places of addresses: every kind of thing that there is, one's own and another's."""
    with db.reading() as session:
        cities = tuple(session.scalars(select(City.reference).order_by(City.id)))
        readings = tuple(session.scalars(select(Assignment.reference).order_by(Assignment.id).limit(1)))
    files = (made.files["Kisumu"], made.files["Cusco"])
    return {
        "application": files,
        "file": files[:1],
        "call": (made.call,),
        "cohort": (made.cohort,),
        "reference": (made.cohort,),
        "city": cities[:2],
        "country": ("KEN", "PER"),
        "juror": tuple(made.jurors.values())[:1],
        "reading": readings,
        "section": ("vision", "people"),
        "question": ("practices.1.files",),
        "kind": ("admitted",),
        "text_language": ("en",),
        "key": ("city.website",),
        "message": ("0" * 32,),
    }


def _addresses(app: Flask, made: Ground) -> list[str]:
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in _LEFT_OUT:
            found += [adapter.build(rule.endpoint, values) for values in _filled(rule, made)]
    found += [f"/en/registry/?{asked}" for asked in ("q=Kisumu", "country=KEN", "status=all", "sort=-since")]
    return sorted({*found, f"/en/registry/?cohort={made.cohort}", "/registry.json?on=2027-03-02"})


def _filled(rule: Rule, made: Ground) -> Iterator[dict[str, Any]]:
    names = [name for name in rule.arguments if name != "language"]
    longest = max((len(made.values.get(name, ("x",))) for name in names), default=1)
    for turn in range(longest):
        chosen: dict[str, Any] = {"language": "en"} if "language" in rule.arguments else {}
        for name in names:
            known = made.values.get(name, ("1" if name in ("number", "item", "constituent") else "x" * 30,))
            chosen[name] = known[turn % len(known)]
        yield chosen


def _answer(client: FlaskClient, address: str) -> Answer:
    given = client.get(address)
    headers = tuple(sorted((k.lower(), v) for k, v in given.headers.items() if k.lower() not in _IGNORED))
    if "csrf_token" in (body := given.get_data().decode("utf-8", "replace")):
        # The marks' length is their own as well; the body is compared whole.
        headers = tuple((k, v) for k, v in headers if k not in ("content-length", "etag"))
    return Answer(given.status_code, headers, _MARKS.sub(r'\1""', body))


def seen(made: Ground, roles: tuple[str, ...], planted: Callable[[Flask], None] | None = None) -> dict[Asked, Answer]:
    """Every address as each of these roles sees it."""
    app = opened(made)
    if planted is not None:
        planted(app)
    addresses, found = _addresses(app, made), {}
    for role in roles:
        for address in addresses:
            client = app.test_client()
            if role in made.cookies:
                client.set_cookie("gnlc", made.cookies[role])
            found[role, address] = _answer(client, address)
    db.close()
    return found


def outside(made: Ground) -> tuple[list[Any], list[Any]]:
    """What else reaches people outside: the rows of applications, and the mail to cities and Commissions."""
    opened(made)
    with db.reading() as session:
        rows = [tuple(row) for row in session.execute(select(*Application.__table__.columns).order_by(Application.id))]
        mail = select(
            OutboxMessage.kind, OutboxMessage.recipient, OutboxMessage.values, OutboxMessage.not_before
        ).where(OutboxMessage.recipient.startswith("owner@") | OutboxMessage.recipient.startswith("natcom@"))
        mails = [tuple(row) for row in session.execute(mail.order_by(OutboxMessage.id))]
    db.close()
    return rows, mails


def copied(ground: Ground, name: str, secret: Callable[[Ground], None]) -> Ground:
    """A world of its own, in which something secret happens."""
    path = ground.path.parent.with_name(name) / ground.path.name
    path.parent.mkdir()
    shutil.copyfile(ground.path, path)
    world = replace(ground, path=path)
    opened(world)
    secret(world)
    db.close()
    return world


def differences(one: dict[Asked, Answer], two: dict[Asked, Answer]) -> list[Asked]:
    assert one.keys() == two.keys()
    return [asked for asked in one if one[asked] != two[asked]]


def _read_everything(world: Ground) -> None:
    """All reviews are in and recommended, all alike in both worlds."""
    jury = Jury.__new__(Jury)
    for person_id in _jurors():
        jury.review_all([actor(person_id)])
    recommendation.confirm(
        actor=actor(world.chair),
        call=world.call,
        recommendations=dict.fromkeys(world.files.values(), (True, "")),
        present=["Amina Chair"],
        recusals={},
        words="All were discussed.",
        held_on=clock.today(),
    )


def _jurors() -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(Juror.person_id).order_by(Juror.id)))


def _decide(world: Ground, *, refused: str | None) -> None:
    _read_everything(world)
    references = list(world.files.values())
    outcomes = {r: Outcome.NOT_APPROVED if r == refused else Outcome.APPROVED for r in references}
    reasons = {refused: "Its plan has no resources."} if refused else {}
    decision.prepare(actor=actor(world.officer), outcomes=outcomes, reasons=reasons)
    decision.approve(actor=actor(world.director), references=references)


def approved_and_armed(world: Ground) -> None:
    """Everybody is approved, the list is locked and the announcement armed."""
    _decide(world, refused=None)
    cohorts.lock(actor=actor(world.officer), cohort=world.cohort)
    cohorts.arm(actor=actor(world.director), cohort=world.cohort, typed_title="New members")


def refused_and_open(world: Ground) -> None:
    """Kisumu is not approved, and the list is open."""
    _decide(world, refused=world.files["Kisumu"])


def _readers(world: Ground) -> list[tuple[int, str, str]]:
    """Who reads Kisumu: person, juror, assignment."""
    with db.reading() as session:
        query = (
            select(Juror.person_id, Juror.reference, Assignment.reference)
            .join(Assignment, Assignment.juror_id == Juror.id)
            .join(Application, Application.id == Assignment.application_id)
            .where(Application.reference == world.files["Kisumu"], Assignment.ended_at.is_(None))
            .order_by(Juror.id)
        )
        return [(row[0], row[1], row[2]) for row in session.execute(query)]


def high_score(world: Ground) -> None:
    """Whoever was chosen reads Kisumu and gives it the highest marks."""
    person_id, _juror, _assignment = _readers(world)[-1]
    Jury.__new__(Jury).review(actor(person_id), world.files["Kisumu"], 5)


def low_score_of_another(world: Ground) -> None:
    """Somebody else reads Kisumu and gives it the lowest marks."""
    readers = _readers(world)
    taken = {juror for _person, juror, _assignment in readers}
    assignment.unassign(actor=actor(world.officer), assignment=readers[-1][2], reason="Too many files.")
    other = next(juror for juror in world.jurors.values() if juror not in taken)
    assignment.assign(actor=actor(world.officer), reference=world.files["Kisumu"], juror=other)
    person_id = next(person for person, juror, _assignment in _readers(world) if juror == other)
    Jury.__new__(Jury).review(actor(person_id), world.files["Kisumu"], 1)


def _plant(app: Flask) -> None:
    """A leak such as it must never be: a count of approved cities, on one page and in one header."""

    @app.after_request
    def leak(response: Response) -> Response:
        approved = select(func.count(Decision.id)).where(Decision.outcome == Outcome.APPROVED)
        response.headers["X-Rows"] = str(db.reader.scalar(approved))
        return response


OUTSIDE = ("public", "city", "other city", "commission", "other commission")


def test_a_decision_and_a_locked_list_are_seen_by_nobody_outside(ground: Ground) -> None:
    one, two = copied(ground, "one", approved_and_armed), copied(ground, "two", refused_and_open)
    public = ("public",)
    # First: the comparison bites.
    planted = differences(seen(one, public, _plant), seen(two, public, _plant))
    assert len(planted) > 40
    roles = (*OUTSIDE, "juror")
    before, after = seen(one, roles), seen(two, roles)
    assert differences(before, after) == []
    readable = [asked for asked, answer in before.items() if answer.status == 200]
    assert {role for role, _address in readable} == set(roles)
    assert len(readable) >= 40
    assert outside(one) == outside(two)


def test_a_score_and_its_juror_are_seen_by_nobody_outside(ground: Ground) -> None:
    one, two = copied(ground, "one", high_score), copied(ground, "two", low_score_of_another)
    before, after = seen(one, OUTSIDE), seen(two, OUTSIDE)
    assert differences(before, after) == []
    assert sum(answer.status == 200 for answer in before.values()) >= 40
    assert outside(one) == outside(two)
