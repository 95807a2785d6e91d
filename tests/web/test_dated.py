"""Days and moments as people enter them: any zone, the two nights when clocks are moved, the ends of years and of time."""

from __future__ import annotations

import re
import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from gnlc_apply.core.errors import Invalid
from gnlc_apply.models.base import UtcDateTime
from gnlc_apply.web import dated
from gnlc_apply.web.secretariat.call_forms import EVERYWHERE
from tests.proof import ROOT

NEW_YEAR = datetime(2027, 12, 31, 23, 59)  # noqa: DTZ001 (as it is typed: without its zone)
# As far from UTC as it goes, and by halves and quarters of an hour.
ZONES = {
    "Pacific/Kiritimati": "2027-12-31T09:59:00+00:00",
    EVERYWHERE: "2028-01-01T11:59:00+00:00",
    "Asia/Kolkata": "2027-12-31T18:29:00+00:00",
    "Asia/Kathmandu": "2027-12-31T18:14:00+00:00",
    "Pacific/Chatham": "2027-12-31T10:14:00+00:00",
    "Pacific/Apia": "2027-12-31T10:59:00+00:00",
    "America/St_Johns": "2028-01-01T03:29:00+00:00",
    "UTC": "2027-12-31T23:59:00+00:00",
}


def typed(words: str) -> datetime:
    """What a field holds."""
    return datetime.fromisoformat(words)


@pytest.mark.parametrize(("zone", "utc"), ZONES.items())
def test_the_same_clock_time_is_another_moment_in_every_zone(zone: str, utc: str) -> None:
    moment = dated.from_local(NEW_YEAR, zone)
    assert moment.isoformat() == utc
    assert dated.to_local(moment, zone) == NEW_YEAR


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Paris", "2027-03-28T02:30"),
        ("America/New_York", "2027-03-14T02:00"),
        ("Australia/Lord_Howe", "2027-10-03T02:15"),
        # Samoa went over the date line: that day was left out.
        ("Pacific/Apia", "2011-12-30T12:00"),
    ],
)
def test_a_time_that_no_clock_shows_is_refused_at_its_field(zone: str, words: str) -> None:
    before = dated.from_local(typed(words) - timedelta(days=1), zone)
    assert dated.to_local(before, zone) == typed(words) - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        dated.from_local(typed(words), zone, "deadline_at")
    assert list(refused.value.fields) == ["deadline_at"]
    assert zone in str(refused.value)


@pytest.mark.parametrize(
    ("zone", "words", "utc"),
    [
        ("Europe/Paris", "2027-10-31T02:30", "2027-10-31T01:30:00+00:00"),
        ("Europe/Paris", "2027-10-31T01:59", "2027-10-30T23:59:00+00:00"),
        ("Europe/Paris", "2027-10-31T03:00", "2027-10-31T02:00:00+00:00"),
        # By half an hour.
        ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T15:15:00+00:00"),
    ],
)
def test_of_a_time_that_comes_twice_the_second_is_meant(zone: str, words: str, utc: str) -> None:
    assert dated.from_local(typed(words), zone).isoformat() == utc


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2028, 2, 29), "2028-03-01T11:59:59+00:00"),
        (date(2027, 12, 31), "2028-01-01T11:59:59+00:00"),
        # The first days of the year can belong to a week of the year before.
        (date(2027, 1, 1), "2027-01-02T11:59:59+00:00"),
        # A clock of 32 bits would stop here.
        (date(2038, 1, 19), "2038-01-20T11:59:59+00:00"),
    ],
)
def test_a_day_counts_until_its_end(day: date, utc: str) -> None:
    assert dated.end_of(day, EVERYWHERE).isoformat() == utc


@pytest.mark.parametrize("year", [1, 1969, 1970, 1999, 2200, 9999])
@pytest.mark.parametrize("zone", [EVERYWHERE, "UTC", "Pacific/Kiritimati"])
def test_a_year_that_is_a_slip_of_the_hand_is_refused_at_its_field(year: int, zone: str) -> None:
    for act in (
        lambda: dated.from_local(typed(f"{year:04d}-12-31T23:59"), zone, "until_at"),
        lambda: dated.from_local(typed(f"{year:04d}-01-01T00:00"), zone, "until_at"),
        lambda: dated.end_of(date(year, 12, 31), zone, "until_at"),
    ):
        with pytest.raises(Invalid) as refused:
            act()  # type: ignore[no-untyped-call]  # its makers left it bare
        assert list(refused.value.fields) == ["until_at"]


@given(
    moment=st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 (bounds)
    zone=st.sampled_from(sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)),
)
def test_what_a_zone_shows_is_the_same_moment_when_typed(moment: datetime, zone: str) -> None:
    shown = dated.to_local(moment, zone)
    again = dated.from_local(shown, zone)
    assert dated.to_local(again, zone) == shown
    # Only in an hour that comes twice it is a later moment, never an earlier one.
    assert timedelta(0) <= again - moment <= timedelta(hours=2)


@pytest.fixture
def other_rules(tmp_path: Path) -> Iterator[None]:
    """From the next look on, the clocks of Cairo are those of Tokyo: a country that changed its time in between."""
    where = next(Path(folder) for folder in zoneinfo.TZPATH if (Path(folder) / "Asia/Tokyo").is_file())
    (tmp_path / "zones" / "Africa").mkdir(parents=True)
    shutil.copyfile(where / "Asia/Tokyo", tmp_path / "zones" / "Africa" / "Cairo")
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def test_a_deadline_stays_the_moment_that_was_published_when_a_country_changes_its_time(
    other_rules: None, tmp_path: Path
) -> None:
    moment = dated.from_local(typed("2027-09-30T23:59"), "Africa/Cairo")
    column, engines = UtcDateTime(), (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]  # its makers left it bare
    stored = [column.process_bind_param(moment, engine) for engine in engines]
    zoneinfo.reset_tzpath([tmp_path / "zones", *zoneinfo.TZPATH])
    zoneinfo.ZoneInfo.clear_cache()
    assert dated.from_local(typed("2027-09-30T23:59"), "Africa/Cairo") != moment
    assert [column.process_result_value(row, engine) for row, engine in zip(stored, engines, strict=True)] == [
        moment
    ] * 2


@pytest.mark.parametrize("engine", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])  # type: ignore[no-untyped-call]  # its makers left it bare
def test_a_moment_without_its_zone_is_not_stored(engine: Dialect) -> None:
    aware = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert UtcDateTime().process_result_value(UtcDateTime().process_bind_param(aware, engine), engine) == aware
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(aware.replace(tzinfo=None), engine)


def test_no_script_of_ours_asks_the_browsers_clock() -> None:
    """What time it is, the server says: a page shows deadlines as it wrote them, whatever clock the reader has."""
    sources = {path.name: path.read_text("utf-8") for path in (ROOT / "assets" / "js").glob("*.mjs")}
    assert len(sources) > 3
    asks = re.compile(r"\bDate\.now\b|\bnew Date\(\)|\bTemporal\b")
    assert asks.search("const late = Date.now() > deadline;")
    # The guard counts how long ago a button was pressed, which is a difference and no moment.
    assert [name for name, source in sources.items() if asks.search(source)] == ["guard.mjs"]
