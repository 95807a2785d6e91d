"""What a proposal starts from: the jurors and files of a call with their ties, as the mathematics of the jury takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from gnlc_apply.core import clock
from gnlc_apply.jury import conflicts, names
from gnlc_apply.jury.conflicts import Conflict, Level
from gnlc_apply.jury.names import NameTie
from gnlc_apply.jury.panel import File
from gnlc_apply.jury.panel import Juror as Reader
from gnlc_apply.jury.spoken import read_languages, working_languages
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    ApplicationState,
    Assignment,
    ConflictOfInterest,
    Endorsement,
    Grant,
    Juror,
    JurorFile,
    Objection,
    Person,
    Role,
    StaffConflict,
    State,
)
from gnlc_apply.queries.among import among
from gnlc_apply.queries.signature_count import is_signed_and_confirmed
from gnlc_apply.questionnaire.answers import figure_of
from gnlc_apply.questionnaire.constituents import signatory_key
from gnlc_apply.services.case import STILL_AT_WORK
from gnlc_apply.services.ties import named

READABLE = (ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW)
CONTEXTS = ("megacity", "town", "rural")
_MEGACITY, _TOWN = 1_000_000, 50_000
_AREAS = tuple(f"focus_words.{number}.area" for number in range(1, 6))
# A consortium names up to twenty more who sign.
_SIGNATORIES = tuple(signatory_key(number, "email") for number in range(21))
_ADDRESSES = ("city.website", *_SIGNATORIES, "people.focal_email", "people.office_email")
_POPULATION = "city.population"


@dataclass
class Panel:
    """Jurors and files by reference, with the rows behind them, what keeps them apart, and who reads what already."""

    jurors: dict[str, Juror] = field(default_factory=dict)
    files: dict[str, Application] = field(default_factory=dict)
    readers: tuple[Reader, ...] = ()
    readables: tuple[File, ...] = ()
    found: tuple[Conflict | NameTie, ...] = ()
    kept_blocks: frozenset[tuple[str, str]] = frozenset()
    running: frozenset[tuple[str, str]] = frozenset()

    @property
    def blocked(self) -> frozenset[tuple[str, str]]:
        """Every (juror, file) pair that the rules found or somebody recorded."""
        return conflicts.blocked_pairs(self.found) | self.kept_blocks

    @property
    def questions(self) -> dict[tuple[str, str], dict[str, str]]:
        """What a juror is asked before reading a file, by pair: the rule's code and the names that agree."""
        found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        blocked = self.blocked
        for tie in self.found:
            if tie.level is Level.ASK and (pair := (tie.juror_id, tie.file_id)) not in blocked:
                before = found[pair].get(tie.code.value)
                found[pair][tie.code.value] = f"{before}; {tie.detail}" if before else tie.detail
        return dict(found)


def load(session: Session, call_id: int, juror: Juror | None = None, file: Application | None = None) -> Panel:
    """The panel of a call; with ``juror`` and ``file`` only of this pair. The statements do not grow with the rows."""
    jurors = _jurors(session, call_id, juror)
    files = _files(session, call_id, file)
    answers = _answers(session, [row.id for row, _region in files])
    panel = Panel(
        jurors={row.reference: row for row, _person in jurors},
        files={row.reference: row for row, _region in files},
        readers=tuple(_reader(row) for row, _person in jurors),
        readables=tuple(_readable(row, region, answers[row.id]) for row, region in files),
    )
    pairs = _kept(session, panel)
    panel.kept_blocks = frozenset(pair for pair, is_blocked in pairs.items() if is_blocked)
    panel.running = _running(session, panel)
    rows = [row for row, _region in files]
    people = named.people(session, rows)
    panel.found = (
        *conflicts.find_conflicts(_juror_ties(session, jurors, panel), _file_ties(rows, people, answers)),
        *names.name_ties(
            [named.of_juror(row, person) for row, person in jurors], named.of_files(rows, people, answers)
        ),
    )
    return panel


def _jurors(session: Session, call_id: int, only: Juror | None) -> list[tuple[Juror, Person]]:
    query = select(Juror, Person).join(Person, Person.id == Juror.person_id).order_by(Juror.id)
    chosen = Juror.id == only.id if only is not None else Juror.call_id == call_id
    is_there = Juror.ended_at.is_(None) & Juror.declined_at.is_(None)
    # Who has left keeps the readings that were submitted: they count as readers of their files.
    keeps = exists(select(1).where(Assignment.juror_id == Juror.id, Assignment.ended_at.is_(None)))
    rows = session.execute(query.where(chosen, is_there | keeps))
    return [(row[0], row[1]) for row in rows]


def _files(session: Session, call_id: int, only: Application | None) -> list[tuple[Application, str]]:
    query = select(Application, State.region).join(State, State.iso3 == Application.country).order_by(Application.id)
    if only is not None:
        query = query.where(Application.id == only.id)
    else:
        query = query.where(Application.call_id == call_id, Application.state.in_(READABLE), _is_ready())
    return [(row[0], str(row[1])) for row in session.execute(query)]


def _is_ready() -> ColumnElement[bool]:
    """With the jury already, or ready for it: signed, and no objection of the Commission possible any more.

    A file that is not waits, and the others go on; what the guards of ``begin_review`` say, as a condition of the list.
    """
    objection = exists(
        select(1)
        .where(Objection.endorsement_id == Endorsement.id, Endorsement.application_id == Application.id)
        .where(
            Endorsement.revoked_at.is_(None),
            Objection.objected_at.is_(None),
            Objection.lapsed_at.is_(None),
            Objection.due_at >= clock.now() - STILL_AT_WORK,
        )
    )
    return (Application.state == ApplicationState.IN_REVIEW) | (is_signed_and_confirmed() & ~objection)


