"""Jurors, conflicts, proposals, assignments: what the rules find, the database refuses, even past the commands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationState,
    Assignment,
    AssignmentProposal,
    ConflictOfInterest,
    Grant,
    Juror,
    JurorFile,
    MemberRole,
    OutboxMessage,
    Review,
    Role,
    StaffConflict,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import assignment, review
from tests.city import actor_of
from tests.jury_world import COMMISSIONS, Jury, add_file, scores

pytestmark = pytest.mark.postgres


@pytest.fixture
def jury(database: config.Settings) -> Jury:
    return Jury()


def running() -> list[tuple[str, str]]:
    """(juror's name order by reference, file) pairs that run."""
    with db.reading() as session:
        query = (
            select(Juror.reference, Application.reference)
            .join(Assignment, Assignment.juror_id == Juror.id)
            .join(Application, Application.id == Assignment.application_id)
            .where(Assignment.ended_at.is_(None))
        )
        return sorted(session.execute(query))


def mails(kind: str) -> list[OutboxMessage]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


def state_of(reference: str) -> str:
    with db.reading() as session:
        return str(session.scalars(select(Application.state).where(Application.reference == reference)).one())


def test_an_invited_juror_has_a_person_a_seat_and_both_grants(jury: Jury) -> None:
    chair = jury.add_juror("Amina Chair", "SEN", is_chair=True, languages=["fr", "en:reading"], topics=["families"])
    assert set(chair.calls_of(Role.JUROR)) == set(chair.calls_of(Role.CHAIR)) == {jury.call_id}
    (letter,) = mails("juror_invitation")
    assert letter.recipient == chair.email
    with db.reading() as session:
        row = session.scalars(select(Juror)).one()
    assert (row.countries, row.region, row.languages) == (["SEN"], "Africa", ["en:reading", "fr"])
    assert row.accepted_at is not None


def test_an_invitation_says_at_which_field_something_is_missing(jury: Jury) -> None:
    given: dict[str, Any] = {"actor": jury.officer, "call": jury.call, "email": "x@y.example", "name": "X"}
    with pytest.raises(Invalid) as refusal:
        assignment.invite_juror(**given, countries=["XXX"], languages=[], contexts=["moon"], capacity=-1)
    assert set(refusal.value.fields) == {"residence", "languages", "contexts", "capacity"}
    jury.add_juror("Amina Chair", "SEN")
    with pytest.raises(Conflict):
        assignment.invite_juror(
            **(given | {"email": "aminachair@aminachair.example"}), countries=["SEN"], languages=["en"]
        )


def test_no_officer_takes_a_seat_in_the_jury(jury: Jury) -> None:
    own = jury.officer
    local, _, domain = own.email.partition("@")
    for email, name in ((own.email, "X"), (f"{local}+jury@{domain}", "X"), ("x@elsewhere.example", own.name)):
        with pytest.raises(Conflict, match="own"):
            assignment.invite_juror(
                actor=own, call=jury.call, email=email, name=name, countries=["SEN"], languages=["en"]
            )


def test_only_the_secretariat_invites_proposes_and_assigns(jury: Jury) -> None:
    juror = jury.add_juror("Basel Juror", "JOR")
    for refused in (
        lambda: assignment.invite_juror(
            actor=juror, call=jury.call, email="a@b.example", name="A", countries=["SEN"], languages=["en"]
        ),
        lambda: assignment.propose(actor=juror, call=jury.call),
        lambda: assignment.set_reading_deadline(actor=juror, call=jury.call, until_at=COMMISSIONS),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        assignment.assign(actor=juror, reference=jury.files["Cusco"], juror=jury.jurors["Basel Juror"])


def test_a_proposal_gives_every_file_its_readers_and_nobody_an_own_country(jury: Jury) -> None:
    jury.standard_jury()
    jury.add_juror("Keiko Juror", "JPN")
    proposal = assignment.propose(actor=jury.officer, call=jury.call, seed=11)
    with db.reading() as session:
        row = session.get_one(AssignmentProposal, proposal)
    pairs = [tuple(pair) for pair in row.result["pairs"]]
    assert len(pairs) == 8
    assert row.result["shortages"] == []
    assert (jury.jurors["Keiko Juror"], jury.files["Okayama"]) not in pairs
    again = assignment.propose(actor=jury.officer, call=jury.call, seed=11)
    with db.reading() as session:
        assert session.get_one(AssignmentProposal, again).result["pairs"] == row.result["pairs"]
        assert session.get_one(AssignmentProposal, proposal).discarded_at is not None


def test_what_cannot_be_filled_is_named(jury: Jury) -> None:
    jury.add_juror("Basel Juror", "JOR")
    jury.add_juror("Keiko Juror", "JPN")
    proposal = assignment.propose(actor=jury.officer, call=jury.call, seed=1)
    with db.reading() as session:
        shortages = session.get_one(AssignmentProposal, proposal).result["shortages"]
    by_file = {short["file_id"]: (short["found"], short["wanted"], short["conflicted"]) for short in shortages}
    assert by_file == {jury.files["Okayama"]: (1, 2, 1)}


def test_nothing_to_propose_is_said(jury: Jury) -> None:
    with pytest.raises(Conflict, match="No juror"):
        assignment.propose(actor=jury.officer, call=jury.call)


def test_confirming_moves_the_files_assigns_and_tells_each_juror_once(jury: Jury) -> None:
    jurors = jury.standard_jury()
    jury.assign_all()
    assert {state_of(reference) for reference in jury.files.values()} == {"in_review"}
    assert len(running()) == 8
    letters = mails("files_assigned")
    assert sorted(letter.recipient for letter in letters) == sorted(j.email for j in jurors if jury.files_of(j))
    assert sum(letter.values["number"] for letter in letters) == 8
    cities = mails("with_the_jury")
    assert len(cities) == len(jury.files)
    assert not any(juror.name in str(letter.values) for letter in cities for juror in jurors)


def test_a_proposal_is_confirmed_once_and_not_when_it_is_out_of_date(jury: Jury) -> None:
    jury.standard_jury()
    first = assignment.propose(actor=jury.officer, call=jury.call, seed=3)
    second = assignment.propose(actor=jury.officer, call=jury.call, seed=4)
    with pytest.raises(Conflict, match="newer"):
        assignment.confirm(actor=jury.officer, proposal=first)
    assignment.record_conflict(
        actor=jury.officer,
        reference=jury.files["Cusco"],
        juror=_reader_in(second, jury.files["Cusco"]),
        code="declared_application",
        detail="Wrote the city's plan",
    )
    with pytest.raises(Conflict, match="changed"):
        assignment.confirm(actor=jury.officer, proposal=second)
    assert running() == []
    jury.assign_all()
    assert len(running()) == 8


def _reader_in(proposal: int, reference: str) -> str:
    with db.reading() as session:
        pairs = session.get_one(AssignmentProposal, proposal).result["pairs"]
    return next(str(juror) for juror, file in pairs if file == reference)


def test_the_application_row_is_untouched_from_the_jurys_start(jury: Jury) -> None:
    jurors = jury.standard_jury()
    with db.reading() as session:
        before = {row.reference: row.edited_at for row in session.scalars(select(Application))}
    jury.assign_all()
    jury.freeze()
    jury.review_all(jurors)
    with db.reading() as session:
        rows = list(session.scalars(select(Application)))
    assert {row.reference: row.edited_at for row in rows} == before
    assert {row.state for row in rows} == {ApplicationState.IN_REVIEW}


@pytest.mark.parametrize("tie", ["country", "domain", "official", "commission"])
def test_a_tie_is_found_and_blocks(jury: Jury, tie: str) -> None:
    profile: dict[str, Any] = {"countries": ["SEN", "PER"]} if tie == "country" else {"countries": ["SEN"]}
    name = "Cusco" if tie == "domain" else "Basel Juror"
    juror = jury.add_juror(name, "SEN", **profile)
    if tie in ("official", "commission"):
        _make_official(jury, juror.person_id or 0, tie)
    with pytest.raises(Conflict):
        assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=jury.jurors[name])
    jury.add_juror("Chitra Juror", "IND")
    assignment.propose(actor=jury.officer, call=jury.call)
    with db.reading() as session:
        codes = set(
            session.scalars(
                select(ConflictOfInterest.code)
                .join(Application, Application.id == ConflictOfInterest.application_id)
                .where(Application.reference == jury.files["Cusco"])
            )
        )
    assert (
        codes
        == {
            "country": {"own_country"},
            "domain": {"same_domain"},
            "official": {"own_application", "same_domain", "same_person"},
            "commission": {"own_commission"},
        }[tie]
    )


def _make_official(jury: Jury, person_id: int, tie: str) -> None:
    with db.writing() as session:
        if tie == "commission":
            session.add(Grant(person_id=person_id, role=Role.COMMISSION, country="PER", granted_at=COMMISSIONS))
            return
        file = session.scalars(select(Application).where(Application.reference == jury.files["Cusco"])).one()
        session.add(
            ApplicationMember(application_id=file.id, person_id=person_id, role=MemberRole.VIEWER, added_at=COMMISSIONS)
        )


def test_the_database_refuses_a_blocked_pair_even_past_the_commands(jury: Jury) -> None:
    jury.add_juror("Keiko Juror", "JPN")
    jury.add_juror("Basel Juror", "JOR")
    assignment.propose(actor=jury.officer, call=jury.call)
    with db.reading() as session:
        pair = session.scalars(select(JurorFile).where(JurorFile.is_blocked.is_(True))).one()
    row = {
        "reference": "A-TEST",
        "juror_id": pair.juror_id,
        "application_id": pair.application_id,
        "position": 1,
        "pseudonym": "A",
        "assigned_at": COMMISSIONS,
        "end_reason": "",
    }
    for claim in (False, True):
        with pytest.raises(IntegrityError), db.writing() as session:
            session.execute(insert(Assignment), [row | {"pair_is_blocked": claim}])
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(insert(Assignment), [row | {"pair_is_blocked": None}])


def test_the_database_refuses_to_block_a_pair_whose_reading_runs(jury: Jury) -> None:
    juror = jury.add_juror("Basel Juror", "JOR")
    assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=jury.jurors["Basel Juror"])
    assert jury.files_of(juror) == [jury.files["Cusco"]]
    with pytest.raises(IntegrityError), db.writing() as session:
        session.scalars(select(JurorFile)).one().is_blocked = True


