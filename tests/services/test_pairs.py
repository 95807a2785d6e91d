"""Jurors and files brought together: pseudonyms that tell nothing, and mail that names no city."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Assignment, Juror, OutboxMessage
from gnlc_apply.services import assignment
from tests.jury_world import Jury


@pytest.fixture
def jury(database: config.Settings) -> Jury:
    places = tuple(("KEN", f"Place {number}") for number in range(12))
    world = Jury(places=places)
    world.standard_jury()
    return world


def _given(world: Jury) -> list[tuple[str, str, str]]:
    """File, juror, pseudonym of every reading, in the order in which they were given."""
    for reference in world.files.values():
        for name in ("Amina Chair", "Basel Juror"):
            assignment.assign(actor=world.officer, reference=reference, juror=world.jurors[name])
    with db.reading() as session:
        query = (
            select(Application.reference, Juror.reference, Assignment.pseudonym)
            .join(Application, Application.id == Assignment.application_id)
            .join(Juror, Juror.id == Assignment.juror_id)
            .order_by(Assignment.id)
        )
        return [(row[0], row[1], row[2]) for row in session.execute(query)]


def test_a_pseudonym_tells_neither_order_nor_person(jury: Jury) -> None:
    given = _given(jury)
    of_basel = [letter for _file, juror, letter in given if juror == jury.jurors["Basel Juror"]]
    # By chance alone: fewer than four different letters of twelve once in a hundred million.
    assert len(set(of_basel)) >= 4
    pairs = [(given[n][2], given[n + 1][2]) for n in range(0, len(given), 2)]
    assert all(first != second for first, second in pairs)
    earlier = sum(first < second for first, second in pairs)
    assert 0 < earlier < len(pairs)


def test_mail_to_jurors_names_no_city(jury: Jury) -> None:
    _given(jury)
    with db.reading() as session:
        told = session.scalars(select(OutboxMessage.values).where(OutboxMessage.kind == "files_assigned")).all()
    assert len(told) == 24
    named = [
        values for values in told for place, file in jury.files.items() if place in str(values) or file in str(values)
    ]
    assert named == []