def _answers(session: Session, ids: list[int]) -> dict[int, dict[str, object]]:
    found: dict[int, dict[str, object]] = defaultdict(dict)
    wanted = (*_AREAS, *_ADDRESSES, *named.QUESTIONS, _POPULATION)
    query = select(Answer.application_id, Answer.key, Answer.value).where(
        among(Answer.application_id, ids), Answer.key.in_(wanted)
    )
    for application_id, key, value in session.execute(query):
        found[application_id][key] = value
    return found


def _reader(row: Juror) -> Reader:
    return Reader(
        id=row.reference,
        country_codes=tuple(row.countries),
        region=row.region,
        languages=read_languages(row.languages),
        topics=dict.fromkeys(row.topics, 1.0),
        contexts=frozenset(row.contexts),
        capacity=row.capacity,
        is_available=row.accepted_at is not None and row.ended_at is None and row.declined_at is None,
        working_languages=working_languages(row.languages),
    )


def _readable(row: Application, region: str, answers: Mapping[str, object]) -> File:
    return File(
        id=row.reference,
        country=row.country,
        region=region,
        language=row.language,
        topics={str(answers[key]): 1.0 for key in _AREAS if answers.get(key)},
        context=context_of(answers.get(_POPULATION)),
    )


def context_of(population: object) -> str | None:
    """The type of place by its number of people: a million and more, 50,000 and more, fewer; None when it is not known."""
    people = figure_of(population)
    if people is None:
        return None
    return CONTEXTS[0] if people >= _MEGACITY else CONTEXTS[1] if people >= _TOWN else CONTEXTS[2]


def _kept(session: Session, panel: Panel) -> dict[tuple[str, str], bool]:
    """The pairs that have a row, by reference, and whether they are blocked."""
    query = (
        select(Juror.reference, Application.reference, JurorFile.is_blocked)
        .join(JurorFile, JurorFile.juror_id == Juror.id)
        .join(Application, Application.id == JurorFile.application_id)
        .where(
            among(Juror.id, [row.id for row in panel.jurors.values()]),
            among(Application.id, [row.id for row in panel.files.values()]),
        )
    )
    return {(juror, file): is_blocked for juror, file, is_blocked in session.execute(query)}


def _running(session: Session, panel: Panel) -> frozenset[tuple[str, str]]:
    query = (
        select(Juror.reference, Application.reference)
        .join(Assignment, Assignment.juror_id == Juror.id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.ended_at.is_(None),
            among(Juror.id, [row.id for row in panel.jurors.values()]),
            among(Application.id, [row.id for row in panel.files.values()]),
        )
    )
    return frozenset((juror, file) for juror, file in session.execute(query))


def _file_ties(
    files: Iterable[Application], people: Mapping[int, list[Person]], answers: Mapping[int, Mapping[str, object]]
) -> list[conflicts.FileTies]:
    return [
        conflicts.FileTies(
            row.reference, row.country, (*(p.email for p in people[row.id]), *named.given(answers[row.id], _ADDRESSES))
        )
        for row in files
    ]


def _juror_ties(session: Session, jurors: Iterable[tuple[Juror, Person]], panel: Panel) -> list[conflicts.JurorTies]:
    people = [person.id for _row, person in jurors]
    own, commissions, declared = (
        _own_files(session, people, panel),
        _commissions(session, people),
        _declared(session, panel),
    )
    return [
        conflicts.JurorTies(
            row.reference,
            residences=frozenset(row.countries[:1]),
            nationalities=frozenset(row.countries[1:]),
            addresses=(person.email,),
            declared_countries=declared[row.id],
            own_files=own[person.id],
            commission_countries=commissions[person.id],
        )
        for row, person in jurors
    ]


def _own_files(session: Session, people: list[int], panel: Panel) -> dict[int, frozenset[str]]:
    """Files on which these people work for the city, or to which they declared a tie as staff."""
    found: dict[int, set[str]] = defaultdict(set)
    by_id = {row.id: reference for reference, row in panel.files.items()}
    member = select(ApplicationMember.person_id, ApplicationMember.application_id).where(
        among(ApplicationMember.person_id, people),
        among(ApplicationMember.application_id, by_id),
        ApplicationMember.removed_at.is_(None),
    )
    staff = select(StaffConflict.person_id, StaffConflict.application_id).where(
        among(StaffConflict.person_id, people), among(StaffConflict.application_id, by_id)
    )
    for person_id, application_id in session.execute(member.union_all(staff)):
        found[person_id].add(by_id[application_id])
    return defaultdict(frozenset, {person: frozenset(files) for person, files in found.items()})


def _commissions(session: Session, people: list[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    query = select(Grant.person_id, Grant.country).where(
        among(Grant.person_id, people), Grant.role == Role.COMMISSION, Grant.revoked_at.is_(None)
    )
    for person_id, country in session.execute(query):
        found[person_id].add(country or "")
    return defaultdict(frozenset, {person: frozenset(countries) for person, countries in found.items()})


def _declared(session: Session, panel: Panel) -> dict[int, frozenset[str]]:
    """Countries that the jurors declared: files of them that come later are blocked too."""
    found: dict[int, set[str]] = defaultdict(set)
    query = (
        select(ConflictOfInterest.juror_id, Application.country)
        .join(Application, Application.id == ConflictOfInterest.application_id)
        .where(
            ConflictOfInterest.code == conflicts.ConflictCode.DECLARED_COUNTRY,
            among(ConflictOfInterest.juror_id, [row.id for row in panel.jurors.values()]),
        )
    )
    for juror_id, country in session.execute(query):
        found[juror_id].add(country)
    return defaultdict(frozenset, {juror: frozenset(countries) for juror, countries in found.items()})
