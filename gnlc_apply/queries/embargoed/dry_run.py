"""What the announcement would do, shown before it does it, and the letters with real values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Cohort, LetterKind
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.cohort import Release, ReleaseCity, assemble, words_of
from gnlc_apply.queries.embargoed import standing as standings
from gnlc_apply.queries.embargoed.cohorts import find, hidden_from
from gnlc_apply.queries.embargoed.letters import (
    Occasion,
    PlannedLetter,
    city_letter,
    commission_letter,
    planned,
)
from gnlc_apply.queries.embargoed.standing import Line, Standing
from gnlc_apply.queries.figures import ReleaseFigures


@dataclass(frozen=True)
class FileChange:
    """What happens to one file."""

    reference: str
    name: str
    country: str
    is_visible: bool
    is_admitted: bool
    is_returning: bool
    letters: int
    has_feedback: bool


@dataclass(frozen=True)
class LetterGroup:
    """Letters of one kind in one language."""

    kind: LetterKind
    language: str
    number: int


@dataclass(frozen=True)
class DryRun:
    """Exactly what would change."""

    cohort: str
    title: str
    call: str
    on: date
    announce_at: datetime | None
    figures: ReleaseFigures
    files: tuple[FileChange, ...]
    undecided: int
    letters: tuple[PlannedLetter, ...]
    groups: tuple[LetterGroup, ...]

    @property
    def people(self) -> int:
        """How many different addresses are written to."""
        return len({letter.recipient for letter in self.letters})

    @property
    def languages(self) -> int:
        """In how many languages."""
        return len({letter.language for letter in self.letters})

    @property
    def unwritten(self) -> tuple[FileChange, ...]:
        """Files nobody of whom can be written to."""
        return tuple(file for file in self.files if not file.letters)

    @property
    def untold(self) -> tuple[FileChange, ...]:
        """Files that are not admitted and whose city will read nothing of the jury's reading."""
        return tuple(file for file in self.files if file.is_visible and not file.is_admitted and not file.has_feedback)


def _day(row: Cohort, now: datetime) -> date:
    """As the announcement reckons it (services.cohort.finding.day_of)."""
    return max(row.announce_at, now).date() if row.announce_at else now.date()


def _occasion(row: Cohort, call: Call, standing: Standing, on: date) -> Occasion:
    return Occasion(row, call, standing.figures(on), on, standing.letters)


def dry_run(viewer: Actor, reference: str, now: datetime) -> DryRun:
    """The announcement without doing it, from the same plan: eleven statements."""
    require(viewer, Permission.SEE_SECRETARIAT)
    session = db.reader
    row, call = find(session, reference)
    standing = standings.load(session, row)
    on = _day(row, now)
    occasion = _occasion(row, call, standing, on)
    hidden = hidden_from(viewer, session, row)
    letters = planned(session, occasion, standing)
    written = Counter(letter.application_id for letter in letters)
    earlier = {period.city_id for period in standing.held}
    decided = (*standing.approved(), *standing.not_approved())
    return DryRun(
        cohort=row.reference,
        title=row.title,
        call=call.reference,
        on=on,
        announce_at=row.announce_at,
        figures=occasion.figures,
        files=tuple(_change(line, hidden, earlier, written[line.application_id]) for line in decided),
        undecided=len(standing.with_jury()) - len(decided),
        letters=tuple(letter for letter in letters if _is_shown(letter, decided, hidden)),
        groups=_groups(letters),
    )


def _change(line: Line, hidden: frozenset[int], earlier: set[int], letters: int) -> FileChange:
    is_visible = line.application_id not in hidden
    return FileChange(
        reference=line.reference,
        name=line.name,
        country=line.country,
        is_visible=is_visible,
        is_admitted=is_visible and line.outcome == "approved",
        is_returning=is_visible and line.city_id in earlier,
        letters=letters,
        has_feedback=is_visible and bool(line.feedback),
    )


