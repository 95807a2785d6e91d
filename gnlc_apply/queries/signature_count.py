"""How many of the signatures that a version needs are there: one for a city, more for a consortium. For lists and guards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session

from gnlc_apply.core.text import Text
from gnlc_apply.models import Application, ApplicationVersion, Signature, SignatureMethod
from gnlc_apply.queries.among import among

STANDS = Signature.voided_at.is_(None) & Signature.refused_at.is_(None)
AWAITS_CONFIRMATION = STANDS & (Signature.method == SignatureMethod.PAPER) & Signature.confirmed_at.is_(None)


@dataclass(frozen=True, slots=True)
class SignatureCount:
    """The signatures that stand, how many of them are letters nobody has looked at, and how many the text needs."""

    given: int = 0
    unconfirmed: int = 0
    on_paper: int = 0
    needed: int = 1

    @property
    def is_complete(self) -> bool:
        """Whether everybody who must sign has signed."""
        return self.given >= self.needed

    @property
    def words(self) -> Text:
        """How it stands with the signature for the city, or with the signatures of a consortium."""
        if self.given == 0:
            return Text("Signature outstanding")
        if self.needed > 1:
            return self._words_of_many()
        if self.on_paper == 0:
            return Text("Signed by link")
        return Text("Signed on paper, to be confirmed") if self.unconfirmed else Text("Signed on paper, confirmed")

    def _words_of_many(self) -> Text:
        counted = {"given": self.given, "needed": self.needed, "letters": self.unconfirmed}
        if self.unconfirmed:
            return Text("%(given)s of %(needed)s signatures, letters to be confirmed: %(letters)s", **counted)
        return Text("%(given)s of %(needed)s signatures", **counted)


def _counted(*more: Any) -> Select[Any]:
    """All signatures that stand are of one text, since a change voids them all: any of them tells what it needs."""
    return (
        select(
            *more,
            func.count(Signature.id).label("given"),
            func.sum(case((AWAITS_CONFIRMATION, 1), else_=0)).label("unconfirmed"),
            func.sum(case((Signature.method == SignatureMethod.PAPER, 1), else_=0)).label("on_paper"),
            func.max(ApplicationVersion.signatures_needed).label("needed"),
        )
        .join(ApplicationVersion, ApplicationVersion.id == Signature.version_id)
        .where(STANDS)
    )


def _count(row: Row[Any]) -> SignatureCount:
    return SignatureCount(row.given, row.unconfirmed or 0, row.on_paper or 0, row.needed or 1)


def of_application(session: Session, application_id: int) -> SignatureCount:
    """The count of one application."""
    return _count(session.execute(_counted().where(Signature.application_id == application_id)).one())


def of_applications(session: Session, ids: Sequence[int]) -> dict[int, SignatureCount]:
    """The counts of many, by application; who has no signature is not in it."""
    query = _counted(Signature.application_id).where(among(Signature.application_id, ids))
    return {row.application_id: _count(row) for row in session.execute(query.group_by(Signature.application_id))}


def is_signed_and_confirmed() -> ColumnElement[bool]:
    """Everybody has signed the application of the statement around it, and every letter has been looked at."""
    mine = (Signature.application_id == Application.id) & STANDS
    given = select(func.count(Signature.id)).where(mine).correlate(Application).scalar_subquery()
    needed = (
        select(func.max(ApplicationVersion.signatures_needed))
        .join(Signature, Signature.version_id == ApplicationVersion.id)
        .where(mine)
        .correlate(Application)
        .scalar_subquery()
    )
    waiting = select(Signature.id).where(Signature.application_id == Application.id, AWAITS_CONFIRMATION)
    return (given >= needed) & ~waiting.correlate(Application).exists()
