"""Texts are part of what is locked: one person corrects one, the others are told, and an arming is confirmed anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from gnlc_apply.extensions import db
from gnlc_apply.models import AuditDetail, AuditEntry, Cohort, CohortState, LetterKind, LetterText, TextCorrection
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.embargoed import cohorts as pages
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services.cohort import CohortValues, tick
from tests.services.cohort import ground

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("database")]

TITLE = "Learning Cities 2027"
VALUES = CohortValues(title=TITLE, announce_at=ground.INSTANT)
SECOND = timedelta(seconds=1)
WHY = "A slip of the pen"


def change(world: ground.World, reference: str, reason: str = WHY, who: str = "officer", **texts: Any) -> None:
    cohorts.change(actor=world.actor(who), cohort=reference, values=replace(VALUES, **texts), reason=reason)


def letters(kind: LetterKind = LetterKind.ADMITTED) -> tuple[str, str]:
    with db.reading() as session:
        row = session.scalars(select(LetterText).where(LetterText.kind == kind, LetterText.language == "en")).one()
        return row.subject, row.body


def edit(world: ground.World, reference: str, kind: LetterKind = LetterKind.ADMITTED, **changes: str) -> None:
    subject, body = letters(kind)
    given = {"subject": subject, "body": body, "language": "en", "reason": WHY, **changes}
    cohorts.edit_letter(actor=world.officer, cohort=reference, kind=kind, **given)


def kept() -> list[tuple[str, str, str, str]]:
    with db.reading() as session:
        rows = session.scalars(select(TextCorrection).order_by(TextCorrection.id)).all()
    return [(row.field, row.before, row.after, row.reason) for row in rows]


def page(world: ground.World, reference: str) -> pages.CohortPage:
    found = pages.page(world.director, reference, clock.now())
    db.release()
    return found


def hash_of(reference: str) -> str:
    return str(ground.cohort_row(reference).texts_hash)


def locked(world: ground.World) -> str:
    reference = ground.decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    return reference


def test_before_the_lock_nothing_is_a_correction() -> None:
    world = ground.build()
    reference = ground.decided(world)
    change(world, reference, reason="", lead="A lead")
    edit(world, reference, reason="", body="B {city}")
    assert kept() == []
    assert ground.mails("text_corrected") == []
    assert ground.cohort_row(reference).texts_hash is None


def test_a_correction_keeps_the_difference_and_tells_everybody_of_the_secretariat() -> None:
    world = ground.build()
    reference = locked(world)
    before = hash_of(reference)
    change(world, reference, lead="A lead", quotation="Cities lern")
    change(world, reference, lead="A lead", quotation="Cities learn")
    assert kept() == [
        ("lead", "", "A lead", WHY),
        ("quotation", "", "Cities lern", WHY),
        ("quotation", "Cities lern", "Cities learn", WHY),
    ]
    assert hash_of(reference) != before
    told = ground.mails("text_corrected")
    staff = {world.actor(who).email for who in ("officer", "second_officer", "director", "second_director")}
    assert staff <= {message.recipient for message in told}
    assert "Cities learn" not in repr([message.values for message in told])
    with db.reading() as session:
        details = session.scalars(
            select(AuditDetail.details)
            .join(AuditEntry, AuditEntry.sequence == AuditDetail.entry_sequence)
            .where(AuditEntry.act == "corrected_text")
            .order_by(AuditEntry.sequence)
        ).all()
    assert [entry["after"] for entry in details if entry] == ["A lead", "Cities lern", "Cities learn"]


def test_a_letter_is_corrected_alike() -> None:
    world = ground.build()
    reference = locked(world)
    edit(world, reference, body="Dear {city}")
    ((field, before, after, reason),) = kept()
    assert (field, after, reason) == ("admitted:en:body", "Dear {city}", WHY)
    assert before
    (line,) = page(world, reference).corrections
    assert (line.language, line.before, line.after) == ("en", before, "Dear {city}")


def test_saving_the_same_again_is_no_correction() -> None:
    world = ground.build()
    reference = locked(world)
    change(world, reference)
    edit(world, reference)
    assert (kept(), ground.mails("text_corrected")) == ([], [])


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_correction_says_why(reason: str) -> None:
    world = ground.build()
    reference = locked(world)
    acts: list[Callable[[], None]] = [
        lambda: change(world, reference, reason, lead="L"),
        lambda: edit(world, reference, reason=reason, body="B"),
    ]
    for act in acts:
        with pytest.raises(Invalid) as refused:
            act()
        assert list(refused.value.fields) == ["reason"]
    assert kept() == []


def test_one_more_language_needs_the_list_unlocked() -> None:
    world = ground.build()
    reference = locked(world)
    with pytest.raises(Conflict, match="unlocked by two persons"):
        edit(world, reference, language="fr", body="B")


def test_who_is_no_officer_corrects_nothing() -> None:
    world = ground.build()
    reference = locked(world)
    with pytest.raises(Forbidden):
        change(world, reference, who="city1", lead="L")


def test_the_director_arms_the_texts_that_were_shown() -> None:
    world = ground.build()
    reference = locked(world)
    seen = hash_of(reference)
    change(world, reference, lead="A lead")
    for shown in (seen, ""):
        with pytest.raises(Conflict, match="since you opened this page"):
            cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE, seen=shown)
    cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE, seen=hash_of(reference))
    assert page(world, reference).are_texts_confirmed


def test_an_armed_announcement_waits_until_a_corrected_text_is_confirmed() -> None:
    """A spelling found minutes before the instant: one corrects it, a director confirms, nothing happens in between."""
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT - timedelta(minutes=2)):
        change(world, reference, quotation="Cities learn")
    assert not page(world, reference).are_texts_confirmed
    assert [line.is_after_arming for line in page(world, reference).corrections] == [True]
    with clock.at(ground.INSTANT + SECOND):
        with pytest.raises(Conflict, match="must confirm the texts first"):
            cohorts.announce(actor=world.director, cohort=reference)
        assert tick.due(actor=SYSTEM) == []
        assert len(ground.mails("announcement_blocked")) > 0
        assert ground.cohort_row(reference).state is CohortState.ARMED
        cohorts.confirm_texts(actor=world.actor("director"), cohort=reference, seen=hash_of(reference))
        assert page(world, reference).are_texts_confirmed
        assert tick.due(actor=SYSTEM) == [reference]
    row = ground.cohort_row(reference)
    assert (row.state, row.quotation) == (CohortState.ANNOUNCED, "Cities learn")


def test_texts_that_nobody_confirms_let_the_arming_lapse() -> None:
    world = ground.build()
    reference = ground.armed(world)
    change(world, reference, quotation="Cities learn")
    with clock.at(ground.INSTANT + timedelta(hours=7)):
        assert tick.due(actor=SYSTEM) == []
    assert ground.cohort_row(reference).state is CohortState.LOCKED


def test_who_confirms_is_a_director_who_did_not_lock_and_has_read_these_texts() -> None:
    world = ground.build()
    reference = ground.decided(world)
    cohorts.lock(actor=world.actor("second_director"), cohort=reference)
    cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)
    shown = hash_of(reference)
    change(world, reference, quotation="Cities learn")
    for who, refusal in (("officer", Forbidden), ("second_director", Conflict)):
        with pytest.raises(refusal):
            cohorts.confirm_texts(actor=world.actor(who), cohort=reference, seen=hash_of(reference))
    for seen in (shown, ""):
        with pytest.raises(Conflict, match="since you opened this page"):
            cohorts.confirm_texts(actor=world.director, cohort=reference, seen=seen)
    stale = replace(world.director, second_factor_at=clock.now() - timedelta(minutes=6))
    with pytest.raises(SignInNeeded):
        cohorts.confirm_texts(actor=stale, cohort=reference, seen=hash_of(reference))
    assert not page(world, reference).are_texts_confirmed
    cohorts.confirm_texts(actor=world.director, cohort=reference, seen=hash_of(reference))
    assert page(world, reference).are_texts_confirmed


def test_a_subject_that_would_tell_the_outcome_is_not_confirmed() -> None:
    """The two letters to cities share a subject; correcting one of them only cannot go out."""
    world = ground.build()
    reference = ground.armed(world)
    edit(world, reference, subject="News for {city}")
    with pytest.raises(Conflict, match="same subject"):
        cohorts.confirm_texts(actor=world.director, cohort=reference, seen=hash_of(reference))
    edit(world, reference, LetterKind.NOT_ADMITTED, subject="News for {city}")
    cohorts.confirm_texts(actor=world.director, cohort=reference, seen=hash_of(reference))


@pytest.mark.parametrize("what", ["letter", "release"])
def test_a_text_changed_behind_the_systems_back_stops_everything(what: str) -> None:
    world = ground.build()
    reference = ground.armed(world)
    with db.writing() as session:
        if what == "letter":
            session.execute(update(LetterText).values(body="Another body"))
        else:
            session.execute(
                update(Cohort).where(Cohort.reference == reference).values(event_link="https://evil.example")
            )
    assert not page(world, reference).is_unchanged
    with clock.at(ground.INSTANT + SECOND), pytest.raises(Conflict, match="no longer match"):
        cohorts.announce(actor=world.director, cohort=reference)
    with pytest.raises(Conflict, match="no longer match"):
        change(world, reference, lead="A correction must not cover it up")
    with pytest.raises(Conflict, match="no longer match"):
        cohorts.confirm_texts(actor=world.director, cohort=reference, seen=hash_of(reference))
    cohorts.disarm(actor=world.officer, cohort=reference)
    with pytest.raises(Conflict, match="no longer match"):
        cohorts.arm(actor=world.director, cohort=reference, typed_title=TITLE)


def test_after_the_announcement_nothing_is_corrected_here() -> None:
    world = ground.build()
    reference = ground.armed(world)
    with clock.at(ground.INSTANT + SECOND):
        cohorts.announce(actor=world.director, cohort=reference)
        acts: list[Callable[[], None]] = [
            lambda: change(world, reference, lead="L"),
            lambda: edit(world, reference, body="B"),
        ]
        for act in acts:
            with pytest.raises(Conflict, match="corrigendum"):
                act()


def test_unlocking_and_locking_again_begins_anew() -> None:
    world = ground.build()
    reference = locked(world)
    change(world, reference, lead="A lead")
    cohorts.ask_to_unlock(actor=world.officer, cohort=reference, reason="One city more")
    with clock.at(clock.now() + SECOND):
        cohorts.unlock(actor=world.actor("second_officer"), cohort=reference)
        assert ground.cohort_row(reference).texts_hash is None
        cohorts.lock(actor=world.officer, cohort=reference)
    assert page(world, reference).corrections == ()
    assert page(world, reference).is_unchanged
