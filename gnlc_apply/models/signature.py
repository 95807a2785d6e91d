"""The signature of the mayor, or whoever signs for the city: asked for by a link, or on paper.

A consortium is signed for as a whole (``constituent`` 0) and by each city or municipality in it, by its number in the form.
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from gnlc_apply.models.base import Base, HasId, by_value


class SignatureMethod(enum.StrEnum):
    """By personal link, or a signed and stamped letter uploaded."""

    LINK = "link"
    PAPER = "paper"


_NAMED = "constituent >= 0 AND (constituent = 0) = (constituent_name = '')"


class SignatureRequest(HasId, Base):
    """A personal link to one version of the application; only the hash of its token is kept."""

    __tablename__ = "signature_request"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("application_version.id"))
    constituent: Mapped[int] = mapped_column(default=0, server_default="0")
    constituent_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_same_person: Mapped[bool] = mapped_column(default=False)
    is_shared_address: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    code_sent_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint(_NAMED, name="constituent_is_named"),)


_LIVE = text("voided_at IS NULL AND refused_at IS NULL")


class Signature(HasId, Base):
    """A signature under one version, with what is needed to prove it later."""

    __tablename__ = "signature"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("application_version.id"))
    constituent: Mapped[int] = mapped_column(default=0, server_default="0")
    constituent_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("signature_request.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    method: Mapped[SignatureMethod] = mapped_column(by_value(SignatureMethod))
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")
    function: Mapped[str] = mapped_column(String(200))
    wording: Mapped[str] = mapped_column(String(40))
    signed_at: Mapped[datetime]
    network: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    refused_at: Mapped[datetime | None]
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    refusal_reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("(method = 'link') = (request_id IS NOT NULL)", name="link_has_request"),
        CheckConstraint("(method = 'paper') = (attachment_id IS NOT NULL)", name="paper_has_letter"),
        CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name="one_verdict"),
        CheckConstraint(_NAMED, name="constituent_is_named"),
        Index(
            "uq_signature_live",
            "application_id",
            "constituent",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )
