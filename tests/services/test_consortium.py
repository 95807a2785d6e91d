"""A consortium: the whole and each of its members signs, by link or on paper, the same text and nothing else."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.mail import outbox
from gnlc_apply.models import (
    Application,
    ApplicationVersion,
    AuditDetail,
    OutboxMessage,
    Signature,
    SignatureRequest,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import signature as links
from gnlc_apply.scenarios import invariants
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, offers, screening, signature
from gnlc_apply.services.signature import SIGNATORY
from gnlc_apply.workflow.guards import signed
from gnlc_apply.workflow.transition import Guard
from tests import city, desk
from tests.questionnaire import filled
from tests.services.test_signature import PNG, digest_of, new_code, press

pytestmark = pytest.mark.postgres

WHOLE, AKYAZI, BOZOVA = 0, 1, 2
ADDRESS = {WHOLE: "mayor@city.example", AKYAZI: "akyazi@city.example", BOZOVA: "bozova@city.example"}


class Consortium(city.City):
    """A consortium of two municipalities with a complete form."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self.file = self.begin("Two Rivers")
        self.save(filled.consortium())

    def save(self, answers: dict[str, object]) -> applications.Saved:
        raw = city.as_sent(answers)
        return applications.save_answers(actor=self.owner, reference=self.file, raw=raw, versions={})

    def ask(self, constituent: int, email: str = "") -> str:
        address = email or ADDRESS[constituent]
        return signature.ask(
            actor=self.owner, reference=self.file, email=address, name="Somebody", constituent=constituent
        )

    def sign(self, constituent: int) -> str:
        token = self.ask(constituent)
        press(token, new_code(token))
        return token

    def upload(self, constituent: int, **more: object) -> str:
        code = signature.prepare_letter(actor=self.owner, reference=self.file, constituent=constituent)
        values = {"stream": io.BytesIO(PNG), "file_name": "l.png", "name": "Head of it", "function": "Mayor"}
        values |= {"version_code": code, "constituent": constituent, **more}
        return signature.upload_letter(actor=self.owner, reference=self.file, **values)  # type: ignore[arg-type]  # by name

    def submit(self) -> None:
        applications.submit(actor=self.owner, reference=self.file)


@pytest.fixture
def world(database: object) -> Consortium:
    return Consortium()


def live() -> list[int]:
    """For whom a signature stands."""
    with db.reading() as session:
        query = select(Signature.constituent).where(Signature.voided_at.is_(None), Signature.refused_at.is_(None))
        return list(session.scalars(query.order_by(Signature.constituent)))


def told(kind: str) -> list[str]:
    with db.reading() as session:
        return sorted(session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.kind == kind)))


def values_of(kind: str) -> list[dict[str, object]]:
    with db.reading() as session:
        rows = session.scalars(
            select(OutboxMessage.values).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
        )
        return [outbox.opened(row) for row in rows]


def state_of(token: str) -> str:
    state = links.open_link(token).state.value
    db.release()
    return state


def words_of(guard: Guard, world: Consortium) -> str | None:
    """What a guard says of the file as commands and buttons see it."""
    found = guard(offers.look(world.officer, world.file))
    db.release()
    return None if found is None else str(found)


def test_the_version_says_how_many_signatures_it_needs(world: Consortium) -> None:
    alone = world.filled("Alone")
    signature.ask(actor=world.owner, reference=alone, email="mayor@alone.example", name="A")
    world.ask(AKYAZI)
    with db.reading() as session:
        query = select(Application.place_name, ApplicationVersion.signatures_needed).join(
            Application, Application.id == ApplicationVersion.application_id
        )
        assert {row[0]: row[1] for row in session.execute(query)} == {"Alone": 1, "Two Rivers": 3}


def test_each_member_signs_for_itself(world: Consortium) -> None:
    tokens = {number: world.ask(number) for number in (WHOLE, AKYAZI)}
    for number, token in tokens.items():
        opened = links.open_link(token)
        assert opened.signing is not None
        assert (opened.signing.constituent, opened.email) == (number, ADDRESS[number])
        db.release()
    press(tokens[AKYAZI], new_code(tokens[AKYAZI]))
    assert live() == [AKYAZI]
    assert state_of(tokens[WHOLE]) == "open"
    world.upload(BOZOVA)
    press(tokens[WHOLE], new_code(tokens[WHOLE]))
    assert live() == [WHOLE, AKYAZI, BOZOVA]
    with db.reading() as session:
        kept = session.execute(
            select(Signature.constituent_name, Signature.method, Signature.version_id).order_by(Signature.constituent)
        ).all()
    assert [(row[0], row[1].value) for row in kept] == [("", "link"), ("Akyazi", "link"), ("Bozova", "paper")]
    assert len({row.version_id for row in kept}) == 1


