"""A jury at work: jurors, who reads what, reviews with their scores, some of them still open."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from benchmarks.ground import people
from benchmarks.ground.bulk import first_free, write
from benchmarks.ground.sizes import Size
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    Assignment,
    Call,
    Grant,
    Juror,
    JurorFile,
    Review,
    ReviewState,
    Role,
    Score,
)
from gnlc_apply.questionnaire import default_guide
from gnlc_apply.questionnaire.totals import weighted_total

# Every twentieth review is still being written.
OPEN_EVERY = 20
_LETTERS = ("ABCD", "EFGH", "IJKL", "MNOP", "QRST", "UVWX")
PARAGRAPH = "The city has a plan, people who carry it, and figures that show what came of it. " * 5
REASON = "The plan names who does what until when, and what it costs. "


@dataclass(frozen=True)
class Reading:
    """One reader of one file."""

    number: int
    file: int
    juror: int
    letter: str

    @property
    def is_open(self) -> bool:
        """Whether the review is not submitted yet."""
        return self.number % OPEN_EVERY == 0


def add(session: Session, call: str, files: Sequence[int], size: Size, country: str) -> list[int]:
    """Jurors of a country without files, and their reviews; the numbers of their accounts, the chair's first."""
    row = session.scalars(select(Call).where(Call.reference == call)).one()
    accounts = people.add(session, [f"juror{n}@jury.example" for n in range(size.jurors)], Role.JUROR, call_id=row.id)
    write(
        session, Grant, [{"person_id": accounts[0], "role": Role.CHAIR, "call_id": row.id, "granted_at": clock.now()}]
    )
    jurors = _jurors(session, row, accounts, country)
    readings = list(_readings(session, files, jurors, size.readers))
    write(session, JurorFile, ({"juror_id": r.juror, "application_id": r.file, "is_blocked": False} for r in readings))
    write(session, Assignment, (_assignment(r) for r in readings))
    _reviews(session, readings)
    session.execute(update(Call).where(Call.id == row.id).values(guide_frozen_at=clock.now()))
    return accounts


def _jurors(session: Session, call: Call, accounts: Sequence[int], country: str) -> list[int]:
    first, now = first_free(session, Juror), clock.now()
    write(
        session,
        Juror,
        (
            {
                "id": first + number,
                "reference": f"JUROR-{first + number:06d}",
                "call_id": call.id,
                "person_id": account,
                "countries": [country],
                "languages": ["en"],
                "topics": [],
                "contexts": [],
                "has_profile": True,
                "invited_at": now,
                "accepted_at": now,
            }
            for number, account in enumerate(accounts)
        ),
    )
    return [first + number for number in range(len(accounts))]


def _readings(session: Session, files: Sequence[int], jurors: Sequence[int], readers: int) -> Iterator[Reading]:
    number = first_free(session, Assignment)
    for place, file in enumerate(files):
        for turn in range(readers):
            yield Reading(number, file, jurors[(place * readers + turn) % len(jurors)], _LETTERS[turn])
            number += 1


def _assignment(reading: Reading) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": reading.number,
        "reference": f"READ-{reading.number:08d}",
        "juror_id": reading.juror,
        "application_id": reading.file,
        "pair_is_blocked": False,
        "position": reading.number,
        "pseudonym": reading.letter,
        "assigned_at": now,
        "declared_free_at": now,
    }


def _reviews(session: Session, readings: Sequence[Reading]) -> None:
    versions = dict(
        session.execute(
            select(Application.id, Application.version_id).where(
                Application.id.between(readings[0].file, readings[-1].file)
            )
        ).all()
    )
    # Nothing secret is made of it, and the same instance comes out every time.
    chance, weights = random.Random(2027), default_guide().weights  # noqa: S311
    first, now = first_free(session, Review) - readings[0].number, clock.now()
    rows, scores = [], []
    for reading in readings:
        values = {code: _value(chance, reading.file) for code in weights}
        total = weighted_total(weights, values).value
        rows.append(
            {
                "id": first + reading.number,
                "assignment_id": reading.number,
                "version_id": versions[reading.file],
                "state": ReviewState.DRAFT if reading.is_open else ReviewState.SUBMITTED,
                "paragraph": PARAGRAPH,
                "total": total,
                "started_at": now,
                "updated_at": now,
                "submitted_at": None if reading.is_open else now,
            }
        )
        scores += [
            {"review_id": first + reading.number, "criterion": code, "value": value, "reason": REASON}
            for code, value in values.items()
        ]
    write(session, Review, rows)
    write(session, Score, scores)


def _value(chance: random.Random, file: int) -> int:
    """Good files are found good by most."""
    return max(0, min(5, round(chance.gauss(2.2 + file % 5 * 0.5, 0.9))))


def open_reviews(accounts: Sequence[int]) -> list[tuple[int, str]]:
    """Juror's account and file of each review that is still open."""
    with db.reading() as session:
        query = (
            select(Juror.person_id, Application.reference)
            .join(Assignment, Assignment.juror_id == Juror.id)
            .join(Application, Application.id == Assignment.application_id)
            .join(Review, Review.assignment_id == Assignment.id)
            .where(Review.state == ReviewState.DRAFT, Juror.person_id.in_(accounts))
            .order_by(Assignment.id)
        )
        return [(row.person_id, row.reference) for row in session.execute(query)]
