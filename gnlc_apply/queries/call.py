"""Calls as the secretariat sees them: the list, one call with its settings, extensions, places and gates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Call,
    CallState,
    Deadline,
    Extension,
    ExtensionScope,
    FormVersion,
    Gate,
    GuideVersion,
    Person,
    QuotaException,
    State,
)
from gnlc_apply.queries import call_gates
from gnlc_apply.queries.call_gates import Touched, unfinished_to_freeze, unfinished_to_open
from gnlc_apply.queries.questionnaire import form_of, guide_of
from gnlc_apply.queries.rows import AnyRow, Rows
from gnlc_apply.questionnaire import Form, Guide
from gnlc_apply.workflow.call import CALL


@dataclass(frozen=True)
class CallRow:
    """A call in the list."""

    reference: str
    title: str
    year: int
    time_zone: str
    opens_at: datetime
    deadline_at: datetime
    commission_deadline_at: datetime
    state: Text
    is_preparing: bool
    is_open: bool
    drafts: int
    files: int


@dataclass(frozen=True)
class GatePassed:
    """A gate of the call, when it was passed, by whom, and what was unfinished then."""

    name: str
    passed_at: datetime
    person: str | None
    unfinished: tuple[Text, ...]


@dataclass(frozen=True)
class CallPage:
    """One call with everything its page says. ``settings`` is the row itself, detached and only read."""

    settings: Call
    state: Text
    is_preparing: bool
    is_open: bool
    is_frozen: bool
    form_version: str
    form_title: str
    guide_version: str
    guide_title: str
    counts: dict[str, int]
    extensions: Rows
    exceptions: Rows
    gates: tuple[GatePassed, ...]

    @property
    def reference(self) -> str:
        """The call's reference."""
        return self.settings.reference

    @property
    def title(self) -> str:
        """The call's title."""
        return self.settings.title


def index() -> list[CallRow]:
    """All calls, the newest first, with how many drafts and submitted files each has."""
    drafts = func.count(Application.id).filter(Application.state == "draft")
    files = func.count(Application.id).filter(Application.state.not_in(("draft", "expired")))
    rows = db.reader.execute(
        select(
            Call.reference,
            Call.title,
            Call.year,
            Call.time_zone,
            Call.opens_at,
            Call.deadline_at,
            Call.commission_deadline_at,
            Call.state,
            drafts.label("drafts"),
            files.label("files"),
        )
        .outerjoin(Application, Application.call_id == Call.id)
        .group_by(Call.id)
        .order_by(Call.deadline_at.desc(), Call.id.desc())
    )
    return [
        CallRow(
            **{k: v for k, v in row._mapping.items() if k != "state"},
            state=CALL.labels[row.state.value][0],
            is_preparing=row.state is CallState.PREPARING,
            is_open=row.state is CallState.OPEN,
        )
        for row in rows
    ]


