"""An act on a file is of what was shown: where the text, the letter or the finding has changed since, it is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.extensions import db
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.seen import Mark, mark, parsed
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening, signature
from gnlc_apply.services.seen import Unseen
from tests.city import COMMISSIONS, row
from tests.desk import WHO, Desk, answer, sign, state
from tests.services.test_signature import PNG

SOON = timedelta(days=3)


def shown(world: Desk) -> str:
    """What a page would carry now."""
    found = str(mark(row(world.file).id))
    db.release()
    return found


def submit_another(world: Desk, words: str = "Another vision altogether") -> None:
    """The city takes the file back, changes it and submits it again."""
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", words)
    applications.resubmit(actor=world.owner, reference=world.file)


def endorsed(world: Desk) -> None:
    world.endorse()


def ready_to_check(world: Desk) -> None:
    world.endorse()
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)


def nothing(world: Desk) -> None:
    pass


Act = Callable[[Desk, str], object]

COMMISSION: dict[str, tuple[Callable[[Desk], None], Act]] = {
    "endorse": (
        nothing,
        lambda w, seen: endorsement.endorse(actor=w.commission, reference=w.file, seen=seen, **WHO),
    ),
    "decline": (
        nothing,
        lambda w, seen: endorsement.decline(actor=w.commission, reference=w.file, reason="No", seen=seen, **WHO),
    ),
    "revoke": (
        endorsed,
        lambda w, seen: endorsement.revoke(actor=w.commission, reference=w.file, reason="No", seen=seen, **WHO),
    ),
    "ask": (
        nothing,
        lambda w, seen: endorsement.ask(
            actor=w.commission, reference=w.file, message="Who pays?", due_at=clock.now() + SOON, seen=seen
        ),
    ),
    "return": (
        nothing,
        lambda w, seen: endorsement.return_questions(
            actor=w.commission,
            reference=w.file,
            keys=["vision.vision"],
            message="Say more",
            due_at=clock.now() + SOON,
            seen=seen,
        ),
    ),
}
OFFICER: dict[str, tuple[Callable[[Desk], None], Act]] = {
    "find_ineligible": (
        endorsed,
        lambda w, seen: screening.find_ineligible(actor=w.officer, reference=w.file, reason="No city", seen=seen),
    ),
    "ask": (
        nothing,
        lambda w, seen: screening.ask(
            actor=w.officer, reference=w.file, message="Who pays?", due_at=clock.now() + SOON, seen=seen
        ),
    ),
    "return": (
        nothing,
        lambda w, seen: screening.return_questions(
            actor=w.officer,
            reference=w.file,
            keys=["vision.vision"],
            message="Say more",
            due_at=clock.now() + SOON,
            seen=seen,
        ),
    ),
}
CASES = [*((f"commission_{name}", *case) for name, case in COMMISSION.items())]
CASES += [*((f"officer_{name}", *case) for name, case in OFFICER.items())]


@pytest.mark.parametrize(("prepare", "act"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_act_is_of_the_version_that_was_seen(
    database: config.Settings, prepare: Callable[[Desk], None], act: Act
) -> None:
    world = Desk()
    prepare(world)
    before = shown(world)
    submit_another(world)
    stands = state(world.file)
    with pytest.raises(Unseen, match="another version"):
        act(world, before)
    with pytest.raises(Unseen):
        act(world, "")
    assert state(world.file) == stands
    act(world, shown(world))


def test_an_objection_is_to_the_change_that_was_seen(database: config.Settings) -> None:
    world = Desk()
    world.endorse()
    submit_another(world)
    before = shown(world)
    submit_another(world, "A third vision")
    with pytest.raises(Unseen):
        endorsement.object_to_change(actor=world.commission, reference=world.file, reason="No", seen=before, **WHO)
    now = shown(world)
    endorsement.object_to_change(actor=world.commission, reference=world.file, reason="No", seen=now, **WHO)


def test_a_file_is_found_eligible_as_it_was_seen(database: config.Settings) -> None:
    world = Desk()
    ready_to_check(world)
    before = shown(world)
    submit_another(world)
    sign(world.file)
    with clock.at(clock.now() + timedelta(days=8)):
        with pytest.raises(Unseen):
            screening.find_eligible(actor=world.officer, reference=world.file, seen=before)
        screening.find_eligible(actor=world.officer, reference=world.file, seen=shown(world))
    assert state(world.file) == "eligible"


def test_a_reply_that_came_meanwhile_is_read_before_a_finding_becomes_final_or_is_reversed(
    database: config.Settings,
) -> None:
    world = Desk()
    world.endorse()
    screening.find_ineligible(actor=world.officer, reference=world.file, reason="No city")
    before = shown(world)
    applications.reply_to_ineligibility(actor=world.owner, reference=world.file, reply="It is one since 1927")
    with pytest.raises(Unseen, match="replied"):
        screening.confirm_ineligible(actor=world.officer, reference=world.file, seen=before)
    with pytest.raises(Unseen, match="replied"):
        screening.reverse(actor=world.officer, reference=world.file, reason="Right", seen=before)
    screening.reverse(actor=world.officer, reference=world.file, reason="Right", seen=shown(world))
    assert state(world.file) == "endorsed"


def test_a_late_letter_and_a_reversal_are_of_the_version_that_was_seen(database: config.Settings) -> None:
    world = Desk()
    before = shown(world)
    submit_another(world)
    with clock.at(COMMISSIONS + timedelta(days=1)):
        endorsement.leave_unanswered(actor=SYSTEM, call=world.call)
        values: dict[str, Any] = {"actor": world.officer, "reference": world.file}
        with pytest.raises(Unseen):
            screening.reverse(**values, reason="Late", until_at=clock.now() + SOON, seen=before)
        with pytest.raises(Unseen):
            screening.record_late_letter(**values, name="N", function="F", note="By post", seen=before)
        screening.record_late_letter(**values, name="N", function="F", note="By post", seen=shown(world))
    assert state(world.file) == "endorsed"


def upload(world: Desk) -> None:
    signature.upload_letter(
        actor=world.owner,
        reference=world.file,
        stream=io.BytesIO(PNG),
        file_name="letter.png",
        name="Ayşe Yılmaz",
        function="Mayor",
    )


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_letter_is_confirmed_or_refused_as_it_was_seen(database: config.Settings, is_refused: bool) -> None:
    """Another officer refuses the letter, the city uploads another one: the page of the first is not about that one."""
    world = Desk()
    upload(world)
    before = shown(world)
    signature.refuse_letter(actor=world.second, reference=world.file, reason="No stamp")
    upload(world)
    values: dict[str, Any] = {"actor": world.officer, "reference": world.file}
    act: Callable[..., None] = signature.confirm_letter
    if is_refused:
        act, values = signature.refuse_letter, {**values, "reason": "No stamp"}
    with pytest.raises(Unseen, match="letter"):
        act(**values, seen=before)
    act(**values, seen=shown(world))


def test_a_signature_that_comes_meanwhile_hinders_no_endorsement(database: config.Settings) -> None:
    world = Desk()
    before = shown(world)
    upload(world)
    assert shown(world) != before
    endorsement.endorse(actor=world.commission, reference=world.file, seen=before, **WHO)


def test_at_the_terminal_nobody_looked_at_a_page(database: config.Settings) -> None:
    world = Desk()
    submit_another(world)
    assert world.endorse() == 1


@pytest.mark.parametrize("sign", ["", "x", "a/b", "a/b/c/d", "//"])
def test_a_sign_that_is_none_fits_nothing(database: config.Settings, sign: str) -> None:
    world = Desk()
    with pytest.raises(Conflict):
        endorsement.endorse(actor=world.commission, reference=world.file, seen=sign, **WHO)
    assert parsed(shown(world)) == Mark(version=shown(world).split("/")[0])
