"""Which juror a conflict keeps from which file, and what jurors are asked, in the words of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.conflicts import Level
from gnlc_apply.models import Application, ConflictOfInterest, Juror, Person, TieAnswer
from gnlc_apply.queries.embargoed import roster

_OPEN: Mapping[str | None, Text] = {None: Text("asked about a tie"), TieAnswer.SECRETARIAT: Text("tie: decide")}


@dataclass(frozen=True)
class KeptApart:
    """A juror who may not read a file, and every reason."""

    name: str
    reasons: tuple[Text, ...]


@dataclass(frozen=True)
class Ties:
    """By juror's and file's id: the reasons that keep them apart, and what is still open between them."""

    reasons: Mapping[tuple[int, int], list[Text]]
    open_questions: Mapping[tuple[int, int], Text]


@dataclass
class _Found:
    name: str
    reasons: list[Text] = field(default_factory=list)
    question: Text | None = None


def ties(call_id: int) -> Ties:
    """Every reason and every open question of a call; one statement."""
    found = _rows(call_id)
    return Ties(
        reasons={pair: one.reasons for pair, one in found.items() if one.reasons},
        open_questions={pair: one.question for pair, one in found.items() if one.question and not one.reasons},
    )


def by_file(call_id: int) -> Mapping[int, tuple[KeptApart, ...]]:
    """Who is kept from each file of a call, by name; one statement."""
    found: dict[int, list[KeptApart]] = defaultdict(list)
    for (_juror, file), one in _rows(call_id).items():
        if one.reasons:
            found[file].append(KeptApart(one.name, tuple(one.reasons)))
    return {file: tuple(sorted(kept, key=lambda k: k.name)) for file, kept in found.items()}


def _rows(call_id: int) -> dict[tuple[int, int], _Found]:
    found: dict[tuple[int, int], _Found] = {}
    query = (
        select(ConflictOfInterest, Application.country, Person.name)
        .join(Juror, Juror.id == ConflictOfInterest.juror_id)
        .join(Person, Person.id == Juror.person_id)
        .join(Application, Application.id == ConflictOfInterest.application_id)
        .where(Juror.call_id == call_id)
        .order_by(ConflictOfInterest.id)
    )
    for row, country, name in db.reader.execute(query):
        one = found.setdefault((row.juror_id, row.application_id), _Found(name))
        if row.level == Level.BLOCK:
            one.reasons.append(roster.sentence_of(row, country))
        elif row.answer in _OPEN:
            one.question = _OPEN[row.answer]
    return found
