"""The moment that counts for a deadline is when the complete request had arrived, for every act that has one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.extensions import db
from gnlc_apply.models import AuditEntry, Objection
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening, signature
from gnlc_apply.services.command import Unit
from gnlc_apply.services.signature import SIGNATORY
from tests.city import COMMISSIONS, DEADLINE, as_sent
from tests.desk import WHO, Desk, change_after_endorsement, state
from tests.services.test_signature import PNG, ask, digest_of, new_code, press

A_MILLISECOND = timedelta(milliseconds=1)
# How long a request may wait for its turn: longer than a save, shorter than the worker looks back.
AT_WORK = timedelta(seconds=40)

Ready = tuple[datetime, Callable[[], object]]
"""Until when an act is possible, and the act."""


def begin(world: Desk) -> Ready:
    return DEADLINE, lambda: world.begin("Konya")


def save(world: Desk) -> Ready:
    reference, raw = world.begin("Konya"), as_sent({"vision.vision": "A city that learns"})
    return DEADLINE, lambda: applications.save_answers(actor=world.owner, reference=reference, raw=raw, versions={})


def submit(world: Desk) -> Ready:
    reference = world.filled("Konya")
    return DEADLINE, lambda: applications.submit(actor=world.owner, reference=reference)


def take_back(world: Desk) -> Ready:
    return DEADLINE, lambda: applications.take_back(actor=world.owner, reference=world.file)


def resubmit(world: Desk) -> Ready:
    applications.take_back(actor=world.owner, reference=world.file)
    return DEADLINE, lambda: applications.resubmit(actor=world.owner, reference=world.file)


def resubmit_what_was_returned(world: Desk) -> Ready:
    due = DEADLINE + timedelta(days=9)
    screening.return_questions(
        actor=world.officer, reference=world.file, keys=["vision.vision"], message="Say more", due_at=due
    )
    return due, lambda: applications.resubmit(actor=world.owner, reference=world.file)


def _attach(world: Desk, reference: str) -> str:
    return applications.attach(
        actor=world.owner,
        reference=reference,
        question_key="vision.plan_file",
        name="plan.png",
        stream=io.BytesIO(PNG),
        caption="The plan",
    )


def attach(world: Desk) -> Ready:
    reference = world.begin("Konya")
    return DEADLINE, lambda: _attach(world, reference)


def describe_attachment(world: Desk) -> Ready:
    reference = world.begin("Konya")
    file = _attach(world, reference)
    return DEADLINE, lambda: applications.describe_attachment(
        actor=world.owner, reference=reference, attachment=file, caption="Our plan"
    )


def remove_attachment(world: Desk) -> Ready:
    reference = world.begin("Konya")
    file = _attach(world, reference)
    return DEADLINE, lambda: applications.remove_attachment(actor=world.owner, reference=reference, attachment=file)


def endorse(world: Desk) -> Ready:
    return COMMISSIONS, world.endorse


def decline(world: Desk) -> Ready:
    return COMMISSIONS, lambda: endorsement.decline(
        actor=world.commission, reference=world.file, reason="Another city goes first", **WHO
    )


def revoke(world: Desk) -> Ready:
    world.endorse()
    return COMMISSIONS, lambda: endorsement.revoke(
        actor=world.commission, reference=world.file, reason="A mistake", **WHO
    )


def rank(world: Desk) -> Ready:
    return COMMISSIONS, lambda: endorsement.rank(
        actor=world.commission, call=world.call, country="TUR", references=[world.file]
    )


def ask_as_commission(world: Desk) -> Ready:
    return COMMISSIONS, lambda: endorsement.ask(
        actor=world.commission, reference=world.file, message="Who pays?", due_at=COMMISSIONS + timedelta(days=3)
    )


def object_to_change(world: Desk) -> Ready:
    change_after_endorsement(world)
    with db.reading() as session:
        due = session.scalars(select(Objection.due_at)).one()
    return due, lambda: endorsement.object_to_change(
        actor=world.commission, reference=world.file, reason="Not what we endorsed", **WHO
    )


def ask_for_signature(world: Desk) -> Ready:
    return COMMISSIONS, lambda: ask(world, world.file)


def send_code(world: Desk) -> Ready:
    token = ask(world, world.file)
    return COMMISSIONS, lambda: signature.send_code(actor=SIGNATORY, token=token)


def sign(world: Desk) -> Ready:
    token = ask(world, world.file)
    with clock.at(COMMISSIONS - timedelta(hours=1)):
        code, digest = new_code(token), digest_of(token)
    return COMMISSIONS, lambda: press(token, code, version_digest=digest)


def sign_by_a_code_of_yesterday(world: Desk) -> Ready:
    token = ask(world, world.file)
    code, digest = new_code(token), digest_of(token)
    return clock.now() + timedelta(hours=24) - A_MILLISECOND, lambda: press(token, code, version_digest=digest)


def decline_to_sign(world: Desk) -> Ready:
    token = ask(world, world.file)
    return COMMISSIONS, lambda: signature.decline(actor=SIGNATORY, token=token, reason="Not yet")


def upload_letter(world: Desk) -> Ready:
    return COMMISSIONS, lambda: signature.upload_letter(
        actor=world.owner,
        reference=world.file,
        stream=io.BytesIO(PNG),
        file_name="letter.png",
        name="Ayşe Yılmaz",
        function="Mayor",
    )


def prepare_letter(world: Desk) -> Ready:
    return COMMISSIONS, lambda: signature.prepare_letter(actor=world.owner, reference=world.file)


def reply_to_ineligibility(world: Desk) -> Ready:
    world.endorse()
    due = screening.find_ineligible(actor=world.officer, reference=world.file, reason="A member already")
    return due, lambda: applications.reply_to_ineligibility(
        actor=world.owner, reference=world.file, reply="It is another city"
    )


ACTS = (
    *(begin, save, submit, take_back, resubmit, resubmit_what_was_returned),
    *(attach, describe_attachment, remove_attachment),
    *(endorse, decline, revoke, rank, ask_as_commission, object_to_change),
    *(ask_for_signature, send_code, sign, sign_by_a_code_of_yesterday, decline_to_sign, prepare_letter, upload_letter),
    reply_to_ineligibility,
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_in_time_is_what_had_arrived_in_time(database: config.Settings, act: Callable[[Desk], Ready]) -> None:
    """The same act at the same moment of the clock: refused where it arrived a millisecond too late, done where not."""
    until, do = act(Desk(cities=1))
    with clock.at(until + AT_WORK):
        with pytest.raises((Conflict, signature.WrongCode)):
            do()
        with clock.arriving(until + A_MILLISECOND), pytest.raises((Conflict, signature.WrongCode)):
            do()
        with clock.arriving(until - A_MILLISECOND):
            do()


def test_what_arrives_at_the_very_instant_is_in_time(database: config.Settings) -> None:
    world = Desk()
    with clock.at(COMMISSIONS + AT_WORK), clock.arriving(COMMISSIONS):
        assert world.endorse() == 1


def test_what_is_written_down_is_the_moment_of_the_work(database: config.Settings) -> None:
    """Two requests that overtook each other leave an audit log whose times only go up."""
    world = Desk(cities=2)
    first, second = world.files
    with clock.at(COMMISSIONS + AT_WORK), clock.arriving(COMMISSIONS):
        world.endorse(second)
    with clock.at(COMMISSIONS + AT_WORK * 2), clock.arriving(COMMISSIONS - AT_WORK):
        world.endorse(first)
    with db.reading() as session:
        times = list(session.scalars(select(AuditEntry.at).order_by(AuditEntry.sequence)))
    assert times == sorted(times)
    assert times[-1] == COMMISSIONS + AT_WORK * 2


def test_nothing_can_have_arrived_in_the_future(database: config.Settings) -> None:
    with clock.arriving(clock.now() + timedelta(days=1)):
        assert Unit(db.reader, SYSTEM, clock.now()).arrived_at == clock.now()
        assert clock.arrived() == clock.now()


def test_the_terminal_and_the_worker_have_no_arrival(database: config.Settings) -> None:
    assert clock.arrived() == clock.now()
    assert Unit(db.reader, SYSTEM, clock.now()).arrived_at == clock.now()


def test_silence_is_recorded_once_all_that_arrived_is_answered(database: config.Settings) -> None:
    world = Desk(cities=2)
    answered, silent = world.files
    with clock.at(COMMISSIONS + AT_WORK):
        assert endorsement.leave_unanswered(actor=SYSTEM, call=world.call) == []
        with clock.arriving(COMMISSIONS):
            world.endorse(answered)
    with clock.at(COMMISSIONS + timedelta(minutes=3)):
        assert endorsement.leave_unanswered(actor=SYSTEM, call=world.call) == [silent]
    assert (state(answered), state(silent)) == ("endorsed", "unanswered")


def test_a_reply_that_arrived_in_time_comes_before_the_finding_is_final(database: config.Settings) -> None:
    world = Desk()
    until, reply = reply_to_ineligibility(world)
    with clock.at(until + AT_WORK):
        assert screening.make_final(actor=SYSTEM, call=world.call) == []
        with pytest.raises(Conflict, match="may reply until"):
            screening.confirm_ineligible(actor=world.officer, reference=world.file)
        with clock.arriving(until):
            reply()
    with clock.at(until + timedelta(minutes=3)):
        assert screening.make_final(actor=SYSTEM, call=world.call) == []
        screening.confirm_ineligible(actor=world.officer, reference=world.file)
