"""When a juror's reading is over, every page of the file is gone at once: the same answer as for a file that is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationMember, Assignment, Call, Juror
from gnlc_apply.queries import person as people
from gnlc_apply.queries.embargoed import reading
from gnlc_apply.services import application as applications
from gnlc_apply.services import assignment, review
from tests.city import actor_of
from tests.jury_world import Jury, browser

PAGES = ("", "/read", "/conflict", "/decline", "/abstain", "/links/vision.plan_link")


class Reading(Jury):
    """Basel reads Cusco and has declared no conflict."""

    def __init__(self) -> None:
        super().__init__()
        self.basel = self.add_juror("Basel Juror", "JOR")
        self.file = self.files["Cusco"]
        assignment.assign(actor=self.officer, reference=self.file, juror=self.jurors["Basel Juror"])
        review.declare(actor=self.basel, reference=self.file, has_conflict=False)


def _declared(world: Reading) -> None:
    review.declare(actor=world.basel, reference=world.file, has_conflict=True, detail="A contract.")


def _recorded(world: Reading) -> None:
    values = {"code": "declared_application", "detail": "A contract."}
    assignment.record_conflict(actor=world.officer, reference=world.file, juror=world.jurors["Basel Juror"], **values)


def _taken(world: Reading) -> None:
    with db.reading() as session:
        running = session.scalars(select(Assignment.reference)).one()
    assignment.unassign(actor=world.officer, assignment=running, reason="Too many.")


def _left(world: Reading) -> None:
    assignment.end_juror(actor=world.officer, juror=world.jurors["Basel Juror"], reason="Ill.")


def _withdrawn(world: Reading) -> None:
    owner = people.actor_by_email("owner@cusco.example")
    assert owner is not None
    db.release()
    applications.withdraw(actor=owner, reference=world.file)


def _concluded(world: Reading) -> None:
    # As the announcement leaves the call; the announcement itself is tested with the cohort.
    with db.writing() as session:
        ended = {"state": "concluded", "concluded_at": clock.now()}
        session.execute(update(Call).where(Call.id == world.call_id).values(**ended))


ENDS: dict[str, Callable[[Reading], None]] = {
    "a conflict declared": _declared,
    "a conflict recorded": _recorded,
    "taken away": _taken,
    "left the jury": _left,
    "withdrawn by the city": _withdrawn,
    "call concluded": _concluded,
}


@pytest.mark.parametrize("end", ENDS)
def test_every_page_of_the_file_is_gone(app: Flask, end: str) -> None:
    world = Reading()
    client = browser(app, world.basel)
    pages = [f"/en/jury/files/{world.file}{page}" for page in PAGES[:5]]
    assert [client.get(page).status_code for page in pages] == [200] * 5
    ENDS[end](world)
    missing = client.get("/en/jury/files/GNLC-2027-XXXXX").data
    answers = [client.get(f"/en/jury/files/{world.file}{page}") for page in PAGES]
    assert [(answer.status_code, answer.data == missing) for answer in answers] == [(404, True)] * len(PAGES)


def test_a_juror_who_left_is_no_reader_even_where_an_assignment_still_runs(app: Flask) -> None:
    world = Reading()
    client = browser(app, world.basel)
    assert client.get(f"/en/jury/files/{world.file}/read").status_code == 200
    with db.writing() as session:
        session.execute(update(Juror).values(ended_at=clock.now()))
    assert client.get(f"/en/jury/files/{world.file}/read").status_code == 404


def test_a_tie_keeps_the_file_away_even_where_an_assignment_still_runs(app: Flask) -> None:
    world = Reading()
    _also_of_the_city(world)
    client = browser(app, actor_of(world.basel.person_id or 0))
    for page in PAGES[:2]:
        assert client.get(f"/en/jury/files/{world.file}{page}").status_code == 404
    # The reading itself looks too, whatever page stands before it.
    with pytest.raises(NotFound):
        reading.reading(actor_of(world.basel.person_id or 0), clock.now(), world.file)
    db.release()


def _also_of_the_city(world: Reading) -> None:
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == world.file)).one()
        member = {"application_id": number, "person_id": world.basel.person_id, "role": "viewer"}
        session.execute(insert(ApplicationMember), [{**member, "added_at": clock.now()}])