def test_one_live_signature_for_each(world: Consortium) -> None:
    world.sign(AKYAZI)
    with pytest.raises(Conflict, match="signed already"):
        world.ask(AKYAZI)
    with pytest.raises(Conflict, match="signed already"):
        world.upload(AKYAZI)
    with db.reading() as session:
        row = session.scalars(select(Signature)).one()
        columns = {c.name: getattr(row, c.name) for c in Signature.__table__.columns if c.name != "id"}
    others = {"constituent": BOZOVA, "constituent_name": "Bozova"}
    with db.writing() as session:
        session.execute(insert(Signature), [columns | others])
    assert live() == [AKYAZI, BOZOVA]
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(insert(Signature), [columns | others])
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(insert(Signature), [columns | {"constituent": 3, "constituent_name": ""}])


def test_nobody_signs_for_a_member_that_is_not_named(world: Consortium) -> None:
    for number in (3, 20, 21, -1):
        with pytest.raises(NotFound):
            world.ask(number, "x@city.example")
        with pytest.raises(NotFound):
            world.upload(number)
    alone = world.filled("Alone")
    with pytest.raises(NotFound):
        signature.ask(actor=world.owner, reference=alone, email="x@city.example", name="X", constituent=1)


def test_a_new_link_ends_only_the_members_own(world: Consortium) -> None:
    first, other = world.ask(AKYAZI), world.ask(BOZOVA)
    second = world.ask(AKYAZI)
    assert (state_of(first), state_of(second), state_of(other)) == ("revoked", "open", "open")
    signature.revoke_request(actor=world.owner, reference=world.file, constituent=BOZOVA)
    assert (state_of(second), state_of(other)) == ("open", "revoked")
    with pytest.raises(Conflict, match="no running link"):
        signature.revoke_request(actor=world.owner, reference=world.file, constituent=BOZOVA)


def test_a_code_of_one_member_does_not_sign_for_another(world: Consortium) -> None:
    first, second = world.ask(AKYAZI), world.ask(BOZOVA)
    foreign, own = new_code(second), new_code(first)
    with pytest.raises(signature.WrongCode):
        press(first, foreign)
    press(first, own)
    assert live() == [AKYAZI]


def test_an_edit_voids_all_signatures_and_tells_each(world: Consortium) -> None:
    for number in (WHOLE, AKYAZI):
        world.sign(number)
    world.upload(BOZOVA)
    assert not world.save({"people.focal_phone": "+90 414 000 00 00"}).is_signature_voided
    assert world.save({"vision.vision": "Another."}).is_signature_voided
    assert live() == []
    assert told("signature_voided") == ["akyazi@city.example", "mayor@city.example", "owner@city.example"]
    to_city = next(one for one in values_of("signature_voided") if not one["is_signatory"])
    assert to_city["signatories"] == ["Ayşe Yılmaz", "Ayşe Yılmaz", "Head of it"]
    world.sign(AKYAZI)
    assert live() == [AKYAZI]


def test_a_changed_text_is_refused_for_a_member_too(world: Consortium) -> None:
    token = world.ask(AKYAZI)
    code, read = new_code(token), digest_of(token)
    world.save({"vision.vision": "Else."})
    with pytest.raises(signature.TextChanged) as refused:
        press(token, code, version_digest=read)
    assert [change.key for change in refused.value.changes] == ["vision.vision"]
    assert live() == []


@pytest.mark.parametrize(
    "edit",
    [
        {"constituents.2.name_local": None, "constituents.2.name_latin": None, "constituents.2.population": None},
        {"constituents.2.name_latin": "Ceylan", "constituents.2.name_local": "Ceylan"},
        {"city.kind": "city"},
    ],
    ids=["removed", "another", "no consortium"],
)
def test_the_link_of_a_removed_member_dies_for_good(world: Consortium, edit: dict[str, object]) -> None:
    whole, kept, gone = world.ask(WHOLE), world.ask(AKYAZI), world.ask(BOZOVA)
    code = new_code(gone)
    assert state_of(gone) == "open"
    is_over = "city.kind" in edit
    world.save(edit)
    assert (state_of(whole), state_of(kept), state_of(gone)) == ("open", "revoked" if is_over else "open", "revoked")
    with pytest.raises(Conflict, match="replaced or taken back"):
        press(gone, code, version_digest="")
    world.save(filled.consortium())
    assert state_of(gone) == "revoked"


