"""What reaches people without a page: the rows that their pages are made of, their mail, and the operator's report."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import masked
from gnlc_apply.mail.render import MASK
from gnlc_apply.models import Application, Call, OutboxMessage
from tests.worlds.asking import came_in
from tests.worlds.ground import Ground, email_of, opened


def rows_and_mail(world: Ground, roles: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    """The rows of all applications, and every message to these roles and to signatories."""
    opened(world)
    addresses = {email_of(world.people[role]) for role in roles if role in world.people}
    with db.reading() as session:
        rows = [tuple(row) for row in session.execute(select(*Application.__table__.columns).order_by(Application.id))]
        query = select(OutboxMessage, Call.contact_email).outerjoin(
            Application, Application.id == OutboxMessage.application_id
        )
        query = query.outerjoin(Call, Call.id == Application.call_id).order_by(OutboxMessage.id)
        found = [(row.OutboxMessage, row.contact_email) for row in session.execute(query)]
    mails = [
        _as_it_leaves(message, office or "")
        for message, office in found
        if message.recipient in addresses or message.recipient.startswith(("mayor@", "focal@", "office@kisumu"))
    ]
    db.close()
    return rows, mails


def _as_it_leaves(message: OutboxMessage, office: str) -> tuple[Any, ...]:
    """Everything a message is written from; that its words follow from these alone is what ``mail.render`` is."""
    values = masked(message.values, MASK)
    when = (message.not_before, message.next_attempt_at, message.cohort_id is None, message.application_id)
    return (message.kind, message.recipient, office, message.language, values, *when)


def said_by_doctor(world: Ground) -> tuple[str, str]:
    """What an operator reads: the report of the doctor, and whether the process says that it is ready."""
    app = opened(world)
    report = app.test_cli_runner().invoke(args=["doctor", "--json"]).output
    ready = came_in(app, world, "public").get("/readyz").get_data(as_text=True)
    db.close()
    return report.replace(str(world.path.parent), ""), ready
