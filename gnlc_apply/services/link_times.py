"""How long personal links to an application are good: as long as whatever lengthens the time of its city says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from gnlc_apply.models import Application, SignatureRequest
from gnlc_apply.services.command import Unit


def lengthen_links(unit: Unit, until_at: datetime, *reached: ColumnElement[bool]) -> None:
    """The links to these applications that are out, those that ended by time as well, are good until then at least."""
    files = select(Application.id).where(*reached)
    unit.session.execute(
        update(SignatureRequest)
        .where(
            SignatureRequest.application_id.in_(files),
            SignatureRequest.revoked_at.is_(None),
            SignatureRequest.declined_at.is_(None),
            SignatureRequest.expires_at < until_at,
        )
        .values(expires_at=until_at)
    )
