"""The chain on its fast clock: steps in the order of time, every role through the commands, nothing that must not happen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    ApplicationVersion,
    AuditDetail,
    AuditEntry,
    City,
    Cohort,
    Endorsement,
    Membership,
    OutboxMessage,
    Review,
    Score,
    Signature,
)
from gnlc_apply.questionnaire import default_form, default_guide
from gnlc_apply.questionnaire.answers import parse
from gnlc_apply.questionnaire.completeness import missing, word_counts
from gnlc_apply.scenarios import invariants, invention, places
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.answers import Place, as_sent, invented_answers
from tests import world as worlds

MOMENT = datetime(2027, 1, 1, tzinfo=UTC)


def test_an_agenda_follows_the_clock_and_takes_further_steps() -> None:
    agenda, seen = Agenda(), []

    def note(word: str) -> None:
        seen.append((word, clock.now()))

    def plan_more() -> None:
        note("first")
        agenda.plan(MOMENT + timedelta(hours=1), lambda: note("planned later"))

    agenda.plan(MOMENT + timedelta(hours=2), lambda: note("last"))
    agenda.plan(MOMENT, plan_more)
    agenda.run()
    hours = [(word, (at - MOMENT) / timedelta(hours=1)) for word, at in seen]
    assert hours == [("first", 0), ("planned later", 1), ("last", 2)]


def test_an_agenda_takes_nothing_that_has_passed() -> None:
    agenda = Agenda()
    agenda.plan(MOMENT, lambda: agenda.plan(MOMENT - timedelta(seconds=1), lambda: None))
    with pytest.raises(ValueError, match="has passed"):
        agenda.run()


@pytest.mark.parametrize("number", range(12))
def test_invented_answers_are_complete_within_limits_marked_and_come_back(number: int) -> None:
    form = default_form()
    place = places.invented(number, signs_on_paper=number % 2 == 1)
    answers = invented_answers(form, place, 2027, number)
    assert missing(form, answers, {}) == ()
    assert [count for count in word_counts(form, answers) if count.is_over] == []
    texts = [answers[q.key] for q in form.concrete(answers) if q.kind.value == "long_text" and q.key in answers]
    assert len(texts) >= 14
    assert [words for words in texts if "Invented for this demonstration." not in str(words)] == []
    for raw in as_sent(form, answers).values():
        for key in {name.partition("-")[0] for name in raw}:
            assert parse(form.expand(key), raw).value == answers[key]


def test_invention_repeats_itself_and_differs_between_places() -> None:
    form = default_form()
    one, other = (invented_answers(form, places.invented(n), 2027, n) for n in (0, 1))
    assert invented_answers(form, places.invented(0), 2027, 0) == one
    assert one["motivation.context"] != other["motivation.context"]
    assert invention.person("a") == invention.person("a")
    assert invention.person("a").endswith("(invented)")


def test_addresses_end_where_no_mail_can_go() -> None:
    assert Place("Yaoundé 1er", "CMR").domain == "yaounde-1er-cmr.example"
    assert Place("鹤岗", "CHN").domain.endswith(".example")


@pytest.mark.parametrize(("is_good", "low", "high"), [(True, 3, 5), (False, 1, 3)])
def test_scores_stay_on_their_side_of_the_standard_and_give_reasons(is_good: bool, low: int, high: int) -> None:
    guide = default_guide()
    for seed in range(30):
        given = invention.scores(guide, 3.0, 0.4, is_good, seed)
        assert set(given) == set(guide.weights)
        assert all(low <= (value or 0) <= high for value, _reason in given.values())
        assert [c for c, (v, reason) in given.items() if v in (0, 1, 5) and not reason] == []


@pytest.mark.postgres
def test_an_applicant_comes_to_each_stage_by_the_commands(database: object) -> None:
    world = worlds.World()
    world.open_call()
    reached = [worlds.state_of(world.applicant(n, stage).reference) for n, stage in enumerate(worlds.STAGES)]
    assert reached == ["draft", "draft", "draft", "submitted", "endorsed", "eligible"]
    assert invariants.broken() == []


@pytest.fixture
def announced(database: object) -> worlds.World:
    """Three places, one of them not wanted, carried to the announcement."""
    good = worlds.some_places(2)
    return worlds.announced([*good, places.invented(2, 2.0, is_good=False)])


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_a_whole_call_is_carried_to_its_announcement(announced: worlds.World) -> None:
    states = [worlds.state_of(one.reference) for one in announced.run.applicants]
    assert states == ["admitted", "admitted", "not_admitted"]
    with db.reading() as session:
        cohort = session.scalars(select(Cohort)).one()
        assert cohort.announced_at == announced.run.dates.announce_at
        assert cohort.announced_by_id is None
        assert cohort.figures["new_members"] == 2
        assert session.scalars(select(Review.state)).all() == ["submitted"] * 9
        assert len(session.scalars(select(Membership.id)).all()) == 2
    assert invariants.broken() == []


BREAKS = {
    "a letter was queued before its announcement": update(OutboxMessage)
    .where(OutboxMessage.kind == "letter_admitted")
    .values(queued_at=MOMENT - timedelta(days=100)),
    "somebody outside was told of a list": update(OutboxMessage)
    .where(OutboxMessage.kind == "list_locked")
    .values(person_id=None),
    "its scores do not make its total": update(Score).values(value=4),
    "2 letters to": text(
        "UPDATE outbox_message SET kind = 'letter_admitted', (application_id, recipient) = "
        "(SELECT application_id, recipient FROM outbox_message WHERE kind = 'letter_admitted' ORDER BY id LIMIT 1) "
        "WHERE kind = 'letter_not_admitted'"
    ),
    "is not_admitted and got ['letter_admitted']": update(OutboxMessage)
    .where(OutboxMessage.kind == "letter_not_admitted")
    .values(kind="letter_admitted"),
    "memberships": update(Membership).values(cohort_id=None),
    "a frozen version of": update(ApplicationVersion).values(content="{}"),
    "the log says not_admitted": update(AuditDetail)
    .where(
        AuditDetail.entry_sequence
        == select(func.max(AuditEntry.sequence)).where(AuditEntry.act == "admit").scalar_subquery()
    )
    .values(details={"before": "in_review", "after": "not_admitted", "reason": ""}),
    "went on without an endorsement": update(Endorsement).values(revoked_at=MOMENT, revocation_reason="x"),
    "not the one that was signed": update(Signature).values(voided_at=MOMENT),
    "the audit chain breaks at entry": update(AuditEntry).where(AuditEntry.sequence == 5).values(act="saw"),
    "a message to a city names a juror": update(OutboxMessage)
    .where(OutboxMessage.kind == "receipt")
    .values(
        body=text(
            "(SELECT person.name FROM person JOIN juror ON juror.person_id = person.id ORDER BY juror.id LIMIT 1)"
        )
    ),
}


@pytest.mark.timeout(600)
def test_each_thing_that_must_never_happen_is_found(announced: worlds.World) -> None:
    for words, broken in BREAKS.items():
        found = _found_after(broken)
        assert [finding for finding in found if words in finding], f"{words}: {found}"
    assert invariants.broken() == []


def _found_after(broken: object) -> list[str]:
    """What is found while one thing is broken; everything is as before afterwards."""
    with db.engine.execution_options(writes=True).connect() as connection, connection.begin() as transaction:
        connection.execute(broken)  # type: ignore[call-overload]  # any of the updates above
        session = Session(bind=connection)
        found = [finding for check in invariants.CHECKS for finding in check(session)]
        session.close()
        transaction.rollback()
    return found


def test_a_quota_beyond_the_places_is_found(announced: worlds.World) -> None:
    # The database refuses the row; the check looks at what is admitted.
    broken = text("UPDATE application SET country = 'DEU' WHERE state = 'admitted'")
    assert _found_after(broken) == []
    more = text("UPDATE call SET quota = 1")
    with db.engine.execution_options(writes=True).connect() as connection, connection.begin() as transaction:
        connection.execute(broken)
        connection.execute(more)
        session = Session(bind=connection)
        found = [finding for check in invariants.CHECKS for finding in check(session)]
        session.close()
        transaction.rollback()
    assert "DEU has 2 admitted in call 1" in found


def test_cities_known_to_the_registry_are_chosen_by_country_and_name(announced: worlds.World) -> None:
    with db.reading() as session:
        assert len(session.scalars(select(City.id)).all()) == 3
