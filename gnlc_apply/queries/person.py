"""People: who acts, from their grants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, or_, select

from gnlc_apply.core import clock
from gnlc_apply.core.privacy_notice import VERSION
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, CallState, Grant, Instance, Person, PrivacyAcceptance, Role
from gnlc_apply.permissions import Actor, Granted
from gnlc_apply.queries.rows import AnySelect, Rows

_SHOWN = (
    Person.name,
    Person.email,
    Person.language,
    Person.totp_confirmed_at,
    Grant.role,
    Grant.call_id,
    Grant.country,
    Call.state,
    select(Instance.held_since).where(Instance.id == 1).scalar_subquery().label("held_since"),
    exists()
    .where(PrivacyAcceptance.person_id == Person.id, PrivacyAcceptance.version == bindparam("notice"))
    .label("has_accepted_privacy"),
)


def with_grants(found: Any) -> AnySelect:
    """A row for each grant that runs today of the people in ``found``, one row where there is none; closed accounts are
    nobody. The statement takes what ``as_of_today`` gives.
    """
    return (
        select(*_SHOWN)
        .select_from(found)
        .outerjoin(
            Grant,
            (Grant.person_id == Person.id)
            & Grant.revoked_at.is_(None)
            & or_(Grant.valid_from.is_(None), Grant.valid_from <= bindparam("today"))
            & or_(Grant.valid_until.is_(None), Grant.valid_until >= bindparam("today")),
        )
        .outerjoin(Call, Call.id == Grant.call_id)
        .where(Person.deactivated_at.is_(None), Person.erased_at.is_(None))
    )


def as_of_today() -> dict[str, Any]:
    """What ``with_grants`` asks about: the day, and the privacy notice as it stands."""
    return {"today": clock.today(), "notice": VERSION}


# Built once: it runs in every form that somebody who is signed in sends.
_OF_PERSON = with_grants(Person).where(Person.id == bindparam("person_id"))


def actor(
    person_id: int,
    *,
    signed_in_at: datetime | None = None,
    second_factor_at: datetime | None = None,
    session_hash: str = "",
) -> Actor | None:
    """The actor that a person is now, with all grants that run today; None when the account is closed."""
    asked = {"person_id": person_id, **as_of_today()}
    rows = db.reader.connection().execute(_OF_PERSON, asked).all()
    if not rows:
        return None
    return actor_of(
        rows, person_id, signed_in_at=signed_in_at, second_factor_at=second_factor_at, session_hash=session_hash
    )


def actor_of(
    rows: Rows,
    person_id: int,
    *,
    signed_in_at: datetime | None,
    second_factor_at: datetime | None,
    session_hash: str,
) -> Actor:
    """The actor that these rows of ``with_grants`` tell of: one person's, one at least.

    A juror's access ends when the call is concluded (the grant's own end applies too).
    """
    grants = tuple(
        Granted(row.role, row.call_id, row.country)
        for row in rows
        if row.role is not None and not (row.role in (Role.JUROR, Role.CHAIR) and row.state is CallState.CONCLUDED)
    )
    first = rows[0]
    return Actor(
        kind="person",
        person_id=person_id,
        name=first.name,
        email=first.email,
        language=first.language,
        grants=grants,
        signed_in_at=signed_in_at,
        second_factor_at=second_factor_at,
        has_second_factor=first.totp_confirmed_at is not None,
        session_hash=session_hash,
        held_since=first.held_since,
        has_accepted_privacy=bool(first.has_accepted_privacy),
    )


def actor_by_email(email: str) -> Actor | None:
    """The actor with this address, for the command line and scenarios."""
    found = db.reader.scalar(select(Person.id).where(Person.email == email.strip().casefold()))
    return actor(found) if found is not None else None
