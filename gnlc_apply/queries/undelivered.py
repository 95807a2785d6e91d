"""Messages that did not arrive, as a condition of statements about what they were for."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from gnlc_apply.models import MessageState, OutboxMessage, SignatureRequest


def came_back() -> ColumnElement[bool]:
    """Whether the link of the statement around it, or a code for it, could not be delivered and is not tried any more."""
    return exists(
        select(1).where(
            OutboxMessage.application_id == SignatureRequest.application_id,
            OutboxMessage.recipient == SignatureRequest.email,
            OutboxMessage.kind.in_(("signature_request", "signature_code")),
            OutboxMessage.queued_at >= SignatureRequest.sent_at,
            OutboxMessage.state == MessageState.DEAD,
        )
    )
