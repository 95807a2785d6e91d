"""Signing by link, or not signing. Opening the link changes nothing: mail scanners open links."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, update

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.sealing import hashed, new_code
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Application,
    ApplicationVersion,
    OneTimeToken,
    Signature,
    SignatureMethod,
    SignatureRequest,
    TokenPurpose,
    VersionReason,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire.canonical import Change, difference
from gnlc_apply.questionnaire.cleaning import clean_line, clean_text
from gnlc_apply.services import case as cases
from gnlc_apply.services import record
from gnlc_apply.services.application.content import freeze, standing
from gnlc_apply.services.application.voiding import is_of
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import announce
from gnlc_apply.services.signature.ground import (
    CODE_LIVES,
    CODES_A_DAY,
    SIGNABLE,
    TOKEN,
    WRONG_CODES,
    keep,
    outstanding,
    refuse_unless_signable,
    wording_of,
    write_to,
)
from gnlc_apply.workflow.guards import ApplicationCase


class WrongCode(Invalid):
    """The code was not the one that was sent, or its time is over."""

    def __init__(self) -> None:
        words = Text("This is not the code that was sent to you, or it is older than 24 hours. Ask for a new one.")
        super().__init__(words, {"code": words})


class TextChanged(Conflict):
    """The text is no longer the one that was read; ``changes`` says where."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__(Text("The application was changed after you opened it. Nothing was signed. Read the changes."))
        self.changes = changes


@command()
def send_code(unit: Unit, *, actor: Actor, token: str) -> None:
    """Send a code to the address to which the link went; an earlier code ends with this.

    Raises NotFound for an unknown link, Conflict for one that can sign nothing any more.
    """
    request, case = _running(unit, token)
    since = unit.now - CODE_LIVES
    codes = select(func.count()).where(OneTimeToken.signature_request_id == request.id, OneTimeToken.created_at > since)
    if (unit.session.scalar(codes) or 0) >= CODES_A_DAY:
        raise Conflict(Text("Several codes have been sent already. Use the last one, or come back tomorrow."))
    _end_codes(unit, request.id)
    code = new_code()
    row = {
        "purpose": TokenPurpose.SIGNATURE_CODE,
        "token_hash": _code_hash(request.id, code),
        "signature_request_id": request.id,
        "email": request.email,
        "created_at": unit.now,
        "expires_at": unit.now + CODE_LIVES,
    }
    unit.session.execute(insert(OneTimeToken), [row])
    request.opened_at = request.opened_at or unit.now
    request.code_sent_at = unit.now
    unit.note("sent_signature_code", "application", case.row.id, request=request.id)
    write_to(unit, case.row, request, "signature_code", {"secret_code": code, "secret_token": token})


def sign(
    *,
    actor: Actor,
    token: str,
    code: str,
    name: str,
    title: str,
    function: str,
    is_ticked: bool,
    version_digest: str,
    network: str = "",
    browser: str = "",
) -> None:
    """Sign the version that was read. Wrong codes are counted for the link, across all workers.

    Raises NotFound, Conflict, TextChanged with the difference, Invalid with what is missing, WrongCode, TooMany.
    """
    key = f"signature:{hashed(token, TOKEN)[:32]}"
    record.refuse_after(key, WRONG_CODES)
    try:
        _sign(
            actor=actor,
            token=token,
            code=code,
            signatory=(clean_line(name), clean_line(title), clean_line(function)),
            is_ticked=is_ticked,
            version_digest=version_digest,
            evidence=(network[:64], browser[:200]),
        )
    except WrongCode:
        record.count_guess(key)
        raise


@command()
def _sign(
    unit: Unit,
    *,
    actor: Actor,
    token: str,
    code: str,
    signatory: tuple[str, str, str],
    is_ticked: bool,
    version_digest: str,
    evidence: tuple[str, str],
) -> None:
    request, case = _running(unit, token)
    _check_form(signatory, is_ticked=is_ticked)
    _check_code(unit, request.id, code)
    refuse_unless_signable(unit, case, request.constituent)
    _check_text(unit, case.row, request, version_digest)
    version = freeze(unit, case.row, VersionReason.SIGNATURE)
    request.version_id = version.id
    request.opened_at = request.opened_at or unit.now
    _end_codes(unit, request.id)
    name, title, function = signatory
    signature = Signature(
        application_id=case.row.id,
        version_id=version.id,
        request_id=request.id,
        constituent=request.constituent,
        constituent_name=request.constituent_name,
        method=SignatureMethod.LINK,
        name=name,
        title=title,
        function=function,
        wording=wording_of(unit, case.row),
        signed_at=unit.now,
        network=evidence[0],
        browser=evidence[1],
    )
    keep(unit, case.row, signature, version)
    values: dict[str, Any] = {
        "signatory": name,
        "version": version.short_code,
        "constituent": request.constituent_name,
        "outstanding": outstanding(unit, case.row),
    }
    write_to(unit, case.row, request, "signed", {**values, "is_signatory": True, "is_on_paper": False})
    announce(unit, "signed", case.row, **values, is_signatory=False, is_on_paper=False)


