"""Beginning a cohort, its texts and its letters: placeholders are looked up, nothing is ever run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.core.placeholders import fill, unknown
from gnlc_apply.extensions import db
from gnlc_apply.models import LetterKind, LetterText
from gnlc_apply.services import cohort as cohorts
from tests.services.cohort import ground

pytestmark = pytest.mark.usefixtures("database")
VALUES = cohorts.CohortValues(title="Learning Cities 2027", announce_at=ground.INSTANT)


def _letters() -> dict[tuple[str, str], LetterText]:
    with db.reading() as session:
        return {(row.kind.value, row.language): row for row in session.scalars(select(LetterText))}


def test_a_call_has_one_cohort_which_begins_with_english_letters() -> None:
    world = ground.build()
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title="Learning Cities 2027")
    assert reference.startswith("COHORT-2027-")
    assert set(_letters()) == {("admitted", "en"), ("not_admitted", "en"), ("commission", "en")}
    assert _letters()["admitted", "en"].subject == _letters()["not_admitted", "en"].subject
    with pytest.raises(Conflict):
        cohorts.create(actor=world.officer, call=ground.CALL, title="Another")
    with pytest.raises(NotFound):
        cohorts.create(actor=world.officer, call="CALL-1900", title="Another")
    with pytest.raises(Forbidden):
        cohorts.create(actor=world.actor("city1"), call=ground.CALL, title="Another")


def test_a_declared_figure_needs_its_source() -> None:
    world = ground.build()
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title="Learning Cities 2027")
    with pytest.raises(Invalid) as refused:
        cohorts.change(actor=world.officer, cohort=reference, values=replace(VALUES, declared_citizens="390 million"))
    assert set(refused.value.fields) == {"declared_source"}
    values = replace(VALUES, declared_citizens="390 million", declared_source="https://example.org", lead=" Lead. ")
    cohorts.change(actor=world.officer, cohort=reference, values=values)
    assert ground.cohort_row(reference).lead == "Lead."


def test_title_and_instant_are_fixed_by_the_lock() -> None:
    world = ground.build()
    reference = ground.decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    with pytest.raises(Conflict) as refused:
        cohorts.change(actor=world.officer, cohort=reference, values=replace(VALUES, title="Another"), reason="x")
    assert set(refused.value.fields) == {"title"}


STRANGE = "{{7*7}} %s %(name)s {0.__class__} {name.__class__} {} { city } ${city {City} {{city}}"


@pytest.mark.parametrize("typed", [STRANGE, "100 % of {city}", "{% for x in y %}", "\\{x"])
def test_what_looks_like_code_stays_as_typed(typed: str) -> None:
    world = ground.build()
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title="T")
    cohorts.edit_letter(
        actor=world.officer,
        cohort=reference,
        kind=LetterKind.ADMITTED,
        language="en",
        subject="Hello {name}",
        body=typed.replace("{x", "{city"),
    )
    assert fill(STRANGE, {"name": "N", "city": "C"}) == STRANGE
    assert fill("{name} {city}", {"name": "{city}", "city": "C"}) == "{city} C"


def test_an_unknown_placeholder_is_named_at_its_field() -> None:
    world = ground.build()
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title="T")
    with pytest.raises(Invalid) as refused:
        cohorts.edit_letter(
            actor=world.officer,
            cohort=reference,
            kind=LetterKind.COMMISSION,
            language="en",
            subject="{city}",
            body="Dear {naem}, {admitted}",
        )
    assert {name: str(words) for name, words in refused.value.fields.items()} == {
        "subject": "These placeholders do not exist: {city}.",
        "body": "These placeholders do not exist: {naem}.",
    }
    assert unknown("{a} {b} {a}", ["b"]) == ["a"]


@pytest.mark.parametrize(("subject", "body"), [("", "B"), ("S", " "), ("two\nlines", "B"), ("x" * 201, "B")])
def test_a_letter_has_one_line_of_subject_and_a_body(subject: str, body: str) -> None:
    world = ground.build()
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title="T")
    with pytest.raises(Invalid):
        cohorts.edit_letter(
            actor=world.officer,
            cohort=reference,
            kind=LetterKind.ADMITTED,
            language="fr",
            subject=subject,
            body=body,
        )
    assert ("admitted", "fr") not in _letters()


@pytest.mark.parametrize("name", ["admitted", "not_admitted"])
def test_no_subject_tells_an_outcome(name: str) -> None:
    world = ground.build()
    reference = cohorts.create(actor=world.officer, call=ground.CALL, title="T")
    with pytest.raises(Invalid) as refused:
        cohorts.edit_letter(
            actor=world.officer,
            cohort=reference,
            kind=LetterKind.COMMISSION,
            language="en",
            subject=f"Results: {{{name}}}",
            body=f"{{{name}}}",
        )
    assert list(refused.value.fields) == ["subject"]