def test_by_hand_a_file_is_given_once_taken_with_a_reason_and_given_again(jury: Jury) -> None:
    jury.add_juror("Basel Juror", "JOR")
    juror, file = jury.jurors["Basel Juror"], jury.files["Cusco"]
    assignment.assign(actor=jury.officer, reference=file, juror=juror)
    assert state_of(file) == "in_review"
    with pytest.raises(Conflict, match="already reads"):
        assignment.assign(actor=jury.officer, reference=file, juror=juror)
    with db.reading() as session:
        reference = session.scalars(select(Assignment.reference)).one()
    with pytest.raises(Invalid):
        assignment.unassign(actor=jury.officer, assignment=reference, reason=" ")
    assignment.unassign(actor=jury.officer, assignment=reference, reason="Ill")
    assert running() == []
    assignment.assign(actor=jury.officer, reference=file, juror=juror)
    assert running() == [(juror, file)]


def test_a_juror_without_the_language_or_the_acceptance_is_refused_in_words(jury: Jury) -> None:
    jury.add_juror("Basel Juror", "JOR", languages=["ar"])
    with pytest.raises(Conflict, match="language"):
        assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=jury.jurors["Basel Juror"])
    assignment.invite_juror(
        actor=jury.officer, call=jury.call, email="new@new.example", name="New", countries=["MEX"], languages=["en"]
    )
    with db.reading() as session:
        invited = session.scalars(select(Juror.reference).where(Juror.accepted_at.is_(None))).one()
    with pytest.raises(Conflict, match="accepted"):
        assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=invited)