def test_a_link_of_a_removed_member_opens_nothing_even_if_it_was_left(world: Consortium) -> None:
    """Twice barred: were the link not ended with the change, the text that no longer names the member ends it."""
    gone = world.ask(BOZOVA)
    code, read = new_code(gone), digest_of(gone)
    world.save({"constituents.2.name_latin": "Ceylan"})
    with db.writing() as session:
        session.execute(update(SignatureRequest).values(revoked_at=None))
    assert state_of(gone) == "revoked"
    for act in (lambda: press(gone, code, version_digest=read), lambda: new_code(gone)):
        with pytest.raises(Conflict, match="replaced or taken back"):
            act()
    with pytest.raises(Conflict, match="replaced or taken back"):
        signature.decline(actor=SIGNATORY, token=gone, reason="No.")
    assert live() == []


def test_not_signing_says_for_whom(world: Consortium) -> None:
    token = world.ask(BOZOVA)
    signature.decline(actor=SIGNATORY, token=token, reason="Our council said no.")
    assert [(one["constituent"], one["reason"]) for one in values_of("signature_declined")] == [
        ("Bozova", "Our council said no.")
    ]
    assert state_of(token) == "declined"


def test_mails_say_for_whom_and_show_no_other_address(world: Consortium) -> None:
    world.sign(WHOLE)
    world.sign(AKYAZI)
    kinds = ("signature_request", "signature_code", "signed")
    with db.reading() as session:
        mails = session.scalars(select(OutboxMessage).where(OutboxMessage.kind.in_(kinds))).all()
    for mail in mails:
        others = {address for address in ADDRESS.values() if address != mail.recipient}
        assert not [address for address in others if address in str(mail.values)]
    assert [one["constituent"] for one in values_of("signature_request")] == ["", "Akyazi"]
    to_city = [one for one in values_of("signed") if not one["is_signatory"]]
    assert [(one["constituent"], one["outstanding"]) for one in to_city] == [("", 2), ("Akyazi", 1)]


def test_addresses_used_twice_are_flagged(world: Consortium) -> None:
    world.ask(WHOLE)
    world.ask(AKYAZI, "Mayor@city.example")
    world.ask(BOZOVA, "Owner@city.example")
    with db.reading() as session:
        query = select(SignatureRequest.is_shared_address, SignatureRequest.is_same_person)
        flags = session.execute(query.order_by(SignatureRequest.id)).all()
    assert [tuple(row) for row in flags] == [(False, False), (True, False), (False, True)]


def test_signed_means_all_have_signed(world: Consortium) -> None:
    missing = "The signature for the city is still missing."
    partly = "The consortium has not been signed for by all of its members yet."
    assert words_of(signed, world) == missing
    world.sign(WHOLE)
    assert words_of(signed, world) == partly
    world.sign(AKYAZI)
    world.upload(BOZOVA)
    world.submit()
    assert words_of(signed, world) == "The signed letter has not been confirmed yet."
    signature.confirm_letter(actor=world.officer, reference=world.file, constituent=BOZOVA)
    assert words_of(signed, world) is None


def test_submitting_waits_for_all_where_the_call_says_so(database: object) -> None:
    world = Consortium(signature_may_follow=False)
    world.sign(WHOLE)
    world.sign(AKYAZI)
    with pytest.raises(Conflict, match="by all of its members"):
        world.submit()
    world.upload(BOZOVA)
    world.submit()
    assert city.row(world.file).state == "submitted"


