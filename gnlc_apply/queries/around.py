"""What stands around an application's answers: files, requests, signature, the Commission's and the secretariat's word.

All in one statement of like-shaped rows, so that a page costs the same however much has happened.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, cast, func, literal, null, select, union_all

from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Attachment,
    Endorsement,
    FileOpened,
    InformationRequest,
    ScreeningCheck,
    Signature,
    SignatureRequest,
    UtcDateTime,
)
from gnlc_apply.queries.signing import LinkSent, Signed, Signing
from gnlc_apply.queries.undelivered import came_back

LETTER = "signature.letter"


@dataclass(frozen=True)
class File:
    """An attached file."""

    reference: str
    question_key: str
    name: str
    caption: str
    size: int
    uploaded_at: datetime
    sha256: str


@dataclass(frozen=True)
class Asked:
    """A question to the city, or a return of named questions."""

    reference: str
    is_return: bool
    asked_for: str
    keys: tuple[str, ...]
    message: str
    answer: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.closed_at is None


@dataclass(frozen=True)
class CommissionWord:
    """An endorsement or its refusal."""

    outcome: str
    name: str
    function: str
    reason: str
    acted_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Checked:
    """What the secretariat's check came to."""

    outcome: str
    reason: str
    reply: str
    checked_at: datetime
    reply_due_at: datetime | None
    replied_at: datetime | None
    final_at: datetime | None
    reversed_at: datetime | None


@dataclass
class Around:
    """Everything, each list in the order in which it happened."""

    files: list[File] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    links: list[LinkSent] = field(default_factory=list)
    signatures: list[Signed] = field(default_factory=list)
    endorsements: list[CommissionWord] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)
    opened_at: datetime | None = None

    def signing(self, constituent: int, name: str) -> Signing:
        """How it stands with the signature of the city (0), or of this constituent."""
        return Signing(
            constituent,
            name,
            links=tuple(one for one in self.links if one.constituent == constituent),
            signatures=tuple(one for one in self.signatures if one.constituent == constituent),
        )

    @property
    def file_counts(self) -> dict[str, int]:
        """How many files each question has."""
        counts: dict[str, int] = {}
        for file in self.files:
            counts[file.question_key] = counts.get(file.question_key, 0) + 1
        return counts

    @property
    def open_keys(self) -> frozenset[str] | None:
        """What the open returns name; None where nothing is named."""
        return frozenset(key for one in self.asked if one.is_return and one.is_open for key in one.keys) or None


def _row(kind: str, *, texts: tuple[Any, ...], number: Any = None, times: tuple[Any, ...]) -> Select[Any]:
    """One kind of row: six texts, a number, five moments; what is missing is null."""

    def padded(values: tuple[Any, ...], length: int, of: Any) -> list[ColumnElement[Any]]:
        filled: list[ColumnElement[Any]] = [cast(v, of) if of is not times_type else v for v in values]
        return [*filled, *[cast(null(), of) for _ in range(length - len(values))]]

    times_type = UtcDateTime()
    columns = [
        literal(kind).label("kind"),
        *(c.label(f"text{i}") for i, c in enumerate(padded(texts, 6, String()))),
        cast(number if number is not None else null(), Integer).label("number"),
        *(c.label(f"time{i}") for i, c in enumerate(padded(times, 5, times_type))),
    ]
    return select(*columns)


# Two facts of a link in one number: whether it went to an official of the city, and whether mail to it was given up.
_UNDELIVERED = 2