def _is_shown(letter: PlannedLetter, decided: Sequence[Line], hidden: frozenset[int]) -> bool:
    """A letter to a hidden file's city, or to its Commission, would tell the outcome."""
    if letter.application_id is not None:
        return letter.application_id not in hidden
    countries = {line.country for line in decided if line.application_id in hidden}
    return letter.key.split(":")[2] not in countries


def _groups(letters: Sequence[PlannedLetter]) -> tuple[LetterGroup, ...]:
    counted = Counter((letter.kind, letter.language) for letter in letters)
    return tuple(LetterGroup(kind, language, number) for (kind, language), number in sorted(counted.items()))


def release_preview(viewer: Actor, reference: str, now: datetime) -> tuple[Release, int]:
    """The release as it would be, and how many of its cities a conflict hides from the viewer."""
    require(viewer, Permission.SEE_SECRETARIAT)
    session = db.reader
    row, _call = find(session, reference)
    standing = standings.load(session, row)
    hidden = hidden_from(viewer, session, row)
    approved = standing.approved()
    shown = [line for line in approved if line.application_id not in hidden]
    earlier = {period.city_id for period in standing.held}
    cities = [
        ReleaseCity(
            name=line.name,
            reference="",
            country=line.country,
            country_name=country_name(line.country, "en"),
            region=line.region,
            sort_key=fold(line.name),
            is_capital=line.is_capital,
            is_returning=line.city_id in earlier,
        )
        for line in shown
    ]
    counted = standing.figures(_day(row, now))
    if len(shown) < len(approved):
        counted = _without_names(counted, shown)
    return assemble(words_of(row), cities, counted, None), len(approved) - len(shown)


def _without_names(counted: ReleaseFigures, shown: Sequence[Line]) -> ReleaseFigures:
    """The same numbers, with only those names in the lists that the viewer may see."""
    labels = {f"{line.name} ({line.country})" for line in shown}
    countries = {line.country for line in shown}
    return replace(
        counted,
        capitals=tuple(name for name in counted.capitals if name in labels),
        returning_members=tuple(name for name in counted.returning_members if name in labels),
        first_time_countries=tuple(code for code in counted.first_time_countries if code in countries),
    )


@dataclass(frozen=True)
class LetterPreview:
    """A letter with the real values of one city or country."""

    language: str
    subject: str
    body: str
    about: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


def letter_preview(
    viewer: Actor, reference: str, kind: LetterKind, text: tuple[str, str, str], about: str, now: datetime
) -> LetterPreview | None:
    """A letter's text (language, subject, body), saved or not, with the values of one file or country.

    ``about`` is an application's reference, or a country's code for the letter to Commissions; without it the first that
    fits. None when there is nobody yet to write to.
    """
    require(viewer, Permission.SEE_SECRETARIAT)
    session = db.reader
    row, call = find(session, reference)
    standing = standings.load(session, row)
    hidden = hidden_from(viewer, session, row)
    language, subject, body = text
    on = _day(row, now)
    occasion = Occasion(row, call, standing.figures(on), on, {(kind, language): (subject, body)})
    visible = [line for line in standing.with_jury() if line.application_id not in hidden]
    if kind is LetterKind.COMMISSION:
        return _commission_preview(occasion, visible, language, about)
    outcome = "approved" if kind is LetterKind.ADMITTED else "not_approved"
    lines = {line.reference: line for line in visible if line.outcome == outcome}
    chosen = lines.get(about) or next(iter(lines.values()), None)
    if chosen is None:
        return None
    _found, filled, letter = city_letter(occasion, kind, chosen, "Example Person", language)
    choices = tuple((line.reference, line.name) for line in lines.values())
    return LetterPreview(language, filled, letter, chosen.name, choices, chosen.reference)


def _commission_preview(occasion: Occasion, visible: Sequence[Line], language: str, about: str) -> LetterPreview | None:
    countries = sorted({line.country for line in visible})
    if not countries:
        return None
    country = about if about in countries else countries[0]
    lines = [line for line in visible if line.country == country]
    _found, subject, body = commission_letter(occasion, country, lines, "Example Person", language)
    choices = tuple((code, country_name(code, "en")) for code in countries)
    return LetterPreview(language, subject, body, country_name(country, "en"), choices, country)
