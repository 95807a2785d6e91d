"""A file that was found eligible, returned and changed: neither unsigned nor before an objection does it reach the jury."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden
from gnlc_apply.extensions import db
from gnlc_apply.mail import outbox
from gnlc_apply.models import Application, Call, OutboxMessage, Signature
from gnlc_apply.services import application as applications
from gnlc_apply.services import screening, signature
from gnlc_apply.services.application.content import standing
from gnlc_apply.services.assignment.proposals import begin_reviews
from gnlc_apply.services.command import Unit, run
from tests.city import row
from tests.desk import Desk, answer, join_city, state
from tests.jury_world import Jury

DAY = timedelta(days=1)
pytestmark = pytest.mark.postgres


def give_back(world: Desk) -> None:
    due = clock.now() + 7 * DAY
    keys = ["vision.vision"]
    screening.return_questions(actor=world.officer, reference=world.file, keys=keys, message="Say more", due_at=due)


def sign_by_link(world: Desk) -> None:
    """The mayor signs the text as it stands."""
    token = signature.ask(actor=world.owner, reference=world.file, email="mayor@city.example", name="Ayşe Yılmaz")
    signature.send_code(actor=signature.SIGNATORY, token=token)
    with db.reading() as session:
        values = session.scalars(select(OutboxMessage.values).where(OutboxMessage.kind == "signature_code")).one()
        digest = standing(session, session.scalars(select(Application)).one()).sha256
    code = str(outbox.opened(values)["secret_code"])
    who = {"name": "Ayşe Yılmaz", "title": "Dr", "function": "Mayor", "is_ticked": True, "version_digest": digest}
    signature.sign(actor=signature.SIGNATORY, token=token, code=code, **who)  # type: ignore[arg-type]  # by name


def to_the_jury(world: Desk) -> None:
    """What confirming an assignment, and giving a file to a juror by hand, do first."""
    file = row(world.file)

    def begin(unit: Unit) -> None:
        begin_reviews(unit, unit.session.get_one(Call, file.call_id), {file.id})

    run(begin, world.officer)


def test_a_changed_text_is_signed_before_it_goes_back(database: config.Settings) -> None:
    world = Desk()
    world.eligible()
    give_back(world)
    answer(world, world.file, "vision.vision", "A city that learns all its life")
    with pytest.raises(Conflict, match="must be signed"):
        applications.resubmit(actor=world.owner, reference=world.file)
    assert (state(world.file), row(world.file).returned_from) == ("returned", "eligible")


def test_an_unchanged_text_keeps_its_signature_and_goes_back(database: config.Settings) -> None:
    world = Desk()
    world.eligible()
    give_back(world)
    applications.resubmit(actor=world.owner, reference=world.file)
    to_the_jury(world)
    assert state(world.file) == "in_review"


def test_the_jury_gets_no_unsigned_file(database: config.Settings) -> None:
    world = Desk()
    world.eligible()
    with db.writing() as session:
        session.execute(update(Signature).values(voided_at=clock.now(), void_reason="edited"))
    with pytest.raises(Conflict, match="signature"):
        to_the_jury(world)
    assert state(world.file) == "eligible"


def test_the_jury_waits_for_a_possible_objection(database: config.Settings) -> None:
    world = Desk()
    world.eligible()
    give_back(world)
    answer(world, world.file, "vision.vision", "A city that learns all its life")
    sign_by_link(world)
    applications.resubmit(actor=world.owner, reference=world.file)
    assert state(world.file) == "eligible"
    with pytest.raises(Conflict, match="may object"):
        to_the_jury(world)
    with clock.at(clock.now() + 8 * DAY):
        to_the_jury(world)
    assert state(world.file) == "in_review"


def test_an_official_of_the_city_does_not_give_its_file_to_the_jury(database: config.Settings) -> None:
    world = Desk()
    world.eligible()
    join_city(world.officer, world.file)
    with pytest.raises(Forbidden):
        to_the_jury(world)
    assert state(world.file) == "eligible"


def test_a_proposal_waits_for_no_file_that_is_not_ready(database: config.Settings) -> None:
    world = Jury()
    world.standard_jury()
    unsigned = world.files["Kisumu"]
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == unsigned)).one()
        session.execute(
            update(Signature)
            .where(Signature.application_id == file.id)
            .values(voided_at=clock.now(), void_reason="edited")
        )
    world.assign_all()
    assert state(unsigned) == "eligible"
    assert {state(reference) for place, reference in world.files.items() if place != "Kisumu"} == {"in_review"}
