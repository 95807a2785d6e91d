"""How a file's adjusted average came about, and what can be said of the jury as a whole: for whoever sees the ranking.

The secretariat reads names. The chair, a juror among jurors, reads none: in the report jurors are numbered from the strictest
to the most generous, and of a file the chair reads how strict its readers are together. How strict one of them is would tie
the letters under which that juror stands on different files together. Files whose scores are closed to a viewer are in
no list, and with one of them nothing is told from which its scores could be worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import Juror, Person, Role
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.embargoed.figures import Figures, FileFigures, JurorFigures
from gnlc_apply.queries.embargoed.ranking import RankedFile, Ranking, ranking
from gnlc_apply.queries.embargoed.standing_figures import HoldingFigures, holding

# Rounded for everybody; coarser where a closed file could be worked out of the rest.
_PLACES, _PLACES_BESIDE_A_CLOSED_FILE = 2, 1


@dataclass(frozen=True)
class ReaderShare:
    """One reader of a file: name, total, and how strict that juror is, in points."""

    name: str
    total: float
    severity: float

    @property
    def corrected(self) -> float:
        """The total with the strictness taken out."""
        return self.total + self.severity


@dataclass(frozen=True)
class Computation:
    """How a file's adjusted average came about. ``readers``: empty for the chair."""

    ranking: Ranking
    file: RankedFile
    held: HoldingFigures
    readers: tuple[ReaderShare, ...]

    @property
    def figures(self) -> FileFigures | None:
        """Of this file; None where the jury cannot be compared, or is not computed yet."""
        return self.held.figures.files.get(self.file.reference) if self.held.figures else None


@dataclass(frozen=True)
class JurorLine:
    """A juror in the report. ``name``: None for the chair, who is never shown ``reference`` either; ``number``: from the strictest; ``changed``: of how many files the
    standing changes without this juror, and ``changes`` which, empty for the chair: both of files that the viewer sees.
    """

    number: int
    reference: str
    name: str | None
    figures: JurorFigures
    changed: int
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What can be said of the jury as a whole. ``has_closed``: scores of a file are closed to this viewer; ``is_named``:
    the viewer reads names; ``places``: so many decimals are told.
    """

    ranking: Ranking
    held: HoldingFigures
    jurors: tuple[JurorLine, ...]
    has_closed: bool
    is_named: bool
    places: int

    @property
    def figures(self) -> Figures | None:
        """The figures, where the jury could be compared."""
        found = self.held.figures
        return found if found is not None and found.is_computed else None

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """Agreement, other ways of counting, variance, audit: as ``jury.figures.compute`` made it, for this viewer."""
        found = self.held.figures.summary if self.held.figures else {}
        if not self.has_closed:
            return found
        # How a group of files fared, and what one more of it would cost, tells of the one that is closed, when the others are known.
        return {**found, "outcomes": {}, "languages": {}, "prices": [], "wrong": None}

    @property
    def of_its_day(self) -> Text | None:
        """That these figures were kept before the report had all that it has now; None where nothing is missing."""
        if self.figures is None or "affinities" in self.summary:
            return None
        return Text(
            "These figures are kept as they were computed then: by the method of their day, this was not looked at."
        )

    @cached_property
    def place_of(self) -> Mapping[str, str]:
        """The places that this viewer may judge, by the file's reference."""
        return _open(self.ranking)

    def seen(self, references: Any) -> tuple[str, ...]:
        """The places behind these references, without those that are closed to the viewer."""
        return tuple(sorted(self.place_of[one] for one in references if one in self.place_of))


def computation(viewer: Actor, now: datetime, call: str, application: str) -> Computation:
    """How the adjusted average of a file came about. Raises NotFound for a call or file whose scores are closed."""
    found = ranking(viewer, now, call)
    file = next((one for one in found.files if one.reference == application and one.closed is None), None)
    if file is None:
        raise NotFound()
    held = holding(found)
    readers: tuple[ReaderShare, ...] = ()
    if held.figures and _reads_names(viewer):
        totals, jurors, names = held.totals.get(application, {}), held.figures.jurors, _names(found.call.id)
        shares = [
            ReaderShare(names.get(one, one), total, jurors[one].severity)
            for one, total in totals.items()
            if one in jurors
        ]
        readers = tuple(sorted(shares, key=lambda one: (one.name, one.total)))
    return Computation(found, file, held, readers)


def report(viewer: Actor, now: datetime, call: str) -> Report:
    """What can be said of a jury: two statements more than its ranking. Raises NotFound."""
    found = ranking(viewer, now, call)
    held = holding(found)
    has_closed = any(file.closed is not None for file in found.files)
    places = _PLACES_BESIDE_A_CLOSED_FILE if has_closed else _PLACES
    is_named = _reads_names(viewer)
    names = _names(found.call.id) if is_named else {}
    jurors = _jurors(held.figures, names, _open(found), places)
    return Report(found, held, jurors, has_closed, is_named, places)


def cautions(found: Ranking) -> tuple[Text, ...]:
    """What to bear in mind with the adjusted averages of a ranking; nothing for who does not see every file."""
    is_whole = found.has_figures and all(file.closed is None for file in found.files)
    return found.figures.cautions if is_whole and found.figures is not None else ()


def _jurors(
    figures: Figures | None, names: Mapping[str, str], seen: Mapping[str, str], places: int
) -> tuple[JurorLine, ...]:
    """The strictest first: an order that the figures give, and no list of names."""
    found = figures.jurors if figures else {}
    lines: list[JurorLine] = []
    for reference, one in sorted(found.items(), key=lambda one: (-one[1].severity, one[1].files, one[1].changes)):
        changes = tuple(sorted(seen[file] for file in one.changes if file in seen))
        name = names.get(reference, reference) if names else None
        listed = changes if names else ()
        lines.append(JurorLine(len(lines) + 1, reference, name, _rounded(one, places), len(changes), listed))
    return tuple(lines)


def _rounded(figures: JurorFigures, places: int) -> JurorFigures:
    values: dict[str, Any] = {
        name: None if value is None else round(value, places)
        for name, value in vars(figures).items()
        if name in ("severity", "low", "high", "spread", "slope")
    }
    return JurorFigures(**{**vars(figures), **values})


def _open(found: Ranking) -> dict[str, str]:
    return {file.reference: file.place_name for file in found.files if file.closed is None}


def _reads_names(viewer: Actor) -> bool:
    return viewer.holds(Role.OFFICER, Role.DIRECTOR)


def _names(call_id: int) -> dict[str, str]:
    query = select(Juror.reference, Person.name).join(Person, Person.id == Juror.person_id)
    return {row.reference: row.name for row in db.reader.execute(query.where(Juror.call_id == call_id))}
