"""How it stands with one signature: that of the city, of a consortium as a whole, or of one of its constituents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gnlc_apply.core import clock
from gnlc_apply.questionnaire.constituents import WHOLE


class Stand(StrEnum):
    """Where a signature stands, as its city sees it."""

    SIGNED = "signed"
    DECLINED = "declined"
    CODE_SENT = "code_sent"
    LINK_SENT = "link_sent"
    CAME_BACK = "came_back"
    VOIDED = "voided"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class LinkSent:
    """A personal link to the signatory."""

    email: str
    name: str
    decline_reason: str
    is_same_person: bool
    sent_at: datetime
    expires_at: datetime
    code_sent_at: datetime | None
    declined_at: datetime | None
    revoked_at: datetime | None
    constituent: int = WHOLE
    constituent_name: str = ""
    is_shared_address: bool = False
    came_back: bool = False


@dataclass(frozen=True)
class Signed:
    """A signature, standing or not."""

    name: str
    function: str
    method: str
    reason: str
    signed_at: datetime
    confirmed_at: datetime | None
    voided_at: datetime | None
    refused_at: datetime | None
    version_id: int
    constituent: int = WHOLE

    @property
    def stands(self) -> bool:
        """Neither voided nor refused."""
        return self.voided_at is None and self.refused_at is None


@dataclass(frozen=True)
class Signing:
    """Everything about one signature, in the order in which it happened."""

    constituent: int
    name: str
    links: tuple[LinkSent, ...] = ()
    signatures: tuple[Signed, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it is the signature of the city, or of the consortium as a whole."""
        return self.constituent == WHOLE

    @property
    def signature(self) -> Signed | None:
        """The signature that stands."""
        return next((signed for signed in reversed(self.signatures) if signed.stands), None)

    @property
    def last(self) -> Signed | None:
        """The latest signature, whether it stands or not."""
        return self.signatures[-1] if self.signatures else None

    @property
    def link(self) -> LinkSent | None:
        """The link that is out: sent since the last signature ended, neither taken back, answered nor too old."""
        sent, last = self._newest_link(), self.last
        ended_at = (last.voided_at or last.refused_at) if last is not None else None
        if sent is None or sent.declined_at is not None or sent.expires_at <= clock.now():
            return None
        return sent if last is None or (ended_at is not None and sent.sent_at > ended_at) else None

    @property
    def declined(self) -> LinkSent | None:
        """The newest link, where the answer was not to sign."""
        sent = self._newest_link()
        return sent if sent is not None and sent.declined_at is not None else None

    @property
    def stand(self) -> Stand:
        """Where it stands."""
        if self.signature is not None:
            return Stand.SIGNED
        if self.declined is not None:
            return Stand.DECLINED
        if self.link is not None:
            return _of_link(self.link)
        if self.last is None:
            return Stand.NOT_ASKED
        return Stand.VOIDED if self.last.voided_at is not None else Stand.REFUSED

    def _newest_link(self) -> LinkSent | None:
        """The newest link, unless it was taken back."""
        sent = self.links[-1] if self.links else None
        return sent if sent is not None and sent.revoked_at is None else None


def _of_link(link: LinkSent) -> Stand:
    if link.came_back:
        return Stand.CAME_BACK
    return Stand.CODE_SENT if link.code_sent_at else Stand.LINK_SENT
