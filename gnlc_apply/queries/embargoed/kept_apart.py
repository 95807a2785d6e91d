"""Which juror a conflict keeps from which file, in the words of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ConflictOfInterest, Juror, Person
from gnlc_apply.queries.embargoed import roster


@dataclass(frozen=True)
class KeptApart:
    """A juror who may not read a file, and every reason."""

    name: str
    reasons: tuple[Text, ...]


def reasons(call_id: int) -> Mapping[tuple[int, int], list[Text]]:
    """Every recorded reason of a call, by juror's and file's id; one statement."""
    return {pair: [words for _name, words in found] for pair, found in _rows(call_id).items()}


def by_file(call_id: int) -> Mapping[int, tuple[KeptApart, ...]]:
    """Who is kept from each file of a call, by name; one statement."""
    found: dict[int, list[KeptApart]] = defaultdict(list)
    for (_juror, file), said in _rows(call_id).items():
        found[file].append(KeptApart(said[0][0], tuple(words for _name, words in said)))
    return {file: tuple(sorted(kept, key=lambda k: k.name)) for file, kept in found.items()}


def _rows(call_id: int) -> dict[tuple[int, int], list[tuple[str, Text]]]:
    found: dict[tuple[int, int], list[tuple[str, Text]]] = defaultdict(list)
    query = (
        select(ConflictOfInterest, Application.country, Person.name)
        .join(Juror, Juror.id == ConflictOfInterest.juror_id)
        .join(Person, Person.id == Juror.person_id)
        .join(Application, Application.id == ConflictOfInterest.application_id)
        .where(Juror.call_id == call_id)
        .order_by(ConflictOfInterest.id)
    )
    for row, country, name in db.reader.execute(query):
        found[row.juror_id, row.application_id].append((name, roster.sentence_of(row, country)))
    return found
