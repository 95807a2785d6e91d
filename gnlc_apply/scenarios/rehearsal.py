"""A rehearsal: a whole call on a fast clock in a scratch database, for any list of cities, by the same commands."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import figures, instance, questionnaire
from gnlc_apply.queries.figures import ReleaseFigures
from gnlc_apply.scenarios import invariants, invention, paths, places
from gnlc_apply.scenarios.agenda import Agenda
from gnlc_apply.scenarios.answers import Place
from gnlc_apply.scenarios.calendar_of_call import Calendar, counted_back
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.scenarios.chain import CallRun, carry
from gnlc_apply.scenarios.haste import hurrying
from gnlc_apply.scenarios.progress import Progress
from gnlc_apply.services import member, schema
from gnlc_apply.services.member_list import (
    CityRow,
    MemberList,
    StateRow,
    by_code,
    check_quota,
    check_states,
    read_list,
    read_states,
)

QUOTA = 3
EARLIEST, LATEST = date(2013, 6, 1), date(2100, 1, 1)


class BrokenRules(Exception):
    """Something happened that must never happen (process.md section 9)."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Lists:
    """What a rehearsal starts from, read and checked."""

    states: tuple[StateRow, ...]
    cohort: MemberList
    members: tuple[MemberList, ...]
    dates: Calendar


def shipped_states() -> tuple[StateRow, ...]:
    """The states of UNESCO that this release brings along."""
    return read_states((files("gnlc_apply.scenarios") / "data" / "states.csv").read_bytes())


def read(cohort: Path, members: Sequence[Path], on: date) -> Lists:
    """Read and check everything before anything is done.

    Raises ListError naming line and reason, Invalid for a day on which no call can be announced.
    """
    if not EARLIEST <= on <= LATEST:
        raise Invalid(Text("A call can be announced from %(first)s to %(last)s.", first=EARLIEST, last=LATEST))
    dates = counted_back(datetime.combine(on, time(9), UTC))
    states = shipped_states()
    known = by_code(states)
    found = read_list(cohort, known)
    check_quota(found, QUOTA)
    check_states(found, known, on)
    # The rules ask on the day of the deadline too; a city cannot begin before its state is a member.
    check_states(found, known, dates.opens_at.date())
    return Lists(states, found, tuple(read_list(path, known) for path in members), dates)


@contextmanager
def scratch() -> Iterator[None]:
    """A database and a folder of our own, gone afterwards; settings and database are as before."""
    before = _settings_now()
    with tempfile.TemporaryDirectory(prefix="gnlc-rehearsal-") as folder:
        settings = config.Settings(
            instance=Path(folder),
            database_url=f"sqlite:///{Path(folder) / 'rehearsal.sqlite3'}",
            secret_key=secrets.token_urlsafe(48),
            mail=config.MailSettings(backend="mailbox"),
        )
        config.use(settings)
        _forget()
        db.create(settings.database_url)
        try:
            with hurrying():
                yield
        finally:
            db.close()
            _forget()
            if before is not None:
                config.use(before)
                db.open(before.database_url)


def _settings_now() -> config.Settings | None:
    try:
        return config.current()
    except config.ConfigurationError:
        return None


def _forget() -> None:
    instance.forget()
    questionnaire.forget()


def _prepare(lists: Lists) -> None:
    """States and earlier members are known before the call is made."""
    eve = lists.dates.created_at - timedelta(days=1)
    with clock.at(eve):
        schema.upgrade()
        schema.mark(is_demo=True)
        member.import_states(actor=SYSTEM, rows=lists.states)
        for earlier in lists.members:
            member.import_members(actor=SYSTEM, rows=earlier.rows, known_by=eve.date(), source=earlier.name)
        note_returning(lists.cohort.rows, lists.dates.announce_at.date(), lists.cohort.name)


def note_returning(rows: Sequence[CityRow], listed_on: date, source: str) -> None:
    """Cities of the list that count as members had left by then: their earlier period ends, so that they may apply."""
    wanted = {(row.country, row.folded) for row in rows}
    with db.reading() as session:
        known = session.execute(select(City.reference, City.country, City.folded_name)).all()
    returning = [row.reference for row in known if (row.country, row.folded_name) in wanted]
    if returning:
        member.note_later_list(actor=SYSTEM, cities=returning, listed_on=listed_on, source=source)


def rehearse(lists: Lists, progress: Progress | None = None) -> dict[str, Any]:
    """Run the whole call and give the figures of its release as they are printed.

    Raises BrokenRules with everything that must never happen and did.
    """
    with scratch():
        _prepare(lists)
        agenda = Agenda()
        year = lists.dates.announce_at.year
        people = Cast("rehearsal")
        run = CallRun(
            people,
            agenda,
            lists.dates,
            title=f"Rehearsed call {year}",
            cohort_title=f"New members {year}",
            year=year,
            quota=QUOTA,
        )
        agenda.plan(lists.dates.created_at, people.secretariat)
        carry(run, [_place(row) for row in lists.cohort.rows])
        agenda.run("The call", progress)
        with clock.at(lists.dates.announce_at + timedelta(days=1)):
            findings = [*invariants.broken(), *_differences(lists, run.cohort), *paths.lost(run), *paths.differing(run)]
        if findings:
            raise BrokenRules(findings)
        return as_printed(figures_of(run.cohort))


def _place(row: CityRow) -> Place:
    return places.real(row, invention.rng("quality", row.country, row.name).uniform(3.6, 4.7))


def figures_of(cohort: str) -> ReleaseFigures:
    """The figures that were frozen with a cohort. Raises Conflict when it was not announced."""
    with db.reading() as session:
        kept = session.scalars(select(Cohort.figures).where(Cohort.reference == cohort)).one()
    if not kept:
        raise Conflict(Text("This cohort has not been announced."))
    return ReleaseFigures.thawed(kept)


def _differences(lists: Lists, cohort: str) -> list[str]:
    """What the release must say of the list it came from, counted here without the system's formulas."""
    found = figures_of(cohort)
    rows = lists.cohort.rows
    regions = {region: sum(1 for row in rows if row.region == region) for region in figures.REGIONS}
    expected = (len(rows), len({row.country for row in rows}), regions)
    if (found.new_members, found.countries, found.regions) != expected:
        return [f"the release says {found.new_members}, {found.countries}, {found.regions}; the list {expected}"]
    return []


def as_printed(found: ReleaseFigures) -> dict[str, Any]:
    """The figures of a release in the keys and the order that are documented in docs/rehearsal.md."""
    return {
        "headline": str(figures.headline(found)),
        "new_members": found.new_members,
        "countries": found.countries,
        "regions": found.regions,
        "first_time_countries": list(found.first_time_countries),
        "returning_members": list(found.returning_members),
        "total_members": found.total_members,
        "total_countries": found.total_countries,
    }