def test_a_later_proposal_keeps_what_was_given_and_serves_late_files(jury: Jury) -> None:
    jury.standard_jury()
    jury.assign_all()
    before = running()
    with db.reading() as session:
        orders = {row.id: row.position for row in session.scalars(select(Assignment))}
    from_later = add_file(jury.call_id, "TUR", "Edirne", "edirne")
    jury.assign_all(seed=99)
    assert set(before) <= set(running())
    assert len([pair for pair in running() if pair[1] == from_later]) == 2
    assert len(running()) == 10
    with db.reading() as session:
        assert {row.id: row.position for row in session.scalars(select(Assignment)) if row.id in orders} == orders


def test_declaring_a_country_blocks_all_its_files_and_those_that_come(jury: Jury) -> None:
    jury.add_juror("Basel Juror", "JOR")
    juror = jury.jurors["Basel Juror"]
    assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=juror)
    assignment.record_conflict(
        actor=jury.officer, reference=jury.files["Cusco"], juror=juror, code="declared_country", detail="Advises Peru"
    )
    assert running() == []
    with pytest.raises(Conflict):
        assignment.assign(actor=jury.officer, reference=jury.files["Cusco"], juror=juror)


def test_an_officer_with_a_tie_to_a_file_does_not_give_it_to_the_jury(jury: Jury) -> None:
    jury.standard_jury()
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == jury.files["Cusco"])).one()
        session.add(
            StaffConflict(
                person_id=jury.officer.person_id or 0, application_id=file.id, reason="x", recorded_at=COMMISSIONS
            )
        )
    proposal = assignment.propose(actor=jury.officer, call=jury.call)
    with pytest.raises(Forbidden, match=jury.files["Cusco"]):
        assignment.confirm(actor=jury.officer, proposal=proposal)
    assert running() == []
    assignment.confirm(actor=jury.director, proposal=proposal)
    assert len(running()) == 8


