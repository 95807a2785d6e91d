"""The signatory's link: where it leads, and whether it still can sign. Looking changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.sealing import hashed
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationState,
    ApplicationVersion,
    MemberRole,
    Signature,
    SignatureRequest,
)
from gnlc_apply.queries.sheet import Sheet, head, sheet_of
from gnlc_apply.queries.signing import Signing
from gnlc_apply.questionnaire.canonical import Change, difference

TOKEN = "signature_request"
_SIGNABLE = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ENDORSED,
    ApplicationState.RETURNED,
)


class LinkState(StrEnum):
    """What a link can still do."""

    OPEN = "open"
    SIGNED = "signed"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CLOSED = "closed"


@dataclass(frozen=True)
class Opened:
    """A link that leads somewhere. ``sheet`` only while it is open, so that a spent link tells nothing."""

    state: LinkState
    language: str
    sheet: Sheet | None = None
    signing: Signing | None = None
    name: str = ""
    email: str = ""
    code_sent_at: datetime | None = None
    expires_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    was_signed_before: bool = False


def changed_since_signed(sheet: Sheet, signing: Signing | None = None) -> tuple[Change, ...]:
    """What changed since a change voided this signature, or the last one; nothing while it stands, or there was none."""
    signed = signing.signatures if signing is not None else sheet.around.signatures
    last = signed[-1] if signed else None
    if last is None or last.voided_at is None:
        return ()
    then = select(ApplicationVersion.content).where(ApplicationVersion.id == last.version_id)
    return tuple(difference(db.reader.scalars(then).one(), sheet.standing, sheet.form))


def open_link(token: str) -> Opened:
    """Where a link leads. Raises NotFound for every token that is not known, whatever is wrong with it."""
    row = db.reader.execute(
        select(SignatureRequest, Application.state, Application.reference, ApplicationVersion.content)
        .join(Application, Application.id == SignatureRequest.application_id)
        .join(ApplicationVersion, ApplicationVersion.id == SignatureRequest.version_id)
        .where(SignatureRequest.token_hash == hashed(token, TOKEN))
    ).one_or_none()
    if row is None:
        raise NotFound()
    request = row.SignatureRequest
    state = _state(request, row.state)
    if state is not LinkState.OPEN:
        return Opened(state, request.language)
    found = db.reader.execute(head().where(Application.reference == row.reference)).one()
    sheet = sheet_of(found, role=MemberRole.VIEWER)
    signing = _signing(sheet, request)
    if signing is None:
        return Opened(LinkState.REVOKED, request.language)
    since_signed = changed_since_signed(sheet, signing)
    return Opened(
        state=state,
        language=request.language,
        sheet=sheet,
        signing=signing,
        name=request.name,
        email=request.email,
        code_sent_at=request.code_sent_at,
        expires_at=request.expires_at,
        changes=since_signed or tuple(difference(row.content, sheet.standing, sheet.form)),
        was_signed_before=bool(since_signed),
    )


def _signing(sheet: Sheet, request: SignatureRequest) -> Signing | None:
    """Whose signature the link asks for; none where the consortium no longer names this constituent, or otherwise."""
    for one in sheet.signings:
        if one.constituent == request.constituent and (one.is_whole or one.name == request.constituent_name):
            return one
    return None


def _state(request: SignatureRequest, application: ApplicationState) -> LinkState:
    used = select(Signature.id).where(Signature.request_id == request.id).limit(1)
    if request.revoked_at is not None:
        return LinkState.REVOKED
    if request.declined_at is not None:
        return LinkState.DECLINED
    if db.reader.scalar(used) is not None:
        return LinkState.SIGNED
    if clock.arrived() > request.expires_at:
        return LinkState.EXPIRED
    return LinkState.OPEN if application in _SIGNABLE else LinkState.CLOSED
