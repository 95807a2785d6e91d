"""Cases I5, I7, I9 and I13, and a tie that arises while its juror is given the file: both happen at one moment.

A sample of rounds in every run; ``./dev prove tests/faults/test_meeting.py`` does all pairs and fifty rounds (two minutes).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationVersion,
    Assignment,
    Deadline,
    ExtensionScope,
    Juror,
    JurorFile,
    MemberRole,
    Person,
    Review,
    ReviewState,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.services import account, assignment, review
from gnlc_apply.services import application as applications
from gnlc_apply.services import call as calls
from tests import proof
from tests.city import DEADLINE, City, actor_of, as_sent, row
from tests.faults.test_concurrency import chain_is_whole, together
from tests.jury_world import Jury, scores

pytestmark = [pytest.mark.proof, pytest.mark.postgres, pytest.mark.timeout(3600)]
KEYS = ("vision.vision", "motivation.context")


def versions(reference: str) -> dict[str, int]:
    """The version of each answer that a page would carry."""
    with db.reading() as session:
        query = select(Answer.key, Answer.version).join(Application, Application.id == Answer.application_id)
        return {found.key: found.version for found in session.execute(query.where(Application.reference == reference))}


def stored(reference: str) -> list[object]:
    """The two answers as they stand."""
    with db.reading() as session:
        query = select(Answer.value).join(Application, Application.id == Answer.application_id)
        return list(session.scalars(query.where(Application.reference == reference, Answer.key.in_(KEYS))))


def test_what_is_submitted_while_a_colleague_saves_is_one_text(database: config.Settings) -> None:
    world = City()
    reference = world.filled()
    token = account.invite_colleague(
        actor=world.owner, reference=reference, email="editor@city.example", name="Elif", member_role=MemberRole.EDITOR
    )
    account.accept_invitation(actor=world.editor, token=token)
    for number in range(proof.amount(8, 50)):
        words = f"Text of round {number}"
        raw = as_sent(dict.fromkeys(KEYS, words))
        save = partial(
            applications.save_answers,
            actor=world.editor,
            reference=reference,
            raw=raw,
            versions={key: value for key, value in versions(reference).items() if key in KEYS},
        )
        hand_in = applications.submit if number == 0 else applications.resubmit
        saved, submitted = together(save, partial(hand_in, actor=world.owner, reference=reference))
        assert submitted == "done"
        with db.reading() as session:
            text = session.scalars(
                select(ApplicationVersion.content)
                .join(Application, Application.version_id == ApplicationVersion.id)
                .where(Application.reference == reference)
            ).one()
        # Both answers of the one save, or neither; and what was not in time was refused, never lost in silence.
        assert text.count(words) == (2 if saved == "done" else 0)
        assert stored(reference).count(words) == (2 if saved == "done" else 0)
        applications.take_back(actor=world.owner, reference=reference)
    assert chain_is_whole()


def test_jurors_who_submit_at_once_all_count(database: config.Settings) -> None:
    jury = Jury(readers=3)
    people = jury.standard_jury()
    jury.assign_all()
    jury.freeze()
    for reference in list(jury.files.values())[: proof.amount(2, 4)]:
        readers = [juror for juror in people if reference in jury.files_of(juror)]
        assert len(readers) == 3
        for juror in readers:
            review.declare(actor=juror, reference=reference, has_conflict=False)
        acts = [
            partial(
                review.submit, actor=juror, reference=reference, scores=scores(value), paragraph="Good.", revision=0
            )
            for juror, value in zip(readers, (1, 3, 5), strict=True)
        ]
        assert together(*acts) == ["done"] * 3
        with db.reading() as session:
            totals = session.scalars(
                select(Review.total)
                .join(Assignment, Assignment.id == Review.assignment_id)
                .join(Application, Application.id == Assignment.application_id)
                .where(Application.reference == reference, Review.state == ReviewState.SUBMITTED)
            ).all()
        assert sorted(float(total or 0) for total in totals) == [1.0, 3.0, 5.0]
    assert chain_is_whole()


def pairs(jury: Jury, people: list[Actor]) -> list[tuple[Actor, str, str]]:
    """Each juror with each file: the actor, the juror's reference, the file's."""
    everybody = list(zip(people, jury.jurors.values(), strict=True))
    found = [(actor, juror, file) for actor, juror in everybody for file in jury.files.values()]
    return found[:: 1 if proof.IS_WHOLE else 3]


def reading_a_blocked_file() -> list[int]:
    """Readings that run although their pair is blocked."""
    with db.reading() as session:
        query = (
            select(Assignment.id)
            .join(
                JurorFile,
                (JurorFile.juror_id == Assignment.juror_id) & (JurorFile.application_id == Assignment.application_id),
            )
            .where(Assignment.ended_at.is_(None), JurorFile.is_blocked.is_(True))
        )
        return list(session.scalars(query))


def test_a_file_given_while_its_juror_declares_a_conflict_is_not_read(database: config.Settings) -> None:
    jury = Jury()
    people = jury.standard_jury()
    ends = set()
    for actor, juror, file in pairs(jury, people):
        given, declared = together(
            partial(assignment.assign, actor=jury.officer, reference=file, juror=juror),
            partial(
                assignment.record_conflict,
                actor=jury.director,
                reference=file,
                juror=juror,
                code="declared_application",
                detail="A former colleague.",
            ),
        )
        ends.add(given == "done")
        assert declared == "done"
        assert file not in jury.files_of(actor)
        assert reading_a_blocked_file() == []
    assert ends
    assert chain_is_whole()


def test_a_tie_that_arises_while_its_juror_is_given_the_file_wins(database: config.Settings) -> None:
    jury = Jury()
    people = jury.standard_jury()
    for actor, juror, file in pairs(jury, people):
        with db.reading() as session:
            owner_id = session.scalars(
                select(Person.id).where(Person.email.like("owner@%"), Person.name == f"Owner of {place_of(jury, file)}")
            ).one()
            email = session.scalars(select(Person.email).where(Person.id == actor.person_id)).one()
        token = account.invite_colleague(
            actor=actor_of(owner_id), reference=file, email=email, name="A Juror", member_role=MemberRole.VIEWER
        )
        given, joined = together(
            partial(assignment.assign, actor=jury.officer, reference=file, juror=juror),
            partial(account.accept_invitation, actor=actor, token=token),
        )
        assert joined == "done"
        # Given first, the reading ended with the tie; given second, it was refused.
        assert file not in jury.files_of(actor), given
        with db.reading() as session:
            blocked = session.scalars(
                select(JurorFile.is_blocked)
                .join(Juror, Juror.id == JurorFile.juror_id)
                .join(Application, Application.id == JurorFile.application_id)
                .where(Juror.reference == juror, Application.reference == file)
            ).all()
        assert blocked in ([True], []) if given != "done" else blocked == [True]
        assert reading_a_blocked_file() == []
    assert chain_is_whole()


def place_of(jury: Jury, file: str) -> str:
    """The place of a file."""
    return next(place for place, reference in jury.files.items() if reference == file)


def test_a_deadline_extended_while_cities_submit_leaves_nobody_in_between(database: config.Settings) -> None:
    world = City()
    files = [world.filled(f"Place {number}") for number in range(4)]
    with clock.at(DEADLINE + timedelta(minutes=1)):
        owner, officer = actor_of(world.owner.person_id or 0), actor_of(world.officer.person_id or 0)
        got = together(
            *[partial(applications.submit, actor=owner, reference=file) for file in files[:2]],
            partial(
                calls.extend,
                actor=officer,
                call=world.call,
                scope=ExtensionScope.ALL,
                deadline=Deadline.CITIES,
                until_at=DEADLINE + timedelta(days=2),
                reason="The power failed in half of the country.",
            ),
            *[partial(applications.submit, actor=owner, reference=file) for file in files[2:]],
        )
        assert got[2] == "done"
        for file, came_to in zip(files, got[:2] + got[3:], strict=True):
            assert (row(file).submitted_at is not None) == (came_to == "done")
            assert row(file).state.value == ("submitted" if came_to == "done" else "draft")
            if came_to != "done":
                applications.submit(actor=owner, reference=file)
        assert [row(file).state.value for file in files] == ["submitted"] * 4
    assert chain_is_whole()
