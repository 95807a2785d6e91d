"""Feedback: drafted in words from the scores, refused where it tells what it must not, locked with the texts, read afterwards."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import insert, select, text, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.jury.bank import Part, sentence
from gnlc_apply.models import (
    Application,
    Feedback,
    JuryFigures,
    LetterKind,
    OutboxMessage,
    Outcome,
    Person,
    StaffConflict,
    TextCorrection,
)
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries.embargoed import cohorts as cohort_pages
from gnlc_apply.queries.embargoed import dry_run
from gnlc_apply.queries.embargoed import feedback as queries
from gnlc_apply.questionnaire import default_guide
from gnlc_apply.services import assignment, decision, feedback, figures, jury_child, schema
from gnlc_apply.services import cohort as cohorts
from tests.city import actor_of
from tests.feedback_world import PARAGRAPH, Told

AGAIN = sentence(Part.AGAIN, "en")
CLEAN = "The plan is clear. Work with schools would tell most."


@pytest.fixture
def world_once(database: config.Settings) -> Told:
    """Decided, and nothing written yet."""
    return Told()


def owner_of(place: str) -> Actor:
    slug = {"Nakuru": "nakuru", "Nantes": "nantes", "Kisumu": "kisumu"}[place]
    with db.reading() as session:
        return actor_of(session.scalars(select(Person.id).where(Person.email == f"owner@{slug}.example")).one())


def write(world: Told, body: str, place: str = "Nakuru", reason: str = "", revision: int | None = None) -> None:
    row = world.text(place)
    feedback.write(
        actor=world.officer,
        application=world.files[place],
        body=body,
        revision=(row.revision if row else 0) if revision is None else revision,
        reason=reason,
    )


def body(world: Told, place: str = "Nakuru") -> str:
    row = world.text(place)
    return row.body if row is not None else ""


@pytest.mark.postgres
def test_all_drafts_in_one_act_in_words_and_in_the_city_s_language(database: config.Settings) -> None:
    world = Told()
    assert feedback.draft_all(actor=world.officer, call=world.call) == 2
    draft = world.text("Nakuru")
    assert draft is not None
    assert draft.body.split("\n\n") == [
        sentence(Part.STRENGTH, "en", criterion="Good practices and their results"),
        sentence(Part.STRENGTH, "en", criterion="Commitment of the mayor and administration"),
        sentence(Part.BELOW, "en", criterion="Inclusion"),
        sentence(Part.BELOW, "en", criterion="Monitoring"),
        AGAIN,
    ]
    assert (draft.outcome, draft.language, draft.edited_at) == (Outcome.NOT_APPROVED, "en", None)
    assert draft.grounds["to_gain"] == pytest.approx([0.3, 0.2])
    french = world.text("Nantes")
    assert french is not None
    assert french.body.split("\n\n")[0] == sentence(Part.STRENGTH, "fr", criterion="Partenariats et participation")
    assert french.body.split("\n\n")[-1] == sentence(Part.AGAIN, "fr")
    assert not any(criterion.title in french.body for criterion in default_guide().criteria if " " in criterion.title)
    assert not any(sign.isdigit() for sign in draft.body + french.body)
    # A text that a person has edited stays.
    write(world, CLEAN)
    assert feedback.draft_all(actor=world.officer, call=world.call) == 1
    assert body(world) == CLEAN


def test_nothing_is_compared_with_two_readers_or_four_admitted(database: config.Settings) -> None:
    world = Told(refused=("Nakuru", "Nantes", "Kisumu"))
    feedback.draft_all(actor=world.officer, call=world.call)
    for place in ("Nakuru", "Kisumu"):
        row = world.text(place)
        assert row is not None
        assert (row.body, row.grounds["why"], row.grounds["bands"]) == (AGAIN, "few_admitted", {})


def test_a_close_case_is_told_so_and_nothing_more_with_two_readers(database: config.Settings) -> None:
    world = Told()
    reader = next(juror for juror in world.readers if world.files["Nakuru"] in world.files_of(juror))
    assignment.record_conflict(
        actor=world.officer,
        reference=world.files["Nakuru"],
        juror=world.jurors[reader.name],
        code="declared_application",
        detail="A cousin",
    )
    figures.refresh(actor=SYSTEM, call=world.call)
    with db.writing() as session:
        # Which files are close is the figures' own test; here two of them are.
        kept = session.scalars(select(JuryFigures)).one()
        files = {name: {**values, "zone": "in"} for name, values in kept.files.items()}
        for place in ("Nakuru", "Cusco"):
            files[world.files[place]]["zone"] = "grey"
        kept.files = files
    feedback.draft_all(actor=world.officer, call=world.call)
    row = world.text("Nakuru")
    assert row is not None
    assert row.body.split("\n\n") == [sentence(Part.CLOSE_CASE, "en", number=2), AGAIN]
    assert row.grounds["why"] == "few_readers"


REFUSED = (
    ("As Basel Juror said, a good plan.", "names a juror: Basel Juror."),
    ("As BÁSEL  JUROR said, a good plan.", "names a juror: Basel Juror."),
    (f"A word. {PARAGRAPH.lower()}", "wrote in confidence"),
    ("I met the mayor at dinner and heard that the fund is a promise only!", "wrote in confidence: “I met"),
    ("Because of the plan.", "wrote in confidence: “Because of the plan.”"),
    ("Kisumu did better.", "another city of this call: Kisumu."),
    ("You had 3.2 points.", "a figure or a rank: 3.2 points."),
)


@pytest.mark.postgres
def test_what_must_not_be_told_is_refused_at_its_place(world_once: Told) -> None:
    for told, place in REFUSED:
        with pytest.raises(Invalid, match=re.escape(place)) as refused:
            write(world_once, told)
        assert set(refused.value.fields) == {"body"}
        assert world_once.text("Nakuru") is None
    write(world_once, CLEAN)
    assert body(world_once) == CLEAN


def test_what_was_said_of_a_tie_is_refused_too(world_once: Told) -> None:
    said = "Her cousin runs the adult school of this place."
    write(world_once, said)
    assignment.record_conflict(
        actor=world_once.officer,
        reference=world_once.files["Nakuru"],
        juror=world_once.jurors["Basel Juror"],
        code="declared_application",
        detail=said,
    )
    with pytest.raises(Invalid, match=f"wrote in confidence: “{said[:-1]}"):
        write(world_once, f"A word. {said}", revision=1)


def test_two_faults_are_both_named(world_once: Told) -> None:
    with pytest.raises(Invalid, match=r"names a juror: Diego Juror\. .*another city of this call: Puno"):
        write(world_once, "Diego Juror liked Puno.")


def test_whoever_was_faster_is_not_overwritten(world_once: Told) -> None:
    write(world_once, CLEAN)
    with pytest.raises(Conflict, match="Somebody changed this text"):
        write(world_once, "Another.", revision=0)
    assert body(world_once) == CLEAN
    write(world_once, "")
    assert world_once.text("Nakuru") is None


def test_who_may_and_when(world_once: Told) -> None:
    world = world_once
    with pytest.raises(Forbidden):
        feedback.draft_all(actor=world.readers[0], call=world.call)
    with pytest.raises(Forbidden):
        feedback.write(actor=owner_of("Nakuru"), application=world.files["Nakuru"], body=CLEAN, revision=0)
    with pytest.raises(NotFound):
        feedback.draft_all(actor=world.officer, call="no-such-call")
    decision.undo(actor=world.officer, references=[world.files["Nakuru"]])
    with pytest.raises(Conflict, match="First a director approves"):
        write(world, CLEAN)
    decision.undo(actor=world.officer, references=list(world.files.values()))
    with pytest.raises(Conflict, match="No decision of this call"):
        feedback.draft_all(actor=world.officer, call=world.call)


def test_a_conflict_keeps_from_reading_writing_and_drafting(world_once: Told) -> None:
    world = world_once
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == world.files["Nakuru"])).one()
        row = {"person_id": world.officer.person_id, "application_id": number, "reason": "x"}
        session.execute(insert(StaffConflict), [row | {"recorded_at": clock.now()}])
    assert feedback.draft_all(actor=world.officer, call=world.call) == 1
    with pytest.raises(NotFound):
        write(world, CLEAN)
    with pytest.raises(NotFound):
        queries.page(world.officer, world.files["Nakuru"], clock.now())
    hidden = next(
        line for line in queries.board(world.officer, world.call, clock.now()).lines if line.place == "Nakuru"
    )
    assert (hidden.stage, hidden.outcome, hidden.body) == ("hidden", None, "")
    db.release()
    assert feedback.draft_all(actor=world.director, call=world.call) == 2
    board = queries.board(world.director, world.call, clock.now())
    assert next(line.stage for line in board.lines if line.place == "Nakuru") == "drafted"
    db.release()


def test_a_child_that_fails_changes_nothing(world_once: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jury_child, "SECONDS", 0.001)
    with pytest.raises(Conflict, match="could not be made"):
        feedback.draft_all(actor=world_once.officer, call=world_once.call)
    assert world_once.text("Nakuru") is None


def test_a_draft_is_old_once_decisions_change_and_unfit_for_the_other_decision(database: config.Settings) -> None:
    world = Told()
    feedback.draft_all(actor=world.officer, call=world.call)

    def stages() -> dict[str, str]:
        found = {line.place: line.stage for line in queries.board(world.officer, world.call, clock.now()).lines}
        db.release()
        return found

    assert (stages()["Nakuru"], stages()["Cusco"]) == ("drafted", "none")
    for reference, outcome in ((world.files["Nakuru"], Outcome.APPROVED), (world.files["Cusco"], Outcome.NOT_APPROVED)):
        decision.undo(actor=world.officer, references=[reference])
        decision.undo(actor=world.officer, references=[reference])
        decision.prepare(actor=world.officer, outcomes={reference: outcome}, reasons={reference: "Looked at again."})
        decision.approve(actor=world.director, references=[reference])
    assert (stages()["Nakuru"], stages()["Nantes"], stages()["Cusco"]) == ("unfit", "old", "missing")
    plan = dry_run.dry_run(world.officer, world.cohort, clock.now())
    assert [file.name for file in plan.untold] == ["Cusco"]
    letters = {letter.place: letter.body for letter in plan.letters if letter.application_id is not None}
    assert sentence(Part.BELOW, "en", criterion="Inclusion") not in letters["Nakuru"]
    db.release()


def test_locked_with_the_texts_and_read_only_after_the_announcement(database: config.Settings) -> None:
    world = Told()
    feedback.draft_all(actor=world.officer, call=world.call)
    write(world, CLEAN)
    write(world, "Well done, all of it.", "Kisumu")
    cohorts.edit_letter(
        actor=world.officer,
        cohort=world.cohort,
        kind=LetterKind.NOT_ADMITTED,
        language="en",
        subject="Your application to the UNESCO Global Network of Learning Cities",
        body="Dear {name}: {city} is not admitted.\n\n{feedback}\n\nGoodbye.",
    )
    world.lock()
    with pytest.raises(Conflict, match="The list is locked"):
        feedback.draft_all(actor=world.officer, call=world.call)
    with pytest.raises(Invalid, match="say why"):
        write(world, "Another.")
    page = cohort_pages.page(world.officer, world.cohort, clock.now())
    assert page.is_unchanged
    db.release()
    _tampered(world)
    write(world, "The plan is very clear.", reason="A slip of the pen")
    with db.reading() as session:
        (kept,) = session.scalars(select(TextCorrection)).all()
    assert (kept.field, kept.before, kept.after) == (
        f"feedback:{world.files['Nakuru']}",
        CLEAN,
        "The plan is very clear.",
    )
    page = cohort_pages.page(world.officer, world.cohort, clock.now())
    assert page.is_unchanged
    assert [str(row.name) for row in page.corrections] == [f"Feedback to the city of {world.files['Nakuru']}"]
    db.release()
    city = owner_of("Nakuru")
    assert queries.for_city(city, world.files["Nakuru"], clock.now()) is None
    db.release()
    world.announce()
    told = queries.for_city(city, world.files["Nakuru"], clock.now())
    assert told == queries.CityFeedback("en", "The plan is very clear.")
    for stranger in (owner_of("Nantes"), world.readers[0], world.officer):
        assert queries.for_city(stranger, world.files["Nakuru"], clock.now()) is None
    assert queries.for_city(owner_of("Kisumu"), world.files["Kisumu"], clock.now()) is not None
    db.release()
    with db.reading() as session:
        query = select(OutboxMessage.values).where(OutboxMessage.kind == "letter_not_admitted")
        letters = {values["place"]: values["body"] for values in session.scalars(query)}
    assert letters["Nakuru"].split("\n\n") == [
        "Dear Owner of Nakuru: Nakuru is not admitted.",
        "The plan is very clear.",
        "Goodbye.",
    ]
    assert queries.for_city(city, world.files["Nakuru"], clock.now(), besides=letters["Nakuru"]) is None
    db.release()
    with pytest.raises(Conflict, match="has been announced"):
        write(world, "Too late.", reason="Late")


def _tampered(world: Told) -> None:
    """A text changed behind the commands is seen, and put back."""
    row = select(Application.id).where(Application.reference == world.files["Nakuru"]).scalar_subquery()
    for words, is_unchanged in (("Changed in the dark.", False), (CLEAN, True)):
        with db.writing() as session:
            session.execute(update(Feedback).where(Feedback.application_id == row).values(body=words))
        page = cohort_pages.page(world.officer, world.cohort, clock.now())
        assert page.is_unchanged is is_unchanged
        db.release()


def test_a_correction_is_hidden_from_whom_a_conflict_keeps_from_the_file(database: config.Settings) -> None:
    world = Told()
    world.lock()
    write(world, CLEAN, reason="It was missing")
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == world.files["Nakuru"])).one()
        row = {"person_id": world.director.person_id, "application_id": number, "reason": "x"}
        session.execute(insert(StaffConflict), [row | {"recorded_at": clock.now()}])
    (seen,) = cohort_pages.page(world.officer, world.cohort, clock.now()).corrections
    (hidden,) = cohort_pages.page(world.director, world.cohort, clock.now()).corrections
    assert (seen.after, seen.is_hidden) == (CLEAN, False)
    assert (hidden.before, hidden.after, hidden.reason, hidden.is_hidden) == ("", "", "", True)
    db.release()


@pytest.mark.postgres
def test_the_texts_survive_the_way_down_and_up(world_once: Told) -> None:
    world = world_once
    write(world, CLEAN)
    schema.downgrade("0007")
    with db.reading() as session:
        beside = session.scalars(text("SELECT feedback FROM decision WHERE feedback <> ''")).all()
    assert list(beside) == [CLEAN]
    schema.upgrade()
    row = world.text("Nakuru")
    assert row is not None
    assert (row.body, row.outcome, row.grounds, row.basis) == (CLEAN, Outcome.NOT_APPROVED, {}, "")
