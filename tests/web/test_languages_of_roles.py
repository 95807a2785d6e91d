"""The pages of the jury, the directors and the administrators: no word outside the catalogue, whoever looks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Grant, Role
from gnlc_apply.permissions import Actor
from gnlc_apply.services import assignment
from gnlc_apply.services import cohort as cohorts
from tests.city import actor_of, add_person
from tests.jury_world import Jury, browser
from tests.web.test_languages import wild_words

STARTS = {
    "juror": "/en-XA/jury",
    "chair": "/en-XA/jury",
    "director": "/en-XA/secretariat",
    "acting director": "/en-XA/secretariat",
    "administrator": "/en-XA/administration/accounts",
    "director, what waits": "/en-XA/administration/requests",
}
# What people and places are called, and the words that somebody typed.
THEIRS = (
    *("Amina Chair", "Basel Juror", "Chitra Juror", "Diego Juror", "Ona Officer", "Dora Director", "Adam", "Acting"),
    *("Kisumu", "Cusco", "Okayama", "Évry", "Call for applications 2027", "New members 2027"),
    *("Because of the plan.", "A good file.", "Owner of"),
)


class Scene:
    """A jury at work: something submitted, something begun, a cohort in the making."""

    def __init__(self) -> None:
        jury = Jury()
        self.chair, self.juror, *_others = jurors = jury.standard_jury()
        jury.assign_all()
        jury.freeze()
        for juror in jurors:
            for file in jury.files_of(juror)[:1]:
                jury.review(juror, file, 4)
        reading = jury.files_of(self.chair)
        assignment.set_reading_deadline(actor=jury.officer, call=jury.call, until_at=clock.now() + timedelta(days=9))
        cohorts.create(actor=jury.officer, call=jury.call, title="New members 2027")
        self.director, self.files = jury.director, reading
        self.administrator = add_person("adam@network.example", "Adam", (Role.ADMINISTRATOR, None))
        self.acting = self._acting()

    @staticmethod
    def _acting() -> Actor:
        """A director for these days only."""
        who = add_person("acting@network.example", "Acting")
        today = clock.today()
        with db.writing() as session:
            grant = Grant(person_id=who.person_id, role=Role.DIRECTOR, granted_at=clock.now())
            grant.valid_from, grant.valid_until = today - timedelta(days=1), today + timedelta(days=1)
            session.add(grant)
        return actor_of(who.person_id or 0)

    def who(self, role: str) -> Actor:
        """Who looks."""
        found = {"juror": self.juror, "chair": self.chair, "administrator": self.administrator}
        return found.get(role, self.acting if role == "acting director" else self.director)


@pytest.mark.parametrize("role", STARTS)
def test_pages_of_the_role_can_be_translated(app: Flask, role: str) -> None:
    scene = Scene()
    client = browser(app, scene.who(role))
    assert wild_words(app, client, STARTS[role], *THEIRS) == {}
