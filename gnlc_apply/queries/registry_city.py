"""One city of the registry as the public may read it: its periods, its names, where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, case, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import City, CityName, Cohort, Membership, Region, State
from gnlc_apply.models.base import UtcDateTime
from gnlc_apply.queries.registry import running_on, starts_on, visible


@dataclass(frozen=True)
class CityPage:
    """What the public may read of one city."""

    reference: str
    name: str
    local_name: str
    country: str
    region: Region
    website: str
    latitude: float | None
    longitude: float | None
    population: int | None
    population_year: int | None
    is_capital: bool
    periods: tuple[CityPeriod, ...]
    names: tuple[Any, ...]

    @property
    def is_member(self) -> bool:
        """Whether the city is a member today."""
        return any(period.is_running for period in self.periods)

    @property
    def website_href(self) -> str:
        """The city's own site, where it is an address that a page may link to."""
        return web_address(self.website)

    @property
    def earlier_names(self) -> tuple[str, ...]:
        """The names that it bears or bore besides the one in the heading."""
        shown = {self.name, self.local_name}
        return tuple(dict.fromkeys(row.name for row in self.names if row.name not in shown))


@dataclass(frozen=True, slots=True)
class CityPeriod:
    """One period of one city; an end that lies ahead is not shown."""

    from_on: date | None
    known_by: date | None
    until_on: date | None
    is_until_approximate: bool
    is_running: bool
    cohort: str | None
    cohort_title: str | None
    source: str

    @property
    def source_href(self) -> str:
        """The source where it is an address that a page may link to."""
        return web_address(self.source)

    @property
    def source_name(self) -> str:
        """The site of the source, or its words."""
        return urlsplit(self.source_href).netloc or self.source


def web_address(text: str) -> str:
    """The text if it is an http or https address, else nothing: other schemes could run something."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def city(reference: str) -> CityPage:
    """One city with its periods and names: three statements. Raises NotFound for a city that never was a member."""
    today = clock.today()
    connection = db.reader.connection()
    row = connection.execute(_city(), {"reference": reference}).one_or_none()
    if row is None or not (periods := _periods(row.id, today)):
        raise NotFound()
    names = connection.execute(_names(), {"city_id": row.id}).all()
    values = {name: value for name, value in row._mapping.items() if name != "id"}
    return CityPage(**values, periods=periods, names=tuple(names))


# The statements are built once: putting one together takes longer than running it.
@cache
def _city() -> Any:
    columns = [getattr(City, name) for name in CityPage.__dataclass_fields__ if hasattr(City, name)]
    whole = select(City.id, State.region, *columns).join(State, State.iso3 == City.country)
    return whole.where(City.reference == bindparam("reference"))


@cache
def _names() -> Any:
    columns = (CityName.name, CityName.language, CityName.valid_from, CityName.valid_until)
    return select(*columns).where(CityName.city_id == bindparam("city_id")).order_by(CityName.id)


@lru_cache(maxsize=2)
def _of_city(today: date) -> Any:
    return (
        select(
            Membership.from_on,
            Membership.known_by,
            case((Membership.until_on <= today, Membership.until_on), else_=None).label("until_on"),
            Membership.is_until_approximate,
            case((running_on(today), True), else_=False),
            Cohort.reference,
            Cohort.title,
            Membership.source,
        )
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .where(
            Membership.city_id == bindparam("city_id"), starts_on <= today, visible(bindparam("now", type_=UtcDateTime))
        )
        .order_by(starts_on.desc())
    )


def _periods(city_id: int, today: date) -> tuple[CityPeriod, ...]:
    asked = {"city_id": city_id, "now": clock.now()}
    return tuple(CityPeriod(*row) for row in db.reader.connection().execute(_of_city(today), asked))
