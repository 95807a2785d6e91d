"""The formulas of release and registry: on small periods, and on the real lists announced on 14 February 2024."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Outcome
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import cohort as releases
from gnlc_apply.queries import figures
from gnlc_apply.queries.figure_words import explained
from gnlc_apply.queries.figures import NewCity, Period, ReleaseFigures, release_figures
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision, member, member_list
from gnlc_apply.services.cohort import tick
from gnlc_apply.services.command import Unit, command
from tests.services.cohort import ground

DAY = date(2024, 2, 14)
DATA = files("gnlc_apply.scenarios.data")


def _period(city: int, country: str, start: date, until: date | None = None, people: int | None = None) -> Period:
    return Period(city, f"City {city}", country, "Africa", people, start, None, until)


def test_a_period_counts_from_its_first_day_until_the_day_before_its_end() -> None:
    period = _period(1, "SEN", date(2020, 1, 1), date(2024, 1, 1))
    assert [period.counts_on(day) for day in (date(2019, 12, 31), date(2020, 1, 1), date(2023, 12, 31), date(2024, 1, 1))] == [
        False, True, True, False,
    ]  # fmt: skip
    known = Period(1, "X", "SEN", "Africa", None, None, date(2020, 1, 1), None)
    assert known.counts_on(date(2020, 1, 1))
    assert not known.counts_on(date(2019, 12, 31))


def test_totals_are_counted_not_added_up() -> None:
    held = [
        _period(1, "SEN", date(2020, 1, 1), people=10),
        _period(2, "BEL", date(2020, 1, 1), DAY),
        _period(3, "NLD", date(2020, 1, 1), date(2021, 1, 1)),
        _period(4, "FRA", date(2030, 1, 1)),
    ]
    new = [
        NewCity(2, "City 2", "BEL", "Europe and North America", population=5),
        NewCity(5, "Praia", "CPV", "Africa", is_capital=True),
    ]
    found = release_figures(new, held, DAY)
    assert (found.members_before, found.total_members, found.total_countries) == (1, 3, 3)
    assert found.first_time_countries == ("CPV",)
    assert found.returning_members == ("City 2 (BEL)",)
    assert found.capitals == ("Praia (CPV)",)
    assert list(found.regions) == [
        "Africa", "Arab States", "Asia and the Pacific", "Europe and North America", "Latin America and the Caribbean",
    ]  # fmt: skip
    assert (found.citizens, found.citizens_known_for) == (15, 2)
    assert ReleaseFigures.thawed(found.frozen()) == found


@pytest.mark.parametrize(
    ("members", "countries", "words"),
    [
        (1, 1, "UNESCO Global Network of Learning Cities: one new member"),
        (2, 1, "UNESCO Global Network of Learning Cities: 2 new members from one country"),
        (56, 29, "UNESCO Global Network of Learning Cities: 56 new members from 29 countries"),
    ],
)
def test_the_headline_is_a_sentence(members: int, countries: int, words: str) -> None:
    empty = release_figures([], [], DAY)
    found = ReleaseFigures(**{**empty.__dict__, "new_members": members, "countries": countries})
    assert str(figures.headline(found)) == words


def test_every_figure_carries_its_basis() -> None:
    for is_incomplete in (True, False):
        found = release_figures([], [], DAY, history_is_incomplete=is_incomplete)
        bases = {figure.key: str(figure.basis) for figure in explained(found)}
        assert bases["citizens"] == "Populations known for 0 of 0 members."
        assert ("incomplete" in bases["total_members"]) is is_incomplete
        assert all(str(figure.label) and str(figure.basis) for figure in explained(found))


@command()
def _create(unit: Unit, *, actor: object, rows: list[member_list.CityRow], known: Mapping[str, str]) -> list[str]:
    new = [member.NewCity(row.country, row.name, source="test") for row in rows if row.label not in known]
    made = iter(member.create_cities(unit, new, on=unit.now.date()))
    return [known.get(row.label) or next(made) for row in rows]


def _lists() -> tuple[list[member_list.CityRow], dict[str, str]]:
    """States and the two earlier lists are in the registry; the 2024 list, and which of its cities are known."""
    states = member_list.read_states(DATA.joinpath("states.csv").read_bytes())
    by_code = member_list.by_code(states)
    earlier, announced, latest = (
        member_list.read_list(DATA.joinpath(name).read_bytes(), by_code)
        for name in ("members_before_2022.csv", "cohort_2022.csv", "cohort_2024.csv")
    )
    member.import_states(actor=SYSTEM, rows=states)
    member.import_members(actor=SYSTEM, rows=earlier.rows, known_by=date(2022, 9, 1), source="before")
    member.import_members(actor=SYSTEM, rows=announced.rows, admitted_on=date(2022, 9, 2), cohort="COHORT-2022")
    with db.reading() as session:
        there = {(c.country, c.folded_name): c.reference for c in session.scalars(select(City))}
    known = {row.label: there[row.country, row.folded] for row in latest.rows if (row.country, row.folded) in there}
    member.note_later_list(actor=SYSTEM, cities=list(known.values()), listed_on=DAY, source="the 2024 list")
    return list(latest.rows), known


@pytest.mark.postgres
@pytest.mark.usefixtures("database")
def test_the_real_cohort_of_2024() -> None:
    with clock.at(datetime(2024, 2, 1, tzinfo=UTC)):
        rows, known = _lists()
        references = _create(actor=SYSTEM, rows=rows, known=known)
        with db.reading() as session:
            ids = dict(session.execute(select(City.reference, City.id)).all())
        world = ground.World()
        ground.staff(world)
        call_id = ground.call(quota=5, now=clock.now())
        for number, (row, reference) in enumerate(zip(rows, references, strict=True), 1):
            ground.file(world, call_id, number, row.name, row.country, ids[reference])
        decision.prepare(actor=world.officer, outcomes=dict.fromkeys(world.files, Outcome.APPROVED), reasons={})
        decision.approve(actor=world.director, references=world.files)
    instant = datetime(2024, 2, 14, 9, 0, tzinfo=UTC)
    with clock.at(instant - timedelta(days=1)):
        reference = cohorts.create(actor=world.officer, call=ground.CALL, title="2024", announce_at=instant)
        cohorts.lock(actor=world.officer, cohort=reference)
        cohorts.arm(actor=world.director, cohort=reference, typed_title="2024")
    with clock.at(instant):
        assert tick.due(actor=SYSTEM) == [reference]
        release = releases.release(reference)
        registry = figures.registry_figures(DAY)
        before = figures.registry_figures(date(2024, 2, 13))
        db.release()
    found = release.as_json()
    assert found["headline"] == "UNESCO Global Network of Learning Cities: 56 new members from 29 countries"
    assert (
        found["figures"]
        | {
            "new_members": 56,
            "countries": 29,
            "regions": {
                "Africa": 7,
                "Arab States": 14,
                "Asia and the Pacific": 11,
                "Europe and North America": 13,
                "Latin America and the Caribbean": 11,
            },
            "first_time_countries": ("BEL", "CPV", "OMN", "ROU", "SEN"),
            "returning_members": ("Ho Chi Minh City (VNM)", "Muharraq (BHR)"),
            "total_members": 264,
            "total_countries": 72,
        }
        == found["figures"]
    )
    assert (registry.total_members, registry.total_countries) == (264, 72)
    assert before.total_members == 210
    assert [region.name for region in release.regions] == list(figures.REGIONS)
    assert len(found["cities"]) == 56
