"""The secretariat's list of a call's applications: filters, sort and page; the same few statements however long it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from gnlc_apply.core import clock
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    Endorsement,
    EndorsementOutcome,
    InformationRequest,
    RequestKind,
    ScreeningCheck,
    Signature,
    StaffConflict,
    State,
)
from gnlc_apply.permissions import Actor, Permission, visible_to
from gnlc_apply.queries import deadlines, heirs, signature_count
from gnlc_apply.queries.call import CallPage
from gnlc_apply.queries.figures import REGION_NAMES
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.queries.rows import AnyRow, AnySelect, Rows
from gnlc_apply.queries.signature_count import AWAITS_CONFIRMATION, SignatureCount
from gnlc_apply.workflow.application import APPLICATION

PER_PAGE = 50
SORTS: Mapping[str, ColumnElement[Any] | Any] = {
    "city": Application.folded_name,
    "country": Application.country,
    "region": State.region,
    "state": Application.state,
}
STATES = tuple(APPLICATION.labels)
# Filters that are no state: what waits for somebody.
WAITING = ("letter", "answered")


@dataclass(frozen=True)
class Wanted:
    """What the address of the list asks for; anything it does not know is left out."""

    state: str = ""
    query: str = ""
    sort: str = "city"
    is_descending: bool = False
    page: int = 1


@dataclass(frozen=True)
class FileRow:
    """One line. For somebody with a conflict everything but the name is None."""

    reference: str
    place_name: str
    country: str
    is_conflicted: bool
    region: Text | None
    label: Text | None
    state: str | None
    endorsement: Text | None
    completeness: tuple[int, int] | None
    signature: Text | None
    days_left: int | None
    until: datetime | None
    has_nobody: bool | None

    @property
    def is_readable(self) -> bool:
        """Whether this reader can open it: it was submitted, and no conflict of interest hides it."""
        return not self.is_conflicted and self.state not in ("draft", "expired")


@dataclass(frozen=True)
class FileList:
    """A page of the list."""

    rows: tuple[FileRow, ...]
    total: int
    pages: int
    wanted: Wanted


def wanted_from(values: Mapping[str, str]) -> Wanted:
    """What an address asks for."""
    state = values.get("state", "")
    sort = values.get("sort", "city")
    number = values.get("page", "1")
    return Wanted(
        state=state if state in (*STATES, *WAITING) else "",
        query=values.get("query", "").strip()[:100],
        sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "city",
        is_descending=sort.startswith("-"),
        page=int(number) if number.isascii() and number.isdecimal() and 0 < int(number) < 100_000 else 1,
    )


def _paper_to_confirm() -> ColumnElement[bool]:
    return select(Signature.id).where(Signature.application_id == Application.id, AWAITS_CONFIRMATION).exists()


def _answered() -> ColumnElement[bool]:
    return (
        select(InformationRequest.id)
        .where(
            InformationRequest.application_id == Application.id,
            InformationRequest.kind == RequestKind.QUESTION,
            InformationRequest.asked_for == "secretariat",
            InformationRequest.answered_at.is_not(None),
        )
        .exists()
    ) & Application.state.in_(("submitted", "endorsed", "eligible"))


def _conditions(actor: Actor, call: CallPage, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [Application.call_id == call.settings.id, visible_to(actor, Permission.LIST_AS_SECRETARIAT)]
    if wanted.state == "letter":
        found.append(_paper_to_confirm())
    elif wanted.state == "answered":
        found.append(_answered())
    elif wanted.state:
        found.append(Application.state == wanted.state)
    if wanted.query:
        typed = fold(wanted.query)
        found.append(
            or_(
                Application.folded_name.contains(typed, autoescape=True),
                Application.reference == wanted.query.upper(),
                Application.country == wanted.query.upper(),
            )
        )
    return found


def _conflicted(actor: Actor) -> ColumnElement[bool]:
    declared = select(StaffConflict.id).where(
        StaffConflict.application_id == Application.id, StaffConflict.person_id == actor.person_id
    )
    own = select(ApplicationMember.id).where(
        ApplicationMember.application_id == Application.id,
        ApplicationMember.person_id == actor.person_id,
        ApplicationMember.removed_at.is_(None),
    )
    return declared.exists() | own.exists()


def _rows(actor: Actor, conditions: list[ColumnElement[bool]], wanted: Wanted) -> Rows:
    column = SORTS[wanted.sort]
    ordered = column.desc() if wanted.is_descending else column.asc()
    return db.reader.execute(
        select(
            Application.id,
            Application.call_id,
            Application.reference,
            Application.place_name,
            Application.country,
            Application.state,
            State.region,
            Endorsement.outcome,
            Endorsement.is_late_letter,
            _conflicted(actor).label("is_conflicted"),
            heirs.nobody_acts().label("has_nobody"),
        )
        .join(State, State.iso3 == Application.country)
        .outerjoin(Endorsement, (Endorsement.application_id == Application.id) & Endorsement.revoked_at.is_(None))
        .where(*conditions)
        .order_by(ordered, Application.folded_name, Application.id)
        .limit(PER_PAGE)
        .offset((wanted.page - 1) * PER_PAGE)
    ).all()


def by_call(actor: Actor, call: CallPage, wanted: Wanted) -> FileList:
    """A page of the call's applications: seven statements, however many there are."""
    conditions = _conditions(actor, call, wanted)
    total = db.reader.scalar(select(func.count(Application.id)).where(*conditions)) or 0
    rows = _rows(actor, conditions, wanted)
    ids = [row.id for row in rows]
    form = form_of(db.reader, call.settings.form_version_id)
    required = [q.key for q in form.questions if q.is_required and q.group is None]
    given = _pairs(
        select(Answer.application_id, func.count(Answer.id))
        .where(Answer.application_id.in_(ids), Answer.key.in_(required))
        .group_by(Answer.application_id)
    )
    until = deadlines.of_calls([call.settings.id])
    dues = _dues(ids)
    signed = signature_count.of_applications(db.reader, ids)
    now = clock.now()
    return FileList(
        rows=tuple(
            _row(row, signed.get(row.id), given.get(row.id, 0), len(required), _until(row, until, dues), now)
            for row in rows
        ),
        total=total,
        pages=max(1, -(-total // PER_PAGE)),
        wanted=wanted,
    )


def _pairs(query: AnySelect) -> dict[int, Any]:
    return {row[0]: row[1] for row in db.reader.execute(query)}


def _dues(ids: list[int]) -> dict[int, datetime]:
    """Until when the city has for returned questions, or for its reply, by application."""
    returned = _pairs(
        select(InformationRequest.application_id, func.max(InformationRequest.due_at))
        .where(
            InformationRequest.application_id.in_(ids),
            InformationRequest.kind == RequestKind.RETURN,
            InformationRequest.closed_at.is_(None),
        )
        .group_by(InformationRequest.application_id)
    )
    replies = _pairs(
        select(ScreeningCheck.application_id, func.max(ScreeningCheck.reply_due_at))
        .where(
            ScreeningCheck.application_id.in_(ids),
            ScreeningCheck.final_at.is_(None),
            ScreeningCheck.reversed_at.is_(None),
            ScreeningCheck.replied_at.is_(None),
            ScreeningCheck.reply_due_at.is_not(None),
        )
        .group_by(ScreeningCheck.application_id)
    )
    return {**returned, **replies}


def _until(row: AnyRow, until: deadlines.Deadlines, dues: Mapping[int, datetime]) -> datetime | None:
    state = row.state.value
    if state == "draft":
        return until.of_city(row.call_id, row.country, row.id)
    if state == "submitted":
        return until.of_commission(row.call_id, row.country, row.id)
    if state == "returned":
        return dues.get(row.id) or until.of_city(row.call_id, row.country, row.id)
    return dues.get(row.id) if state == "ineligible" else None


def _endorsement_words(row: AnyRow) -> Text:
    if row.outcome is None:
        return Text("Not yet")
    if row.outcome is EndorsementOutcome.DECLINED:
        return Text("Not endorsed")
    return Text("Endorsed, late letter") if row.is_late_letter else Text("Endorsed")


def _row(
    row: AnyRow, signed: SignatureCount | None, given: int, required: int, until: datetime | None, now: datetime
) -> FileRow:
    state = row.state.value
    if row.is_conflicted:
        nothing = dict.fromkeys(
            ("region", "label", "state", "endorsement", "completeness", "signature", "days_left", "until", "has_nobody")
        )
        return FileRow(row.reference, row.place_name, row.country, True, **nothing)
    is_draft = state in ("draft", "expired")
    return FileRow(
        reference=row.reference,
        place_name=row.place_name,
        country=row.country,
        is_conflicted=False,
        region=REGION_NAMES[row.region.value],
        label=APPLICATION.labels[state][0],
        state=state,
        endorsement=None if is_draft else _endorsement_words(row),
        completeness=(min(given, required), required) if is_draft or state == "returned" else (required, required),
        signature=(signed or SignatureCount()).words,
        days_left=deadlines.days_left(until, now) if until is not None else None,
        until=until,
        has_nobody=row.has_nobody,
    )
