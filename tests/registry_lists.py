"""The real lists in a test's database, an officer, and an opened call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Person, Role
from gnlc_apply.permissions import SYSTEM, Actor, Granted
from gnlc_apply.services import call as calls
from gnlc_apply.services import member
from gnlc_apply.services.call.settings import CallValues
from gnlc_apply.services.member_list import CityRow, StateRow, by_code, read_list, read_states
from gnlc_apply.services.published_list import read_published

DATA = Path(str(files("gnlc_apply.scenarios"))) / "data"
KNOWN_BY, DAY_2022, DAY_2024 = date(2022, 9, 1), date(2022, 9, 2), date(2024, 2, 14)
HEAD = "city,country_as_published,iso3166_alpha3,unesco_region,source_url\n"


def states() -> dict[str, StateRow]:
    """The states of UNESCO by code."""
    return by_code(read_states(DATA / "states.csv"))


def rows(name: str) -> tuple[CityRow, ...]:
    """One of the real lists."""
    return read_list(DATA / f"{name}.csv", states()).rows


def listed(*lines: str) -> tuple[CityRow, ...]:
    """A list written in a test."""
    return read_list((HEAD + "\n".join(lines) + "\n").encode(), states()).rows


def bring_states() -> None:
    """The states alone."""
    member.import_states(actor=SYSTEM, rows=read_states(DATA / "states.csv"))


def bring_all() -> None:
    """States, the three lists as they were announced, and the published totals: 264 members of 72 countries."""
    bring_states()
    member.import_members(actor=SYSTEM, rows=rows("members_before_2022"), known_by=KNOWN_BY, source="list")
    for year, day in (("2022", DAY_2022), ("2024", DAY_2024)):
        member.import_members(
            actor=SYSTEM, rows=rows(f"cohort_{year}"), admitted_on=day, cohort=f"GNLC-{year}", source="list"
        )
    member.import_published_figures(actor=SYSTEM, rows=read_published(DATA / "network_totals.csv"))


def officer() -> Actor:
    """Somebody of the secretariat."""
    with db.writing() as session:
        session.execute(
            insert(Person), [{"email": "officer@example.org", "name": "Ada Officer", "created_at": clock.now()}]
        )
        person_id = session.scalars(select(Person.id).where(Person.email == "officer@example.org")).one()
    return Actor(kind="person", person_id=person_id, name="Ada Officer", grants=(Granted(Role.OFFICER),))


def create_call(actor: Actor, title: str = "Call of 2027", **changes: Any) -> str:
    """A call in preparation that opens today; its reference."""
    now = clock.now()
    values: dict[str, Any] = {
        "title": title,
        "year": 2027,
        "opens_at": now - timedelta(hours=1),
        "deadline_at": datetime(2027, 6, 1, 11, 59, tzinfo=UTC),
        "commission_deadline_at": datetime(2027, 7, 1, 11, 59, tzinfo=UTC),
        "results_promised_on": date(2027, 12, 1),
        "languages": ("en", "fr"),
    }
    return calls.create(actor=actor, values=CallValues(**{**values, **changes}))


def open_call(actor: Actor, **changes: Any) -> str:
    """An opened call; its reference."""
    reference = create_call(actor, **changes)
    calls.open_call(actor=actor, call=reference)
    return reference


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside the block, without BEGIN and the like."""
    seen: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", see)
