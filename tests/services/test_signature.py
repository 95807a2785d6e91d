"""The signature: one version, one link, one code; void after an edit, alike on paper."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from gnlc_apply.extensions import db
from gnlc_apply.mail import outbox
from gnlc_apply.models import ApplicationVersion, OneTimeToken, OutboxMessage, Signature, SignatureRequest
from gnlc_apply.queries import signature as links
from gnlc_apply.services import application as applications
from gnlc_apply.services import signature
from gnlc_apply.services.signature import SIGNATORY
from tests import city

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
WHO = {"name": "Ayşe Yılmaz", "title": "Dr", "function": "Mayor"}


@pytest.fixture
def world(database: object) -> city.City:
    return city.City()


def ask(world: city.City, reference: str, email: str = "mayor@city.example") -> str:
    return signature.ask(actor=world.owner, reference=reference, email=email, name="Ayşe Yılmaz", language="en")


def new_code(token: str) -> str:
    """Ask for a code and read it as the worker does, when it hands the message over."""
    signature.send_code(actor=SIGNATORY, token=token)
    with db.reading() as session:
        newest = select(OutboxMessage.values).where(OutboxMessage.kind == "signature_code")
        values = session.scalars(newest.order_by(OutboxMessage.id.desc()).limit(1)).one()
    return str(outbox.opened(values)["secret_code"])


def digest_of(token: str) -> str:
    opened = links.open_link(token)
    assert opened.sheet is not None
    digest = opened.sheet.standing_sha256
    db.release()
    return digest


def press(token: str, code: str, **changes: object) -> None:
    values = {**WHO, "is_ticked": True, **changes}
    if "version_digest" not in values:
        values["version_digest"] = digest_of(token)
    signature.sign(actor=SIGNATORY, token=token, code=code, **values)  # type: ignore[arg-type]  # by name


def sign(world: city.City, reference: str) -> str:
    """The whole way by link; the token."""
    token = ask(world, reference)
    press(token, new_code(token))
    return token


def one(column: object) -> object:
    with db.reading() as session:
        return session.scalars(select(column)).one()  # type: ignore[call-overload]  # any column


def columns_of(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


@pytest.mark.postgres
def test_signing_keeps_the_evidence(world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    code = new_code(token)
    press(token, code, network="192.0.2.7", browser="A browser")
    kept = one(Signature)
    assert isinstance(kept, Signature)
    version = one(ApplicationVersion)
    assert isinstance(version, ApplicationVersion)
    assert (kept.name, kept.title, kept.function, kept.method) == ("Ayşe Yılmaz", "Dr", "Mayor", "link")
    assert (kept.version_id, kept.signed_at, kept.network, kept.browser) == (
        version.id,
        clock.now(),
        "192.0.2.7",
        "A browser",
    )
    assert kept.wording
    with pytest.raises(Conflict):
        press(token, code, version_digest=version.sha256)


def test_only_hashes_of_link_and_code_are_kept(world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    code = new_code(token)
    request, secret = one(SignatureRequest), one(OneTimeToken)
    assert isinstance(request, SignatureRequest)
    assert isinstance(secret, OneTimeToken)
    assert token not in (request.token_hash, str(vars(request)))
    assert code not in str(vars(secret))
    with db.reading() as session:
        kept = session.scalars(select(OutboxMessage)).all()
    assert all(token not in str(m.values) and code not in str(m.values) for m in kept)


def test_opening_changes_nothing(world: city.City) -> None:
    token = ask(world, world.filled())
    before = columns_of(one(SignatureRequest))
    assert links.open_link(token).state == "open"
    db.release()
    assert columns_of(one(SignatureRequest)) == before
    with db.reading() as session:
        assert session.scalars(select(Signature)).all() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"title": ""}, "title"),
        ({"function": "1"}, "function"),
        ({"is_ticked": False}, "is_ticked"),
    ],
)
def test_name_title_function_and_tick_are_needed(world: city.City, changes: dict[str, object], field: str) -> None:
    token = ask(world, world.filled())
    with pytest.raises(Invalid) as refused:
        press(token, new_code(token), **changes)
    assert list(refused.value.fields) == [field]


def test_wrong_old_and_foreign_codes(world: city.City) -> None:
    first, second = ask(world, world.filled("One")), ask(world, world.filled("Two"))
    foreign, old = new_code(second), new_code(first)
    code = new_code(first)
    for wrong in ("", "00000000", foreign, old):
        with pytest.raises(signature.WrongCode):
            press(first, wrong)
    with clock.at(clock.now() + timedelta(hours=24, seconds=1)), pytest.raises(signature.WrongCode):
        press(first, code)
    press(first, f"{code[:4]} {code[4:]}")


def test_codes_cannot_be_tried_out(world: city.City) -> None:
    token = ask(world, world.filled())
    code = new_code(token)
    for _try in range(10):
        with pytest.raises(signature.WrongCode):
            press(token, "12345678" if code != "12345678" else "87654321")
    with pytest.raises(TooMany):
        press(token, code)


def test_nobody_is_flooded(world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    for _time in range(6):
        new_code(token)
    with pytest.raises(Conflict):
        new_code(token)
    for _time in range(9):
        ask(world, reference)
    with pytest.raises(Conflict):
        ask(world, reference)


def test_links_end(world: city.City) -> None:
    reference = world.filled()
    first = ask(world, reference)
    second = ask(world, reference)
    assert links.open_link(first).state == "revoked"
    with pytest.raises(Conflict):
        new_code(first)
    with clock.at(city.COMMISSIONS + timedelta(seconds=1)):
        assert links.open_link(second).state == "expired"
        with pytest.raises(Conflict):
            signature.send_code(actor=SIGNATORY, token=second)
    signature.revoke_request(actor=world.owner, reference=reference)
    assert links.open_link(second).state == "revoked"
    for wrong in ("", second[:-1], second + "A", "x" * 10_000):
        with pytest.raises(NotFound):
            links.open_link(wrong)
    db.release()


def test_a_spent_link_tells_nothing(world: city.City) -> None:
    reference = world.filled()
    token = sign(world, reference)
    opened = links.open_link(token)
    db.release()
    assert (opened.state, opened.sheet, opened.name, opened.email) == ("signed", None, "", "")


def test_a_text_changed_in_between_is_refused_with_the_difference(world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    code, read = new_code(token), digest_of(token)
    applications.save_answers(actor=world.owner, reference=reference, raw={"vision.vision": "Else."}, versions={})
    with pytest.raises(signature.TextChanged) as refused:
        press(token, code, version_digest=read)
    assert [(c.key, c.after) for c in refused.value.changes] == [("vision.vision", "Else.")]
    press(token, code)
    assert city.row(reference).state == "draft"


@pytest.mark.postgres
def test_an_edit_voids_the_signature_and_says_so(world: city.City) -> None:
    reference = world.filled()
    sign(world, reference)
    unsigned = {"people.focal_phone": "+90 414 000 00 00"}
    saved = applications.save_answers(actor=world.owner, reference=reference, raw=unsigned, versions={})
    assert (saved.saved, saved.is_signature_voided) == (("people.focal_phone",), False)
    same = applications.save_answers(
        actor=world.owner, reference=reference, raw={"vision.vision": "A place to learn for everybody. "}, versions={}
    )
    assert (same.saved, same.is_signature_voided) == ((), False)
    changed = {"vision.vision": "Another."}
    assert applications.save_answers(
        actor=world.owner, reference=reference, raw=changed, versions={}
    ).is_signature_voided
    with db.reading() as session:
        told = session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.kind == "signature_voided")).all()
    assert sorted(told) == ["mayor@city.example", "owner@city.example"]
    sign(world, reference)


def test_an_incomplete_text_is_not_signed(world: city.City) -> None:
    with pytest.raises(Conflict, match="not complete"):
        ask(world, world.begin())


def test_an_officials_own_address_is_flagged(world: city.City) -> None:
    reference = world.filled()
    ask(world, reference, "Owner@City.example")
    assert one(SignatureRequest.is_same_person) is True


def test_not_signing_needs_a_reason_and_ends_the_link(world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    with pytest.raises(Invalid):
        signature.decline(actor=SIGNATORY, token=token, reason=" ")
    signature.decline(actor=SIGNATORY, token=token, reason="The budget is wrong.")
    assert links.open_link(token).state == "declined"
    with pytest.raises(Conflict):
        new_code(token)
    ask(world, reference)


def upload(world: city.City, reference: str, **more: object) -> str:
    values = {"stream": io.BytesIO(PNG), "file_name": "letter.png", "name": "Ayşe Yılmaz", "function": "Mayor", **more}
    return signature.upload_letter(actor=world.owner, reference=reference, **values)  # type: ignore[arg-type]  # by name


def test_a_letter_counts_at_upload_and_is_confirmed_or_refused(world: city.City) -> None:
    reference = world.filled()
    code = signature.prepare_letter(actor=world.owner, reference=reference)
    upload(world, reference, version_code=code)
    applications.submit(actor=world.owner, reference=reference)
    with pytest.raises((Forbidden, NotFound)):
        signature.confirm_letter(actor=world.owner, reference=reference)
    with pytest.raises(Invalid):
        signature.refuse_letter(actor=world.officer, reference=reference, reason="")
    signature.refuse_letter(actor=world.officer, reference=reference, reason="No stamp.")
    upload(world, reference, version_code=code)
    signature.confirm_letter(actor=world.officer, reference=reference)
    with pytest.raises(Conflict):
        signature.refuse_letter(actor=world.officer, reference=reference, reason="Too late.")


def test_a_letter_of_another_text_is_refused(world: city.City) -> None:
    reference = world.filled()
    code = signature.prepare_letter(actor=world.owner, reference=reference)
    applications.save_answers(actor=world.owner, reference=reference, raw={"vision.vision": "Else."}, versions={})
    with pytest.raises(Conflict, match=code):
        upload(world, reference, version_code=code)
    with pytest.raises(Invalid):
        upload(world, reference, version_code="?")
    with pytest.raises(Invalid):
        upload(world, reference, name=" ")


def test_one_signature_whichever_way(world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference)
    upload(world, reference)
    assert links.open_link(token).state == "revoked"
    with pytest.raises(Conflict):
        ask(world, reference)
