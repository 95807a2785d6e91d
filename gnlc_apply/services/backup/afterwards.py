"""What a restored database must not do: send, announce, let in who was let in then. Written before anybody can open it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, update
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.models import (
    FormKey,
    Instance,
    OneTimeToken,
    Person,
    RecoveryCode,
    RememberedDevice,
    WebSession,
)
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import ledger, outbox
from gnlc_apply.services.backup.manifest import Manifest

LEAVING = "was leaving when the backup was made: it may have arrived"
UNREADABLE = "restored with another secret key: its link cannot be read any more"


def hold(connection: Connection, manifest: Manifest, *, has_new_key: bool) -> None:
    """Hold the installation, end all sessions, void one-time secrets, and write it all into the record."""
    now = clock.now()
    with Session(connection) as session:
        session.execute(
            update(Instance).values(
                is_held=True,
                held_since=now,
                restored_from=datetime.fromisoformat(manifest.made_at),
                worker_seen_at=None,
            )
        )
        # A session that was ended since, a link that was used since, must not open again.
        for table in (WebSession, RememberedDevice, OneTimeToken, FormKey):
            session.execute(delete(table))
        outbox.doubt_leaving(session, LEAVING)
        if has_new_key:
            _give_up_sealed(session)
        entry = ledger.Entry("restored", "instance", 1, {"made_at": manifest.made_at, "has_new_key": has_new_key})
        ledger.write(session, SYSTEM, now, [entry], [])
        session.flush()


def _give_up_sealed(session: Session) -> None:
    """Without the old key nobody can read second factors, or links and codes that wait in messages."""
    session.execute(update(Person).values(totp_secret=None, totp_confirmed_at=None, totp_last_step=None))
    session.execute(delete(RecoveryCode))
    outbox.give_up(session, UNREADABLE, is_sealed_only=True)