def test_signatures_may_follow_where_the_call_says_so_and_eligible_needs_all(world: Consortium) -> None:
    world.sign(WHOLE)
    world.submit()
    receipt = values_of("receipt")[0]
    assert (receipt["is_signed"], receipt["is_partly_signed"]) == (False, True)
    endorsement.endorse(actor=world.commission, reference=world.file, **desk.WHO)
    screening.confirm_city(actor=world.officer, reference=world.file, city=None)
    world.sign(AKYAZI)
    with pytest.raises(Conflict, match="by all of its members"):
        screening.find_eligible(actor=world.officer, reference=world.file)
    world.upload(BOZOVA)
    with pytest.raises(Conflict, match="has not been confirmed"):
        screening.find_eligible(actor=world.officer, reference=world.file)
    signature.confirm_letter(actor=world.officer, reference=world.file, constituent=BOZOVA)
    screening.find_eligible(actor=world.officer, reference=world.file)
    assert city.row(world.file).state == "eligible"
    assert desk.places() == [1]
    assert [finding for finding in invariants.broken() if "signed" in finding] == []
    with db.writing() as session:
        session.execute(update(Signature).where(Signature.constituent == AKYAZI).values(voided_at=clock.now()))
    assert [finding for finding in invariants.broken() if "signed" in finding] == [
        f"{world.file}: the version that counts is not the one that was signed"
    ]


def test_letters_are_confirmed_and_refused_one_by_one(world: Consortium) -> None:
    for number in (WHOLE, AKYAZI, BOZOVA):
        world.upload(number)
    world.submit()
    signature.confirm_letter(actor=world.officer, reference=world.file, constituent=AKYAZI)
    with pytest.raises(Conflict, match="no letter"):
        signature.confirm_letter(actor=world.officer, reference=world.file, constituent=AKYAZI)
    signature.refuse_letter(actor=world.officer, reference=world.file, reason="No stamp.", constituent=BOZOVA)
    assert live() == [WHOLE, AKYAZI]
    assert [one["constituent"] for one in values_of("paper_refused")] == ["Bozova"]
    with pytest.raises(Conflict, match="no letter"):
        signature.confirm_letter(actor=world.officer, reference=world.file, constituent=3)
    world.upload(BOZOVA)
    assert live() == [WHOLE, AKYAZI, BOZOVA]


def test_what_was_taken_back_and_not_submitted_leaves_all_signatures(world: Consortium) -> None:
    world.sign(WHOLE)
    world.sign(AKYAZI)
    world.upload(BOZOVA)
    world.submit()
    applications.take_back(actor=world.owner, reference=world.file)
    third = filled.member(3, "Ceylan", "ceylan@city.example")
    world.save(third)
    assert live() == []
    token = world.ask(3, "ceylan@city.example")
    with clock.at(city.AFTER):
        applications.let_last_versions_stand(actor=SYSTEM, call=world.call)
    assert live() == [WHOLE, AKYAZI, BOZOVA]
    assert state_of(token) == "revoked"


def test_who_has_not_signed_is_reminded_and_so_is_the_city(world: Consortium) -> None:
    world.sign(AKYAZI)
    world.ask(WHOLE)
    world.submit()
    with clock.at(city.COMMISSIONS - timedelta(days=15)):
        assert signature.remind_signatories(actor=SYSTEM, call=world.call) == []
    with clock.at(city.COMMISSIONS - timedelta(days=13, hours=12)):
        assert signature.remind_signatories(actor=SYSTEM, call=world.call) == [world.file]
        assert signature.remind_signatories(actor=SYSTEM, call=world.call) == []
        world.ask(BOZOVA)
    assert told("signature_reminder") == ["mayor@city.example"]
    assert told("signatures_outstanding") == ["owner@city.example"]
    assert values_of("signatures_outstanding")[0]["missing"] == ["Two Rivers", "Bozova"]
    assert values_of("signatures_outstanding")[0]["days"] == 14
    with clock.at(city.COMMISSIONS - timedelta(days=6)):
        assert signature.remind_signatories(actor=SYSTEM, call=world.call) == [world.file]
    assert told("signature_reminder") == ["bozova@city.example", "mayor@city.example", "mayor@city.example"]
    for number in (WHOLE, BOZOVA):
        world.upload(number)
    with clock.at(city.COMMISSIONS - timedelta(days=1)):
        assert signature.remind_signatories(actor=SYSTEM, call=world.call) == []


def test_the_chain_holds_numbers_and_no_names(world: Consortium) -> None:
    world.sign(AKYAZI)
    with db.reading() as session:
        name, address = session.execute(select(SignatureRequest.constituent_name, SignatureRequest.email)).one()
        details = str([row.details for row in session.scalars(select(AuditDetail))])
    assert (name, address) == ("Akyazi", "akyazi@city.example")
    assert "'constituent': 1" in details
    assert (name in details, address in details) == (False, False)
