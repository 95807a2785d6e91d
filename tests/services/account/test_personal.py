"""A person's own data: taken out by oneself or an administrator, and erased by two persons; what stays still verifies."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict, Forbidden, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    AuditDetail,
    AuditEntry,
    JoinRequest,
    Juror,
    MemberRole,
    Person,
    Role,
    Signature,
    SignatureRequest,
    TwoPersonRequest,
)
from gnlc_apply.permissions import ANONYMOUS, Actor
from gnlc_apply.services import account, ledger, review, signature
from gnlc_apply.services.account.personal import ERASED
from tests import installations
from tests.accounts import reference
from tests.city import add_person
from tests.conftest import NOW
from tests.desk import Desk, sign
from tests.jury_world import Jury
from tests.signing_in import post, sign_in


class Office(Desk):
    """A desk with an administrator and a director."""

    def __init__(self) -> None:
        super().__init__()
        self.administrator = add_person("adam@network.example", "Adam Admin", (Role.ADMINISTRATOR, None))
        self.director = add_person("dora@network.example", "Dora Director", (Role.DIRECTOR, None))


@pytest.fixture
def desk(database: config.Settings) -> Office:
    return Office()


def erase(desk: Office, who: Actor) -> None:
    asked = account.ask_erasure(
        actor=desk.administrator, person=reference(who.person_id or 0), reason="asked by letter"
    )
    account.confirm_request(actor=desk.director, request=asked)


def _leave_traces(desk: Office, who: Actor) -> None:
    """The person asked to join, sat in a finished jury, and was named in a request for two."""
    with db.writing() as session:
        file = session.scalars(select(Application)).one()
        asked = {"application_id": file.id, "person_id": who.person_id, "message": f"{who.name} here, let me in"}
        session.execute(insert(JoinRequest), [{**asked, "asked_at": NOW}])
        seat = {"reference": "J-OLD", "call_id": file.call_id, "person_id": who.person_id, "countries": ["PRT"]}
        seat |= {"languages": ["fr"], "topics": [], "contexts": ["rural"], "capacity": 7, "invited_at": NOW}
        session.execute(insert(Juror), [seat])
    account.ask_for_role(
        actor=desk.administrator, email=who.email, name=who.name, role=Role.OFFICER, reason=f"{who.name} comes"
    )


def _hand_over(desk: Office) -> None:
    """Somebody else owns the application from now on."""
    with db.writing() as session:
        session.execute(update(ApplicationMember).values(person_id=desk.stranger.person_id, role=MemberRole.OWNER))


# What the city wrote and signed is the city's, whoever it names; it goes when the call's files go (docs/privacy.md).
OF_THE_CITY = {"answer", "application_version"}


def whole_database() -> str:
    """Everything that stands anywhere else, as the driver gives it."""
    rows: list[str] = []
    with db.engine.connect() as connection:
        for name in installations.contents().keys() - OF_THE_CITY:
            rows += [str(tuple(row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')]  # noqa: S608 (our own names)
    return "\n".join(rows)


@pytest.mark.postgres
def test_erased_nothing_of_the_person_is_left_and_what_was_done_stays(desk: Office) -> None:
    owner = desk.owner
    with pytest.raises(Conflict, match="no other owner"):
        account.ask_erasure(actor=desk.administrator, person=reference(owner.person_id or 0), reason="x")
    _hand_over(desk)
    _leave_traces(desk, owner)
    before = whole_database()
    assert owner.email in before
    assert before.count(owner.name) > 1
    entries = installations.scalar("SELECT count(*) FROM audit_entry")
    erase(desk, owner)
    after = whole_database()
    assert owner.email not in after
    assert owner.name not in after
    with db.reading() as session:
        row = session.get_one(Person, owner.person_id)
        assert (row.name, row.password_hash, row.totp_secret) == (ERASED, None, None)
        seat = session.scalars(select(Juror)).one()
        assert (seat.countries, seat.languages, seat.contexts, seat.capacity) == ([], [], [], None)
        # What was asked for the person ends with it: nobody confirms a role for an address that is gone.
        kinds = session.execute(
            select(TwoPersonRequest.kind, TwoPersonRequest.details, TwoPersonRequest.refused_at).order_by(
                TwoPersonRequest.id
            )
        )
        assert [tuple(one) for one in kinds] == [("give_role", {}, NOW), ("erase_person", {}, None)]
        assert ledger.verify(session).first_broken is None
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == entries + 3
        # Not all details were emptied: those of other people's acts are still there.
        assert session.scalars(select(AuditDetail.id).where(AuditDetail.details.is_not(None))).first() is not None
    assert installations.scalar("SELECT count(*) FROM application") == 1
    with pytest.raises(NotFound):
        account.export_person(actor=desk.administrator, person=row.reference)


def test_with_a_running_role_nobody_is_erased(desk: Office) -> None:
    with pytest.raises(Conflict, match="role of this person still runs"):
        account.ask_erasure(actor=desk.administrator, person=reference(desk.officer.person_id or 0), reason="x")


def test_one_person_alone_erases_nobody(desk: Office) -> None:
    person = reference(desk.editor.person_id or 0)
    with pytest.raises(Forbidden):
        account.ask_erasure(actor=desk.officer, person=person, reason="x")
    asked = account.ask_erasure(actor=desk.administrator, person=person, reason="x")
    with pytest.raises(Forbidden):
        account.confirm_request(actor=desk.administrator, request=asked)
    with db.reading() as session:
        assert session.get_one(Person, desk.editor.person_id).erased_at is None


def test_a_signatory_with_that_address_is_erased_and_the_signature_stays(desk: Office) -> None:
    sign(desk.file)
    with db.writing() as session:
        session.execute(update(SignatureRequest).values(email=desk.editor.email))
    erase(desk, desk.editor)
    with db.reading() as session:
        signature = session.scalars(select(Signature)).first()
        assert signature is not None
        assert (signature.name, signature.network, signature.voided_at) == (ERASED, "", None)


@pytest.mark.postgres
def test_a_running_link_of_an_erased_signatory_ends_and_nothing_is_sent_to_nobody(desk: Office) -> None:
    token = signature.ask(
        actor=desk.owner, reference=desk.file, email="mayor@city.example", name="Ayşe Yılmaz", language="en"
    )
    with db.writing() as session:
        session.execute(update(SignatureRequest).values(email=desk.editor.email))
    signature.send_code(actor=ANONYMOUS, token=token)
    erase(desk, desk.editor)
    with pytest.raises((NotFound, Conflict)):
        signature.send_code(actor=ANONYMOUS, token=token)
    assert installations.scalar("SELECT count(*) FROM one_time_token WHERE signature_request_id IS NOT NULL") == 0
    assert installations.scalar("SELECT count(*) FROM signature_request WHERE revoked_at IS NULL") == 0
    assert installations.scalar("SELECT count(*) FROM outbox_message WHERE recipient = ''") == 0


def test_the_data_of_a_city_official_hold_that_person_only(desk: Office) -> None:
    taken = account.export_person(actor=desk.administrator, person=reference(desk.owner.person_id or 0))
    assert taken["account"]["email"] == desk.owner.email
    assert [row["reference"] for row in taken["applications"]] == [desk.file]
    assert "submit" in {row["act"] for row in taken["acts"]}
    text = json.dumps(taken)
    for other in (desk.editor, desk.officer, desk.commission):
        assert other.email not in text
        assert other.name not in text
    with db.reading() as session:
        assert (
            session.scalar(select(AuditEntry.noun_id).where(AuditEntry.act == "exported_person"))
            == desk.owner.person_id
        )


def test_only_administrators_take_out_the_data_of_others(desk: Office) -> None:
    for who in (desk.officer, desk.owner, desk.commission):
        with pytest.raises(Forbidden):
            account.export_person(actor=who, person=reference(desk.editor.person_id or 0))


def test_an_administrator_learns_no_decision_from_an_officers_data_and_the_officer_all_of_the_own(desk: Office) -> None:
    desk.eligible()
    handed_over = account.export_person(actor=desk.administrator, person=reference(desk.officer.person_id or 0))
    own = account.export_own(actor=desk.officer)
    assert own["acts"] != []
    assert "acts" not in handed_over
    assert "messages" not in handed_over


def test_no_juror_is_named_to_others_and_a_juror_takes_the_own_scores(database: config.Settings) -> None:
    jury = Jury()
    juror = jury.standard_jury()[1]
    jury.assign_all()
    jury.freeze()
    file = jury.files_of(juror)[0]
    jury.review(juror, file, 4)
    administrator = add_person("adam@network.example", "Adam Admin", (Role.ADMINISTRATOR, None))
    official = add_person("official@city.example", "Olga Official")
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == file)).one()
        place = {"application_id": number, "person_id": official.person_id, "role": MemberRole.OWNER}
        session.execute(insert(ApplicationMember), [{**place, "added_at": NOW}])
    own = account.export_own(actor=juror)
    assert {(row["reference"], row["value"]) for row in own["scores"]} == {(file, 4)}
    assert own["declared_conflicts"] == []
    taken = (
        account.export_own(actor=official),
        account.export_person(actor=administrator, person=reference(official.person_id or 0)),
    )
    for data in taken:
        assert [row["reference"] for row in data["applications"]] == [file]
        assert juror.name not in json.dumps(data)
        assert juror.email not in json.dumps(data)
        assert "A good file." not in json.dumps(data)
    of_juror = account.export_person(actor=administrator, person=reference(juror.person_id or 0))
    assert file not in json.dumps(of_juror)
    assert "scores" not in of_juror


def test_a_juror_takes_along_what_was_declared_and_written_without_scores(database: config.Settings) -> None:
    jury = Jury()
    tied, busy = jury.standard_jury()[1:3]
    jury.assign_all()
    jury.freeze()
    review.declare(actor=tied, reference=jury.files_of(tied)[0], has_conflict=True, detail="I worked there until May.")
    begun = jury.files_of(busy)[0]
    review.declare(actor=busy, reference=begun, has_conflict=False)
    review.save(actor=busy, reference=begun, scores={}, paragraph="Begun only.", revision=0)
    own = account.export_own(actor=tied)
    assert [row["detail"] for row in own["declared_conflicts"]] == ["I worked there until May."]
    assert {"contexts", "capacity"} <= own["jury_profiles"][0].keys()
    own = account.export_own(actor=busy)
    assert [(row["reference"], row["paragraph"], row["value"]) for row in own["scores"]] == [
        (begun, "Begun only.", None)
    ]


def test_by_the_pages_each_takes_the_own_and_the_administrator_anybodys(app: Flask) -> None:
    desk = Office()
    city, admin = app.test_client(), app.test_client()
    sign_in(city, desk.owner.email)
    sign_in(admin, desk.administrator.email)
    mine = post(city, "/en/account/export", "/en/account")
    assert (mine.status_code, mine.headers["Cache-Control"]) == (200, "no-store")
    assert mine.headers["Content-Disposition"] == "attachment; filename=my-data.json"
    assert mine.json is not None
    assert mine.json["account"]["email"] == desk.owner.email
    person = reference(desk.owner.person_id or 0)
    page = f"/en/administration/accounts/{person}"
    theirs = post(admin, f"{page}/export", page)
    assert theirs.json is not None
    assert theirs.json["account"] == mine.json["account"]
    assert city.post(f"{page}/export").status_code in (400, 404)
