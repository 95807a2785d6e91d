"""Submitted readings of a call and what the plain method makes of them. Read inside a unit of work by the commands, and
through ``embargoed.ranking`` by the pages, so that both count alike."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.jury import given
from gnlc_apply.jury.averages import FileAverage, Outcome, Reading, Shortfall, Standard, apply_standard, file_averages
from gnlc_apply.jury.spoken import working_languages
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    Juror,
    Review,
    ReviewState,
    Score,
    State,
)
from gnlc_apply.queries.questionnaire import guide_of
from gnlc_apply.questionnaire import Guide

# While the jury works, and afterwards for the archive.
COUNTED_STATES = (ApplicationState.IN_REVIEW, ApplicationState.ADMITTED, ApplicationState.NOT_ADMITTED)


@dataclass(frozen=True)
class Counted:
    """Every submitted reading of the call's files, their averages and what the standard says, by file reference."""

    guide: Guide
    readings: tuple[Reading, ...]
    averages: Mapping[str, FileAverage]
    outcomes: Mapping[str, Outcome]

    def outcome(self, reference: str) -> Outcome:
        """What the standard says of a file; of one without a complete reading, that there is none."""
        unread = Outcome(reference, is_recommended=False, is_tied=False, shortfalls=(Shortfall.NO_READING,))
        return self.outcomes.get(reference, unread)

    def sign(self, references: Iterable[str]) -> str:
        """A sign of what these files' readings say now: who confirms a recommendation confirms it of this."""
        shown = [(one, self.averages.get(one), self.outcome(one).is_recommended) for one in sorted(references)]
        return hashlib.sha256(repr(shown).encode()).hexdigest()


def count(session: Session, call: Call) -> Counted:
    """Count a call: two statements, however many readings there are. Ended assignments do not count."""
    guide = guide_of(session, call.guide_version_id)
    found = tuple(_readings(session, call.id))
    averages = file_averages(found, guide.weights)
    standard = Standard(call.standard, call.criterion_minimum, call.places)
    return Counted(guide, found, averages, apply_standard(averages, standard))


def _readings(session: Session, call_id: int) -> list[Reading]:
    query = (
        select(Application.reference, Juror.reference.label("juror"), Score.criterion, Score.value)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Score, Score.review_id == Review.id)
        .where(
            Application.call_id == call_id,
            Application.state.in_(COUNTED_STATES),
            Assignment.ended_at.is_(None),
            Review.state == ReviewState.SUBMITTED,
        )
        .order_by(Application.reference, Juror.reference, Score.criterion)
    )
    scores: dict[tuple[str, str], dict[str, float | None]] = defaultdict(dict)
    for file, juror, criterion, value in session.execute(query):
        scores[juror, file][criterion] = value
    return [Reading(juror, file, values) for (juror, file), values in scores.items()]


def roster(session: Session, call_id: int) -> list[str]:
    """The references of the jurors who took part, sorted."""
    query = select(Juror.reference).where(Juror.call_id == call_id, Juror.accepted_at.is_not(None))
    return sorted(session.scalars(query))


def inputs_sha256(call: Call, counted: Counted) -> str:
    """The digest of what the jury's figures are computed from: scores, weights, jurors, rule, method and seed."""
    inputs = {
        "method": given.VERSION,
        "seed": given.seed_of(call.reference),
        "draws": given.DRAWS,
        "rule": [call.standard, call.criterion_minimum, call.places, call.quota],
        "weights": counted.guide.weights,
        "readings": [[reading.file_id, reading.juror_id, dict(reading.scores)] for reading in counted.readings],
    }
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def given_of(session: Session, call: Call, counted: Counted) -> given.Given:
    """The same readings as the mathematics of the jury takes them, in the order of their rows: three statements."""
    reads = _reads(session, call.id, counted)
    read_by = {(read.file, read.juror) for read, _ in reads}
    files, jurors = {file for file, _ in read_by}, {juror for _, juror in read_by}
    return given.Given(
        files=tuple(file for file in _files(session, call.id) if file.id in files),
        jurors=tuple(juror for juror in _jurors(session, call.id) if juror.id in jurors),
        readings=tuple(read for read, _ in reads),
        weights=counted.guide.weights,
        threshold=call.standard,
        minimum=call.criterion_minimum,
        places=call.places,
        quota=call.quota,
        is_random=all(is_drawn for _, is_drawn in reads),
        seed=given.seed_of(call.reference),
    )


def _files(session: Session, call_id: int) -> list[given.File]:
    query = (
        select(Application.reference, Application.country, State.region, Application.language)
        .join(State, State.iso3 == Application.country)
        .where(Application.call_id == call_id, Application.state.in_(COUNTED_STATES))
        .order_by(Application.id)
    )
    return [given.File(file, land, region.value, language) for file, land, region, language in session.execute(query)]


def _jurors(session: Session, call_id: int) -> list[given.Juror]:
    query = select(Juror.reference, Juror.region, Juror.languages).where(Juror.call_id == call_id).order_by(Juror.id)
    return [
        given.Juror(juror, region, tuple(sorted(working_languages(languages))))
        for juror, region, languages in session.execute(query)
    ]


def _reads(session: Session, call_id: int, counted: Counted) -> list[tuple[given.Read, bool]]:
    """The readings that were counted, and whether the seeded draw handed the file out."""
    query = (
        select(Application.reference, Juror.reference.label("juror"), Assignment.position, Assignment.proposal_id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .where(Application.call_id == call_id, Assignment.ended_at.is_(None))
    )
    places = {(file, juror): (position, proposal) for file, juror, position, proposal in session.execute(query)}
    found = []
    for reading in counted.readings:
        position, proposal = places.get((reading.file_id, reading.juror_id), (0, None))
        read = given.Read(reading.file_id, reading.juror_id, dict(reading.scores), position)
        found.append((read, proposal is not None))
    return found