def _found(reference: str) -> AnyRow:
    row = db.reader.execute(
        select(
            Call,
            FormVersion.reference.label("form_version"),
            FormVersion.definition["title"].as_string().label("form_title"),
            GuideVersion.reference.label("guide_version"),
            GuideVersion.definition["title"].as_string().label("guide_title"),
        )
        .join(FormVersion, FormVersion.id == Call.form_version_id)
        .join(GuideVersion, GuideVersion.id == Call.guide_version_id)
        .where(Call.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row


def page(reference: str) -> CallPage:
    """One call. Raises NotFound."""
    found = _found(reference)
    call = found.Call
    counts = db.reader.execute(
        select(Application.state, func.count(Application.id))
        .where(Application.call_id == call.id)
        .group_by(Application.state)
    )
    return CallPage(
        settings=call,
        state=CALL.labels[call.state.value][0],
        is_preparing=call.state is CallState.PREPARING,
        is_open=call.state is CallState.OPEN,
        is_frozen=call.guide_frozen_at is not None,
        form_version=found.form_version,
        form_title=found.form_title,
        guide_version=found.guide_version,
        guide_title=found.guide_title,
        counts={state.value: number for state, number in counts},
        extensions=_extensions(call.id),
        exceptions=_exceptions(call.id),
        gates=_gates(call.id),
    )


def _extensions(call_id: int) -> Rows:
    return db.reader.execute(
        select(
            Extension.scope,
            Extension.deadline,
            Extension.country,
            Extension.until_at,
            Extension.reason,
            Extension.granted_at,
            Application.place_name,
            Application.reference.label("application"),
            Person.name.label("granted_by"),
        )
        .outerjoin(Application, Application.id == Extension.application_id)
        .outerjoin(Person, Person.id == Extension.granted_by_id)
        .where(Extension.call_id == call_id)
        .order_by(Extension.granted_at.desc(), Extension.id.desc())
    ).all()


def _exceptions(call_id: int) -> Rows:
    asker, confirmer = aliased(Person), aliased(Person)
    return db.reader.execute(
        select(
            QuotaException.country,
            QuotaException.extra,
            QuotaException.reason,
            QuotaException.asked_at,
            QuotaException.asked_by_id,
            asker.name.label("asked_by"),
            QuotaException.confirmed_at,
            confirmer.name.label("confirmed_by"),
        )
        .join(asker, asker.id == QuotaException.asked_by_id)
        .outerjoin(confirmer, confirmer.id == QuotaException.confirmed_by_id)
        .where(QuotaException.call_id == call_id)
        .order_by(QuotaException.confirmed_at.is_not(None), QuotaException.asked_at.desc())
    ).all()


def _gates(call_id: int) -> tuple[GatePassed, ...]:
    rows = db.reader.execute(
        select(Gate.name, Gate.passed_at, Gate.unfinished, Person.name.label("person"))
        .outerjoin(Person, Person.id == Gate.actor_id)
        .where(Gate.call_id == call_id)
        .order_by(Gate.passed_at)
    )
    return tuple(
        GatePassed(row.name, row.passed_at, row.person, tuple(_kept_text(entry) for entry in row.unfinished))
        for row in rows
    )


def _kept_text(entry: Any) -> Text:
    """A sentence as a gate keeps it."""
    if not isinstance(entry, dict):
        return Text("%(words)s", words=entry)
    values = dict(entry.get("values", {}))
    if "moment" in values:
        values["moment"] = datetime.fromisoformat(values["moment"])
    return Text(entry["words"], **values)


def unfinished(call: CallPage) -> list[Text]:
    """What is unfinished at the next of the call's first two gates."""
    if call.is_preparing:
        return unfinished_to_open(db.reader, call.settings)
    if call.is_open and not call.is_frozen:
        return unfinished_to_freeze(db.reader, call.settings, clock.now())
    return []


def questions_and_guide(call: CallPage) -> tuple[Form, Guide]:
    """The form and the scoring guide of a call, as cities and jurors will see them."""
    return (
        form_of(db.reader, call.settings.form_version_id),
        guide_of(db.reader, call.settings.guide_version_id),
    )


def versions() -> tuple[dict[str, str], dict[str, str]]:
    """The titles of all stored forms and guides by their references, newest first."""
    return _titles(FormVersion), _titles(GuideVersion)


def _titles(table: type[FormVersion] | type[GuideVersion]) -> dict[str, str]:
    rows = db.reader.execute(
        select(table.reference, table.definition["title"].as_string().label("title")).order_by(table.id.desc())
    )
    return {row.reference: row.title for row in rows}


def countries() -> list[str]:
    """The codes of all states that are known here."""
    return list(db.reader.scalars(select(State.iso3).order_by(State.iso3)))


def files_to_extend(call: CallPage) -> Rows:
    """The files of a call whose deadline can be moved: reference, place, country."""
    return db.reader.execute(
        select(Application.reference, Application.place_name, Application.country)
        .where(
            Application.call_id == call.settings.id,
            Application.state.in_(("draft", "submitted", "endorsed", "returned", "unanswered", "not_endorsed")),
        )
        .order_by(Application.country, Application.folded_name)
    ).all()


def touched(
    call: CallPage, deadline: Deadline, scope: ExtensionScope, country: str | None, application: str | None
) -> Touched:
    """Whom an extension of this call would touch."""
    return call_gates.touched(db.reader, call.settings.id, deadline, scope, country, application)