@command()
def decline(unit: Unit, *, actor: Actor, token: str, reason: str) -> None:
    """Do not sign, with a reason, which the city reads. The link ends."""
    request, case = _running(unit, token)
    words = clean_text(reason)
    if not words or len(words) > 2000:
        wrong = Text("Give a reason, with %(limit)s characters or fewer.", limit=2000)
        raise Invalid(wrong, {"reason": wrong})
    request.declined_at, request.decline_reason = unit.now, words
    request.opened_at = request.opened_at or unit.now
    unit.note("declined_to_sign", "application", case.row.id, request=request.id)
    announce(
        unit,
        "signature_declined",
        case.row,
        reason=words,
        signatory=request.name,
        constituent=request.constituent_name,
    )


def _running(unit: Unit, token: str) -> tuple[SignatureRequest, ApplicationCase]:
    """The request behind a link that can still sign. Raises NotFound, or Conflict without a word about the application."""
    request = unit.session.scalar(
        select(SignatureRequest).where(SignatureRequest.token_hash == hashed(token, TOKEN)).with_for_update()
    )
    if request is None:
        raise NotFound()
    if request.revoked_at is not None:
        raise Conflict(Text("This link was replaced or taken back. Ask the city for a new one."))
    if request.declined_at is not None:
        raise Conflict(Text("You have answered with this link already."))
    signed = select(Signature.id).where(Signature.request_id == request.id)
    if unit.session.scalar(signed.limit(1)) is not None:
        raise Conflict(Text("You have signed with this link already."))
    if unit.arrived_at > request.expires_at:
        raise Conflict(Text("The time of this link is over. Ask the city for a new one."))
    row = unit.session.get_one(Application, request.application_id, with_for_update=True)
    if row.state not in SIGNABLE:
        raise Conflict(Text("This application cannot be signed any more."))
    if not is_of(request, standing(unit.session, row)):
        raise Conflict(Text("This link was replaced or taken back. Ask the city for a new one."))
    return request, cases.case_of(unit, row)


def _check_form(signatory: tuple[str, str, str], *, is_ticked: bool) -> None:
    wrong: dict[str, Text] = {}
    prompts = (
        ("name", Text("Type your name.")),
        ("title", Text("Type your title or form of address.")),
        ("function", Text("Type your function.")),
    )
    for (field, words), typed in zip(prompts, signatory, strict=True):
        if not any(letter.isalpha() for letter in typed) or len(typed) > 200:
            wrong[field] = words
    if not is_ticked:
        wrong["is_ticked"] = Text("Tick the box to say that you agree.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)


def _code_hash(request_id: int, code: str) -> str:
    """Bound to the request, and to the installation's key, since eight digits alone could be tried out."""
    return hashed(f"{config.current().secret_key}:{request_id}:{code}", TokenPurpose.SIGNATURE_CODE.value)


def _check_code(unit: Unit, request_id: int, typed: str) -> None:
    digits = "".join(character for character in typed if character.isdigit())
    found = unit.session.scalar(
        select(OneTimeToken.id).where(
            OneTimeToken.token_hash == _code_hash(request_id, digits),
            OneTimeToken.signature_request_id == request_id,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > unit.arrived_at,
        )
    )
    if found is None:
        raise WrongCode()


def _check_text(unit: Unit, row: Application, request: SignatureRequest, version_digest: str) -> None:
    """The text must be the one that was read. The difference is from the version that was read, else from the one sent."""
    now_standing = standing(unit.session, row)
    if now_standing.sha256 == version_digest:
        return
    read = unit.session.scalar(
        select(ApplicationVersion.content).where(
            ApplicationVersion.application_id == row.id, ApplicationVersion.sha256 == version_digest
        )
    )
    before = read or unit.session.get_one(ApplicationVersion, request.version_id).content
    raise TextChanged(difference(before, now_standing.text, form_of(unit.session, row.form_version_id)))


def _end_codes(unit: Unit, request_id: int) -> None:
    unit.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.signature_request_id == request_id, OneTimeToken.used_at.is_(None))
        .values(used_at=unit.now)
    )
