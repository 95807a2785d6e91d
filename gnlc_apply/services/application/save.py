"""Saving answers: each has a version of its own, so that two people never overwrite each other unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from gnlc_apply.core.errors import NotFound
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    ApplicationState,
    Call,
    Deadline,
    Extension,
    ExtensionScope,
    FormVersion,
    InformationRequest,
    MemberRole,
    RequestKind,
    Signature,
)
from gnlc_apply.permissions import Actor, ApplicationFacts, Permission, require, require_seen
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.queries.rows import AnySelect
from gnlc_apply.questionnaire import Form, Kind, Question, UnknownQuestion
from gnlc_apply.questionnaire.answers import field_names, parse
from gnlc_apply.questionnaire.checks import Problem
from gnlc_apply.questionnaire.constituents import names_constituents
from gnlc_apply.services.application.opening import (
    NOT_NAMED,
    is_open,
    refuse_unless_editable,
    returned_keys,
)
from gnlc_apply.services.application.voiding import end_links_of_removed, void_if_changed
from gnlc_apply.services.command import Unit, command

Raw = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Clash:
    """An answer that somebody else changed meanwhile: both texts, and the version to answer to."""

    key: str
    mine: object
    theirs: object
    version: int


@dataclass(frozen=True)
class Saved:
    """What a save came to. Clashing and locked answers were not saved; everything else was."""

    saved: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()
    problems: tuple[Problem, ...] = ()
    locked: tuple[str, ...] = ()
    at: datetime | None = None
    is_signature_voided: bool = False


@dataclass(frozen=True)
class _Ground:
    """What saving needs to know, read in one statement together with the answers."""

    row: Row[Any]
    form: Form
    answers: dict[str, tuple[object, int]]


def fingerprint(value: object) -> str:
    """A short sign of a value, by which a page says what it showed."""
    plain = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


@command()
def save_answers(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    raw: Raw,
    versions: Mapping[str, int],
    seen: Mapping[str, str] | None = None,
) -> Saved:
    """Keep what was typed, also where something is wrong with it.

    ``raw`` holds page fields; ``versions`` the version each shown answer had (0: none yet), ``seen`` the fingerprint of
    the value that was shown, so that an untouched answer never clashes. An answer without a version is taken as it comes.
    Raises NotFound, Forbidden, Conflict where the text is locked or time is over.
    """
    keys = list(dict.fromkeys([*versions, *(name.partition("-")[0] for name in raw)]))
    ground = _ground(unit, reference, keys)
    _refuse(unit, ground)
    named = returned_keys(unit.session, ground.row.id) if ground.row.state is ApplicationState.RETURNED else None
    outcome = _Outcome(ground, versions, seen or {})
    for question in _questions(ground.form, raw, keys):
        outcome.take(question, raw, may_change=is_open(question, named))
    if outcome.changed:
        _write(unit, ground.row.id, outcome.changed)
        unit.note("saved_answers", "application", ground.row.id, keys=sorted(outcome.changed))
    is_voided = False
    if outcome.changed and ground.row.signature_id is not None:
        is_voided = void_if_changed(unit, unit.session.get_one(Application, ground.row.id))
    if any(names_constituents(key) for key in outcome.changed):
        end_links_of_removed(unit, unit.session.get_one(Application, ground.row.id))
    return outcome.saved(unit.now, is_voided=is_voided)


class _Outcome:
    """Sorts answers into changed, clashing, locked and unchanged."""

    def __init__(self, ground: _Ground, versions: Mapping[str, int], seen: Mapping[str, str]) -> None:
        self.ground, self.versions, self.seen = ground, versions, seen
        self.changed: dict[str, tuple[object, int]] = {}
        self.clashes: list[Clash] = []
        self.problems: list[Problem] = []
        self.locked: list[str] = []

    def take(self, question: Question, raw: Raw, *, may_change: bool) -> None:
        """Sort one answer in."""
        parsed = parse(question, raw)
        stored, version = self.ground.answers.get(question.key, (None, 0))
        if parsed.value == stored or self._is_untouched(question.key, parsed.value, version):
            self.problems.extend(parsed.problems if parsed.value == stored else ())
            return
        if not may_change:
            self.locked.append(question.key)
            return
        if self.versions.get(question.key, version) != version:
            self.clashes.append(Clash(question.key, parsed.value, stored, version))
            return
        self.problems.extend(parsed.problems)
        self.changed[question.key] = (parsed.value, version + 1)

    def _is_untouched(self, key: str, value: object, version: int) -> bool:
        """Somebody else changed it, and this page only sent back what it had shown."""
        return self.versions.get(key, version) != version and self.seen.get(key) == fingerprint(value)

    def saved(self, at: datetime, *, is_voided: bool) -> Saved:
        """The outcome as the page needs it."""
        return Saved(
            saved=tuple(self.changed),
            clashes=tuple(self.clashes),
            problems=tuple(self.problems),
            locked=tuple(self.locked),
            at=at,
            is_signature_voided=is_voided,
        )


def _ground(unit: Unit, reference: str, keys: Sequence[str]) -> _Ground:
    """The application, locked, with those of these answers that there are. Raises NotFound."""
    asked = {"reference": reference, "person_id": unit.actor.person_id, "keys": list(keys)}
    rows = unit.session.connection().execute(_with_answers(), asked).all()
    if not rows:
        raise NotFound()
    form = form_of(unit.session, rows[0].form_version_id, rows[0].form_reference)
    return _Ground(rows[0], form, {row.key: (row.value, row.version) for row in rows if row.key is not None})


@cache
def _with_answers() -> AnySelect:
    """All that a save asks, put together once."""
    member = select(ApplicationMember.role).where(
        ApplicationMember.application_id == Application.id,
        ApplicationMember.person_id == bindparam("person_id"),
        ApplicationMember.removed_at.is_(None),
    )
    longer = select(func.max(Extension.until_at)).where(
        Extension.call_id == Call.id,
        Extension.deadline == Deadline.CITIES,
        or_(
            Extension.scope == ExtensionScope.ALL,
            (Extension.scope == ExtensionScope.COUNTRY) & (Extension.country == Application.country),
            (Extension.scope == ExtensionScope.CITY) & (Extension.application_id == Application.id),
        ),
    )
    due = select(func.max(InformationRequest.due_at)).where(
        InformationRequest.application_id == Application.id,
        InformationRequest.kind == RequestKind.RETURN,
        InformationRequest.closed_at.is_(None),
    )
    signature = select(func.max(Signature.id)).where(
        Signature.application_id == Application.id, Signature.voided_at.is_(None), Signature.refused_at.is_(None)
    )
    return (
        select(
            Application.id,
            Application.state,
            Application.country,
            Application.call_id,
            Application.form_version_id,
            FormVersion.reference.label("form_reference"),
            Call.deadline_at,
            Call.grace_minutes,
            member.correlate(Application).scalar_subquery().label("role"),
            longer.correlate(Application, Call).scalar_subquery().label("longer"),
            due.correlate(Application).scalar_subquery().label("due"),
            signature.correlate(Application).scalar_subquery().label("signature_id"),
            Answer.key,
            Answer.value,
            Answer.version,
        )
        .join(Call, Call.id == Application.call_id)
        .join(FormVersion, FormVersion.id == Application.form_version_id)
        .outerjoin(
            Answer,
            (Answer.application_id == Application.id) & Answer.key.in_(bindparam("keys", expanding=True)),
        )
        .where(Application.reference == bindparam("reference"))
        .with_for_update(of=Application)
    )


def _refuse(unit: Unit, ground: _Ground) -> None:
    row = ground.row
    members = {unit.actor.person_id: MemberRole(row.role)} if row.role and unit.actor.person_id else {}
    facts = ApplicationFacts(row.id, row.call_id, row.country, str(row.state), members=members)
    require_seen(unit.actor, Permission.READ_AS_CITY, facts)
    require(unit.actor, Permission.EDIT_AS_CITY, facts)
    cities = max(row.deadline_at, row.longer or row.deadline_at) + timedelta(minutes=row.grace_minutes)
    until = row.due or cities if row.state is ApplicationState.RETURNED else cities
    refuse_unless_editable(row.state, unit.arrived_at, until)


def _questions(form: Form, raw: Raw, keys: Sequence[str]) -> Iterator[Question]:
    """The questions that were sent. Fields that belong to no question are not ours."""
    for key in keys:
        try:
            question = form.expand(key)
        except UnknownQuestion:
            continue
        if question.kind is not Kind.FILES and _is_sent(question, raw):
            yield question


def _is_sent(question: Question, raw: Raw) -> bool:
    """Whether the answer was sent. Boxes without a tick send nothing; of everything else nothing means: not sent."""
    return question.kind in (Kind.CHOICES, Kind.CONFIRM) or any(name in raw for name in field_names(question))


def _write(unit: Unit, application_id: int, changed: Mapping[str, tuple[object, int]]) -> None:
    """One statement for new and changed answers alike; the application's row is locked, so no version can slip by."""
    rows = [
        {
            "application_id": application_id,
            "key": key,
            "value": value,
            "version": version,
            "updated_at": unit.now,
            "updated_by_id": unit.actor.person_id,
        }
        for key, (value, version) in changed.items()
    ]
    unit.session.connection().execute(_upsert(unit.session.get_bind().dialect.name), rows)


@cache
def _upsert(dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Answer.__table__)  # type: ignore[arg-type]  # a mapped class has a Table
    taken = ("value", "version", "updated_at", "updated_by_id")
    return statement.on_conflict_do_update(
        index_elements=["application_id", "key"], set_={name: statement.excluded[name] for name in taken}
    )


__all__ = ["NOT_NAMED", "Clash", "Saved", "fingerprint", "save_answers"]