def test_who_leaves_keeps_submitted_reviews_and_loses_the_rest(jury: Jury) -> None:
    jurors = jury.standard_jury()
    jury.assign_all()
    jury.freeze()
    leaver = next(juror for juror in jurors if len(jury.files_of(juror)) >= 2)
    first = jury.files_of(leaver)[0]
    jury.review(leaver, first)
    with db.reading() as session:
        reference = session.scalars(select(Juror.reference).where(Juror.person_id == leaver.person_id)).one()
    assignment.end_juror(actor=jury.officer, juror=reference, reason="Ill")
    assert jury.files_of(leaver) == [first]
    assert actor_of(leaver.person_id or 0).grants == ()
    gone = actor_of(leaver.person_id or 0)
    with pytest.raises(NotFound):
        review.declare(actor=gone, reference=first, has_conflict=False)
    jury.assign_all(seed=5)
    with db.reading() as session:
        per_file = dict(
            session.execute(
                select(Application.reference, func.count(Assignment.id))
                .join(Assignment, Assignment.application_id == Application.id)
                .where(Assignment.ended_at.is_(None))
                .group_by(Application.reference)
            ).all()
        )
    assert per_file == dict.fromkeys(jury.files.values(), 2)


def test_a_withdrawn_file_leaves_its_readers_and_they_are_told(jury: Jury) -> None:
    jury.standard_jury()
    jury.assign_all()
    with db.reading() as session:
        owner = session.scalars(
            select(ApplicationMember.person_id)
            .join(Application, Application.id == ApplicationMember.application_id)
            .where(Application.reference == jury.files["Cusco"])
        ).one()
    applications.withdraw(actor=actor_of(owner), reference=jury.files["Cusco"], reason="Elections")
    assert len(running()) == 6
    assert len(mails("file_withdrawn")) == 2
    assert all("Elections" not in str(mail.values) for mail in mails("file_withdrawn"))


def test_reminders_go_once_per_stage_to_who_has_files_left(jury: Jury) -> None:
    jurors = jury.standard_jury()
    jury.assign_all()
    jury.freeze()
    deadline = clock.now() + timedelta(days=20)
    assignment.set_reading_deadline(actor=jury.officer, call=jury.call, until_at=deadline)
    busy = [juror for juror in jurors if jury.files_of(juror)]
    for reference in jury.files_of(busy[0]):
        jury.review(busy[0], reference)
    assert assignment.remind_readers(actor=SYSTEM, call=jury.call) == 0
    with clock.at(deadline - timedelta(days=6)):
        assert assignment.remind_readers(actor=SYSTEM, call=jury.call) == len(busy) - 1
        assert assignment.remind_readers(actor=SYSTEM, call=jury.call) == 0
    with clock.at(deadline + timedelta(minutes=1)):
        assert assignment.remind_readers(actor=SYSTEM, call=jury.call) == 0


def test_a_conflict_found_late_voids_the_reading(jury: Jury) -> None:
    juror = jury.add_juror("Basel Juror", "JOR")
    file = jury.files["Cusco"]
    assignment.assign(actor=jury.officer, reference=file, juror=jury.jurors["Basel Juror"])
    review.declare(actor=juror, reference=file, has_conflict=False)
    review.save(actor=juror, reference=file, scores=scores(4), paragraph="", revision=0)
    assignment.set_profile(actor=juror, call=jury.call, countries=["JOR", "PER"], languages=["en"])
    assert running() == []
    with db.reading() as session:
        kept = session.scalars(select(Review)).one()
        ended = session.scalars(select(Assignment)).one()
    assert kept.assignment_id == ended.id
    assert ended.end_reason != ""
    with pytest.raises(NotFound):
        review.save(actor=juror, reference=file, scores=scores(5), paragraph="", revision=1)