@cache
def _statement() -> Any:
    """Built once: composing it costs more than running it."""
    application_id = bindparam("application_id", type_=Integer)
    a, r, q, s, e, o, c = (
        Attachment,
        InformationRequest,
        SignatureRequest,
        Signature,
        Endorsement,
        FileOpened,
        ScreeningCheck,
    )
    parts = [
        _row(
            "file",
            texts=(a.reference, a.question_key, a.name, a.caption, a.sha256_clean),
            number=a.size,
            times=(a.uploaded_at,),
        ).where(a.application_id == application_id, a.removed_at.is_(None), a.question_key != LETTER),
        _row(
            "asked",
            texts=(r.reference, r.kind, r.asked_for, cast(r.keys, String), r.message, r.answer),
            times=(r.asked_at, r.due_at, r.answered_at, r.closed_at),
        ).where(r.application_id == application_id),
        _row(
            "link",
            texts=(q.email, q.name, q.decline_reason, q.constituent, q.constituent_name, q.is_shared_address),
            number=func.coalesce(cast(q.is_same_person, Integer), 0) + _UNDELIVERED * cast(came_back(), Integer),
            times=(q.sent_at, q.expires_at, q.code_sent_at, q.declined_at, q.revoked_at),
        ).where(q.application_id == application_id),
        _row(
            "signed",
            texts=(s.name, s.function, s.method, s.void_reason, s.refusal_reason, s.constituent),
            number=s.version_id,
            times=(s.signed_at, s.confirmed_at, s.voided_at, s.refused_at),
        ).where(s.application_id == application_id),
        _row("word", texts=(e.outcome, e.name, e.function, e.reason), times=(e.acted_at, e.revoked_at)).where(
            e.application_id == application_id
        ),
        _row("opened", texts=(), times=(o.opened_at,)).where(o.application_id == application_id),
        _row(
            "check",
            texts=(c.outcome, c.reason, c.reply),
            times=(c.checked_at, c.reply_due_at, c.replied_at, c.final_at, c.reversed_at),
        ).where(c.application_id == application_id),
    ]
    return union_all(*parts).order_by("time0")


def around(application_id: int) -> Around:
    """What stands around this application: one statement."""
    found = Around()
    for row in db.reader.connection().execute(_statement(), {"application_id": application_id}):
        _TAKE[row.kind](found, row)
    return found


def _take_file(found: Around, row: Any) -> None:
    found.files.append(File(row.text0, row.text1, row.text2, row.text3, row.number, row.time0, row.text4))


def _take_asked(found: Around, row: Any) -> None:
    found.asked.append(
        Asked(
            reference=row.text0,
            is_return=row.text1 == "return",
            asked_for=row.text2,
            keys=tuple(json.loads(row.text3)),
            message=row.text4,
            answer=row.text5,
            asked_at=row.time0,
            due_at=row.time1,
            answered_at=row.time2,
            closed_at=row.time3,
        )
    )


def _take_link(found: Around, row: Any) -> None:
    times = (row.time0, row.time1, row.time2, row.time3, row.time4)
    found.links.append(
        LinkSent(
            row.text0,
            row.text1,
            row.text2,
            bool(row.number % _UNDELIVERED),
            *times,
            constituent=int(row.text3),
            constituent_name=row.text4,
            is_shared_address=row.text5 in ("1", "true"),
            came_back=row.number >= _UNDELIVERED,
        )
    )


def _take_signed(found: Around, row: Any) -> None:
    reason = row.text4 or row.text3 or ""
    times = (row.time0, row.time1, row.time2, row.time3)
    found.signatures.append(Signed(row.text0, row.text1, row.text2, reason, *times, row.number, int(row.text5)))


def _take_word(found: Around, row: Any) -> None:
    found.endorsements.append(CommissionWord(row.text0, row.text1, row.text2, row.text3, row.time0, row.time1))


def _take_opened(found: Around, row: Any) -> None:
    found.opened_at = row.time0


def _take_check(found: Around, row: Any) -> None:
    times = (row.time0, row.time1, row.time2, row.time3, row.time4)
    found.checks.append(Checked(row.text0, row.text1, row.text2, *times))


_TAKE = {
    "file": _take_file,
    "asked": _take_asked,
    "link": _take_link,
    "signed": _take_signed,
    "word": _take_word,
    "opened": _take_opened,
    "check": _take_check,
}
