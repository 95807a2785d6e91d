"""The registry after fifty years of calls (case M12): cities come, leave and come back, and each day shows what was so then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import City, EndReason, Membership
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import open_data, registry, registry_city, registry_history
from gnlc_apply.queries.registry import Search
from gnlc_apply.services import member
from tests.registry_lists import bring_states, counted, listed

FIRST, LAST = 2027, 2077
COUNTRIES = (("Kenya", "KEN", "Africa"), ("Peru", "PER", "Latin America and the Caribbean"))
EACH = 5


@dataclass
class Story:
    """What happened, written beside the registry: for each city its periods, by name."""

    periods: dict[str, list[tuple[date, date | None]]] = field(default_factory=dict)

    def members(self, on: date) -> set[str]:
        """Who was a member on a day."""
        return {
            name
            for name, periods in self.periods.items()
            if any(begun <= on and (until is None or until > on) for begun, until in periods)
        }


def _admit(story: Story, year: int) -> None:
    day = date(year, 9, 2)
    new = [(f"Town{year}x{n}", COUNTRIES[n % 2]) for n in range(EACH)]
    # Whoever left eleven years ago comes back with this cohort.
    back = [(name, COUNTRIES[int(name[-1]) % 2]) for name in _left_in(story, year - 11)]
    lines = [f"{name},{country},{code},{region},https://list.example/" for name, (country, code, region) in new + back]
    with clock.at(datetime(year, 9, 3, 9, tzinfo=UTC)):
        member.import_members(actor=SYSTEM, rows=listed(*lines), admitted_on=day, cohort=f"GNLC-{year}", source="list")
    for name, _country in new + back:
        story.periods.setdefault(name, []).append((day, None))


def _left_in(story: Story, year: int) -> list[str]:
    return [name for name, held in story.periods.items() if held[-1][1] is not None and held[-1][1].year == year]


def _leave(story: Story, year: int) -> None:
    """Of the cohort of seven years ago, the second and third city leave on one day."""
    day = date(year, 12, 31)
    names = [f"Town{year - 7}x{n}" for n in (1, 2) if f"Town{year - 7}x{n}" in story.periods]
    with db.writing() as session:
        running = select(City.id).where(City.name.in_(names))
        session.execute(
            update(Membership)
            .where(Membership.city_id.in_(running), Membership.until_on.is_(None))
            .values(until_on=day, end_reason=EndReason.LEFT)
        )
    for name in names:
        begun, until = story.periods[name][-1]
        if until is None:
            story.periods[name][-1] = (begun, day)


@pytest.fixture
def story(database: object) -> Iterator[Story]:
    """Twenty-six cohorts, one every second year, and whoever left; the clock stands after all of it."""
    told = Story()
    bring_states()
    for year in range(FIRST, LAST + 1, 2):
        _leave(told, year - 1)
        _admit(told, year)
    with clock.at(datetime(LAST + 1, 6, 1, 9, tzinfo=UTC)):
        yield told


def test_each_day_shows_who_was_a_member_then(story: Story) -> None:
    came_back = [name for name, periods in story.periods.items() if len(periods) > 1]
    assert len(came_back) > 10
    asked = 0
    for year in range(FIRST, LAST + 2):
        for day in (date(year, 1, 1), date(year, 9, 1), date(year, 9, 2), date(year, 12, 30), date(year, 12, 31)):
            if day > clock.today():
                continue
            wanted = story.members(day)
            pages = range(1, registry.search(Search(on=day)).pages + 1)
            shown = [entry.name for page in pages for entry in registry.search(Search(on=day, page=page)).entries]
            assert (set(shown), len(shown)) == (wanted, len(wanted)), day
            assert {row["name"] for row in json.loads(open_data.registry_json(day))["members"]} == wanted, day
            asked += 1
    assert asked > 240


def test_a_city_that_left_and_came_back_has_all_its_periods(story: Story) -> None:
    name, periods = max(story.periods.items(), key=lambda item: len(item[1]))
    (entry,) = registry.search(Search(on=clock.today(), text=name, status="all")).entries
    page = registry_city.city(entry.reference)
    shown = sorted((period.from_on, period.until_on) for period in page.periods if period.from_on is not None)
    assert shown == sorted(periods, key=lambda period: period[0])
    assert len(registry_history.cohorts()) == len(range(FIRST, LAST + 1, 2))


def test_fifty_years_take_no_more_statements_than_one(story: Story) -> None:
    registry.search(Search(on=clock.today()))
    for day in (date(FIRST + 1, 1, 1), clock.today() - timedelta(days=1)):
        with counted() as statements:
            registry.search(Search(on=day))
        assert len(statements) <= 1, day
