"""Who and what is named: by a juror in the profile, by a city in its application. What the rules on names compare."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.jury.names import FileNames, JurorNames
from gnlc_apply.models import Application, ApplicationMember, Juror, Person
from gnlc_apply.queries.among import among
from gnlc_apply.questionnaire.constituents import signatory_key

# As far as the form lets a city go.
_SIGNATORIES, _SECTORS, _PRACTICES = range(21), range(1, 10), range(1, 4)
_PEOPLE = (*(signatory_key(number, "name") for number in _SIGNATORIES), "people.focal_name")
_ORGANISATION = "people.focal_organisation"
_PARTNERS = (
    *(f"partners.{number}.names" for number in _SECTORS),
    *(f"practices.{number}.partners" for number in _PRACTICES),
)
QUESTIONS = (*_PEOPLE, _ORGANISATION, *_PARTNERS)
# Cities write their partners one after the other.
_BETWEEN = re.compile(r"[;,\n•·]+")


def given(answers: Mapping[str, object], keys: Iterable[str]) -> list[str]:
    """What was answered to these questions."""
    return [str(answers[key]) for key in keys if answers.get(key)]


def people(session: Session, files: Iterable[Application]) -> dict[int, list[Person]]:
    """Who works on each file for its city."""
    found: dict[int, list[Person]] = defaultdict(list)
    query = (
        select(ApplicationMember.application_id, Person)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            among(ApplicationMember.application_id, [row.id for row in files]), ApplicationMember.removed_at.is_(None)
        )
    )
    for application_id, person in session.execute(query):
        found[application_id].append(person)
    return found


def of_juror(juror: Juror, person: Person) -> JurorNames:
    """The juror's own name, those of people close to the juror, and the juror's organisations."""
    return JurorNames(juror.reference, (person.name, *juror.related_names), tuple(juror.organisations))


def of_files(
    files: Sequence[Application],
    at_work: Mapping[int, Sequence[Person]],
    answers: Mapping[int, Mapping[str, object]],
) -> list[FileNames]:
    """The people of each file (who signs, the focal point, who works on it) and its organisations (partners)."""
    return [
        FileNames(
            row.reference,
            row.place_name,
            (*given(answers[row.id], _PEOPLE), *(person.name for person in at_work[row.id])),
            tuple(_organisations(answers[row.id])),
        )
        for row in files
    ]


def _organisations(answers: Mapping[str, object]) -> list[str]:
    listed = [part.strip() for text in given(answers, _PARTNERS) for part in _BETWEEN.split(text)]
    return [*given(answers, (_ORGANISATION,)), *(part for part in listed if part)]
