"""What a person saw of a file before acting on it: a short sign that a page carries and the act compares."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationVersion,
    Attachment,
    CheckOutcome,
    ScreeningCheck,
    Signature,
)
from gnlc_apply.queries.signature_count import STANDS

_GAP = "/"


@dataclass(frozen=True)
class Mark:
    """The version of the text, the signed letters that stand, and the last finding with the city's reply."""

    version: str = ""
    letter: str = ""
    finding: str = ""

    def __str__(self) -> str:
        return _GAP.join((self.version, self.letter, self.finding))


def parsed(sign: str) -> Mark:
    """The mark that a page sent back; what is no mark is one that fits nothing."""
    parts = sign.split(_GAP)
    return Mark(*parts) if len(parts) == len(Mark.__dataclass_fields__) else Mark("-", "-", "-")


def mark_of(session: Session, application_id: int) -> Mark:
    """How a file stands now: one statement."""
    letters = (
        select(func.count(Signature.id))
        .where(Signature.application_id == Application.id, STANDS, Signature.attachment_id.is_not(None))
        .correlate(Application)
    )
    letter = (
        select(Attachment.reference)
        .join(Signature, Signature.attachment_id == Attachment.id)
        .where(Signature.application_id == Application.id, STANDS)
        .order_by(Signature.id.desc())
        .limit(1)
    )
    newest = select(func.max(ScreeningCheck.id)).where(ScreeningCheck.application_id == Application.id)
    finding = select(ScreeningCheck.id).where(
        ScreeningCheck.id == newest.correlate(Application).scalar_subquery(),
        ScreeningCheck.outcome == CheckOutcome.INELIGIBLE,
    )
    replied = finding.where(ScreeningCheck.replied_at.is_not(None))
    row = session.execute(
        select(
            func.coalesce(ApplicationVersion.short_code, "").label("version"),
            letter.correlate(Application).scalar_subquery().label("letter"),
            letters.scalar_subquery().label("letters"),
            finding.correlate(Application).scalar_subquery().label("finding"),
            case((replied.correlate(Application).exists(), "replied"), else_="").label("reply"),
        )
        .select_from(Application)
        .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.version_id)
        .where(Application.id == application_id)
    ).one()
    # Of a consortium several letters can stand: whichever comes or goes changes the newest one, or how many there are.
    return Mark(row.version, f"{row.letter}.{row.letters}" if row.letter else "", f"{row.finding or ''}{row.reply}")


def mark(application_id: int) -> Mark:
    """The same for a page."""
    return mark_of(db.reader, application_id)
