"""The registry: the real lists as they come with the product, then the same names again, marked, until it is large enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.ground.bulk import first_free, write
from gnlc_apply.core import clock
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Membership, RegistryAct
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import member
from gnlc_apply.services.member_list import by_code, read_list, read_states
from gnlc_apply.services.published_list import read_published

DATA = Path(str(files("gnlc_apply.scenarios"))) / "data"
KNOWN_BY = date(2022, 9, 1)
COHORTS = {"2022": date(2022, 9, 2), "2024": date(2024, 2, 14)}


def bring_states() -> None:
    """The states of UNESCO, as ``gnlc registry`` brings them in."""
    member.import_states(actor=SYSTEM, rows=read_states(DATA / "states.csv"))


def bring_members(count: int) -> None:
    """The real lists, then repeated names "(bench 2)" until there are so many members."""
    states = by_code(read_states(DATA / "states.csv"))

    def rows(name: str) -> Any:
        return read_list(DATA / f"{name}.csv", states).rows

    member.import_members(actor=SYSTEM, rows=rows("members_before_2022"), known_by=KNOWN_BY, source="list")
    for year, day in COHORTS.items():
        member.import_members(
            actor=SYSTEM, rows=rows(f"cohort_{year}"), admitted_on=day, cohort=f"GNLC-{year}", source="list"
        )
    member.import_published_figures(actor=SYSTEM, rows=read_published(DATA / "network_totals.csv"))
    with db.writing() as session:
        _repeat(session, count)


def _repeat(session: Session, count: int) -> None:
    real = session.execute(select(City.name, City.country, City.latitude, City.longitude).order_by(City.id)).all()
    members = session.scalars(select(Membership.city_id).where(Membership.until_on.is_(None))).all()
    first = first_free(session, City)
    numbers = range(first, first + max(0, count - len(members)))
    write(session, City, (_city(number, *real[number % len(real)], number // len(real) + 2) for number in numbers))
    write(session, Membership, _memberships(numbers))
    write(
        session,
        RegistryAct,
        ({"city_id": n, "kind": "admitted", "on": KNOWN_BY, "recorded_at": clock.now()} for n in numbers),
    )


def _city(number: int, name: str, country: str, north: float | None, east: float | None, turn: int) -> dict[str, Any]:
    whole = f"{name} (bench {turn})"
    return {
        "id": number,
        "reference": f"bench-{number}",
        "country": country,
        "name": whole,
        "folded_name": fold(whole),
        "search_text": fold(whole),
        "latitude": north,
        "longitude": east,
    }


def _memberships(numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        has_day = number % 3 > 0
        day = date(2016 + number % 8, 1 + number % 12, 1 + number % 28)
        yield {
            "city_id": number,
            "from_on": day if has_day else None,
            "known_by": None if has_day else KNOWN_BY,
            "source": "invented for the benchmark",
        }
