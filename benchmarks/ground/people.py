"""People who are signed in already: an account, a role, and a session whose token the benchmark keeps."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from benchmarks.ground.bulk import first_free, write
from gnlc_apply.core import clock
from gnlc_apply.core.sealing import hashed
from gnlc_apply.extensions import db
from gnlc_apply.models import Grant, Person, Role, WebSession


def token_of(person_id: int) -> str:
    """What the person's browser holds. Known to everybody who reads this: for a throw-away instance on this machine."""
    return hashlib.sha256(f"bench {person_id}".encode()).hexdigest()


def add(session: Session, emails: list[str], role: Role | None = None, **where: Any) -> list[int]:
    """People with confirmed accounts, an authenticator app and a running session; with a role if one is given."""
    now, first = clock.now(), first_free(session, Person)
    ids = list(range(first, first + len(emails)))
    write(
        session,
        Person,
        (
            {
                "id": number,
                "email": email,
                "name": f"{email.partition('@')[0].replace('.', ' ').title()} (bench)",
                "created_at": now,
                "confirmed_at": now,
                "totp_secret": b"sealed" if role else None,
                "totp_confirmed_at": now if role else None,
            }
            for number, email in zip(ids, emails, strict=True)
        ),
    )
    if role is not None:
        write(session, Grant, ({"person_id": n, "role": role, "granted_at": now, **where} for n in ids))
    write(session, WebSession, (_session(number, now) for number in ids))
    return ids


def _session(person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "id_hash": hashed(token_of(person_id), "session"),
        "person_id": person_id,
        "contents": {"_user_id": str(person_id), "_fresh": True},
        "created_at": now,
        "browser": "bench",
        **_running(now),
    }


def _running(now: datetime) -> dict[str, datetime]:
    return {
        "seen_at": now,
        "signed_in_at": now,
        "second_factor_at": now,
        "expires_at": now + timedelta(hours=12),
    }


def sign_in_again() -> None:
    """All sessions begin now: an instance that was made earlier is used again."""
    with db.writing() as session:
        session.execute(update(WebSession).values(**_running(clock.now())))
