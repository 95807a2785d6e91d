"""The registry as of any day: lists, one city, history, open data, with a constant number of statements."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import City, Cohort, CohortState, EndReason, Membership, RegistryAct
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries import open_data, registry, registry_city, registry_history
from gnlc_apply.queries.registry import Search
from gnlc_apply.services import member
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.member import CityChanges, NewCity
from tests.registry_lists import DAY_2024, bring_all, bring_states, counted, listed

TODAY = date(2027, 3, 1)


@pytest.fixture
def lists(database: object) -> None:
    """The real lists, read through fresh eyes."""
    bring_all()


def names(**wanted: Any) -> list[str]:
    return [entry.name for entry in registry.search(Search(**{"on": TODAY, **wanted})).entries]


def test_all_members_in_pages_of_sixty(lists: None) -> None:
    first, last = registry.search(Search(on=TODAY)), registry.search(Search(on=TODAY, page=5))
    assert (first.total, first.pages, len(first.entries), len(last.entries)) == (264, 5, 60, 24)
    assert first.entries[0].name == "Adrar"
    with pytest.raises(NotFound):
        registry.search(Search(on=TODAY, page=6))


SEARCHES: list[tuple[dict[str, Any], list[str]]] = [
    ({"text": "nzerekore"}, ["N’Zérékoré"]),
    ({"text": "XI'AN"}, ["Xi'an"]),
    ({"text": "izmir"}, ["İzmir"]),
    ({"text": "seo gu gwang"}, ["Seo-gu (Gwangju)"]),
    ({"text": "ireland"}, ["Cork", "Dublin", "Limerick", "Waterford"]),
    ({"text": "irlande", "language": "fr"}, ["Cork", "Dublin", "Limerick", "Waterford"]),
    ({"text": "أيرلندا", "language": "ar"}, ["Cork", "Dublin", "Limerick", "Waterford"]),
    ({"text": "wakefield british"}, []),
    ({"text": "'; DROP TABLE city; --"}, []),
    ({"country": "OMN"}, ["Muscat", "Nizwa", "Sur"]),
    ({"country": "OMN", "is_descending": True}, ["Sur", "Nizwa", "Muscat"]),
    ({"status": "former"}, []),
    ({"cohort": "none"}, []),
    ({"country": "OMN", "on": date(2024, 2, 13)}, []),
]


@pytest.mark.postgres
def test_search_and_filters(lists: None) -> None:
    found = [(wanted, names(**wanted)) for wanted, _ in SEARCHES]
    assert found == SEARCHES
    # Signs that mean something to the database mean nothing to the search.
    assert [len(names(text=text)) for text in ("%", "_", "\\", "'")] == [60] * 4
    assert len(names(cohort="GNLC-2024", region="Africa", sort="country")) == 7


@pytest.mark.postgres
def test_sorting_by_country_follows_the_reader_s_language(lists: None) -> None:
    english = registry.search(Search(on=TODAY, sort="country")).entries[0].country
    french = registry.search(Search(on=TODAY, sort="country", language="fr")).entries[0].country
    assert (english, french) == ("DZA", "ZAF")
    since = registry.search(Search(on=TODAY, sort="since", is_descending=True)).entries[0]
    assert since.from_on == DAY_2024


def test_a_former_member_is_only_among_the_former(lists: None) -> None:
    member.end_membership(
        actor=SYSTEM, city="deu-bonn", on=date(2027, 2, 1), reason=EndReason.NO_REPORT, source="decision"
    )
    assert names(text="bonn") == []
    assert names(text="bonn", status="former") == ["Bonn"]
    assert names(text="bonn", status="all") == ["Bonn"]
    assert names(text="bonn", on=date(2027, 1, 31)) == ["Bonn"]
    assert registry_city.city("deu-bonn").is_member is False
    assert len(registry.members(TODAY)) == 263


@pytest.mark.postgres
def test_as_of_a_day_the_earlier_period_is_shown(lists: None) -> None:
    (before,) = registry.search(Search(on=date(2024, 2, 13), text="muharraq")).entries
    (after,) = registry.search(Search(on=DAY_2024, text="muharraq")).entries
    assert (before.from_on, before.known_by, before.cohort) == (None, date(2022, 9, 1), None)
    assert (after.from_on, after.known_by, after.cohort) == (DAY_2024, None, "GNLC-2024")
    assert registry.search(Search(on=date(2022, 8, 31))).total == 0


def test_a_city_that_merely_applies_is_nowhere(lists: None) -> None:
    @command()
    def add(unit: Unit, *, actor: Actor) -> str:
        return member.create_city(unit, NewCity("DEU", "Wolkenkuckucksheim")).reference

    reference = add(actor=SYSTEM)
    assert names(text="wolken", status="all") == []
    with pytest.raises(NotFound):
        registry_city.city(reference)
    assert b"wolken" not in open_data.registry_json(TODAY).lower()


@pytest.mark.postgres
def test_nothing_of_a_cohort_is_seen_before_its_announcement(lists: None) -> None:
    """The leak is possible (the rows are there), and does not happen."""
    with db.writing() as session:
        values = {"state": CohortState.PREPARING, "announced_at": None}
        session.execute(update(Cohort).where(Cohort.reference == "GNLC-2024").values(**values))
    assert registry.search(Search(on=TODAY, text="dresden", status="all")).total == 0
    assert [entry.from_on for entry in registry.search(Search(on=TODAY, text="muharraq", status="all")).entries] == [
        None
    ]
    with pytest.raises(NotFound):
        registry_city.city("deu-dresden")
    assert [cohort.reference for cohort in registry_history.cohorts()] == ["GNLC-2022"]
    assert registry.overview(TODAY).cohorts == (("GNLC-2022", "New member cities of 2022"),)


def test_an_end_that_lies_ahead_is_not_shown(database: object) -> None:
    bring_states()
    member.import_members(
        actor=SYSTEM, rows=listed("Bonn,,DEU,Europe and North America,https://example.org/a"), known_by=date(2022, 9, 1)
    )
    member.note_later_list(actor=SYSTEM, cities=["deu-bonn"], listed_on=date(2027, 5, 1), source="later")
    (period,) = registry_city.city("deu-bonn").periods
    assert (period.until_on, period.is_running) == (None, True)
    with clock.at(datetime(2027, 5, 1, tzinfo=UTC)):
        (period,) = registry_city.city("deu-bonn").periods
    assert (period.until_on, period.is_until_approximate, period.is_running) == (date(2027, 5, 1), True, False)


def test_a_city_page_has_periods_names_and_safe_links(lists: None) -> None:
    changes = CityChanges(website="javascript:alert(1)", local_name="المحرق")
    member.correct_city(actor=SYSTEM, reference="bhr-muharraq", changes=changes, source="city")
    found = registry_city.city("bhr-muharraq")
    assert (found.is_member, len(found.periods), found.website_href, found.local_name) == (True, 2, "", "المحرق")
    assert found.periods[1].source_name == "uil.unesco.org"
    assert names(text="محرق") == ["Muharraq"]


@pytest.mark.postgres
def test_counted_figures_stand_beside_the_published_ones(lists: None) -> None:
    days = {(day.on, day.total_members): day for day in registry_history.over_time()}
    assert len(days) == 11
    day = days[DAY_2024, 356]
    assert (day.counted_members, day.counted_countries) == (264, 72)
    assert days[date(2022, 9, 2), 294].counted_members == 210
    # Before the first list nothing was counted: that is not the same as none.
    assert days[date(2020, 9, 23), 229].counted_members is None


def test_open_data_are_equal_in_both_forms(lists: None) -> None:
    plain = json.loads(open_data.registry_json(TODAY))
    assert (plain["as_of"], len(plain["members"])) == ("2027-03-01", 264)
    by_id = {row["id"]: row for row in plain["members"]}
    assert by_id["deu-dresden"] == {
        "id": "deu-dresden",
        "name": "Dresden",
        "country": "DEU",
        "region": "Europe and North America",
        "member_since": "2024-02-14",
        "cohort": "GNLC-2024",
        "latitude": 51.0509,
        "longitude": 13.7383,
    }
    assert by_id["deu-bonn"]["member_since"] is None
    content = open_data.registry_csv(TODAY)
    assert content.startswith(b"\xef\xbb\xbfid,name,country,region,member_since,cohort,latitude,longitude\r\n")
    written = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    as_text = [{k: "" if v is None else str(v) for k, v in row.items()} for row in plain["members"]]
    assert written == as_text


def test_no_cell_of_the_spreadsheet_is_a_formula(database: object) -> None:
    bring_states()
    rows = listed('"=HYPERLINK(""http://x"")",,DEU,Europe and North America,', "@Ort,,DEU,Europe and North America,")
    member.import_members(actor=SYSTEM, rows=rows, known_by=date(2022, 9, 1))
    member.correct_city(
        actor=SYSTEM, reference="deu-ort", changes=CityChanges(latitude=-5.5, longitude=-7.5), source="x"
    )
    written = list(csv.DictReader(io.StringIO(open_data.registry_csv(TODAY).decode("utf-8-sig"))))
    assert sorted(row["name"] for row in written) == ['\'=HYPERLINK("http://x")', "'@Ort"]
    assert {row["latitude"] for row in written} == {"", "-5.5"}


def test_what_is_kept_follows_the_registry(lists: None) -> None:
    before = open_data.registry_json(TODAY)
    assert open_data.registry_json(TODAY) is before
    open_data.registry_csv(TODAY)
    # A request asks once whether the registry has changed, whatever it shows of it; for what is kept, nothing else.
    for asked in ([open_data.registry_json], [open_data.registry_csv], [registry.overview, registry.overview]):
        db.release()
        with counted() as statements:
            for show in asked:
                show(TODAY)
        assert len([one for one in statements if "registry_act" in one]) == 1
        assert asked[0] is registry.overview or len(statements) == 1
    member.end_membership(actor=SYSTEM, city="deu-bonn", on=date(2027, 2, 1), reason=EndReason.LEFT, source="letter")
    assert len(json.loads(open_data.registry_json(TODAY))["members"]) == 263
    assert registry.overview(TODAY).figures.total_members == 263


@pytest.mark.postgres
def test_the_number_of_statements_does_not_grow(lists: None) -> None:
    def statements() -> tuple[int, int, int]:
        wanted = Search(on=TODAY, text="a", status="all", sort="country")
        registry.overview(TODAY)
        registry.search(wanted)
        registry.members(TODAY)
        db.release()
        with counted() as listing:
            registry.overview(TODAY)
            registry.search(wanted)
        db.release()
        with counted() as one:
            registry_city.city("bhr-muharraq")
        db.release()
        with counted() as map_of_all:
            registry.members(TODAY)
        return len(listing), len(one), len(map_of_all)

    few = statements()
    with db.writing() as session:
        places = [
            {
                "reference": f"deu-x{n}",
                "country": "DEU",
                "name": f"X{n}",
                "folded_name": f"x{n}",
                "search_text": f"x{n}",
            }
            for n in range(500)
        ]
        session.execute(insert(City), places)
        ids = session.scalars(select(City.id).where(City.reference.like("deu-x%"))).all()
        session.execute(insert(Membership), [{"city_id": city, "known_by": TODAY} for city in ids])
        act = {"kind": "membership_began", "on": TODAY, "recorded_at": clock.now()}
        session.execute(insert(RegistryAct), [{**act, "city_id": city} for city in ids])
    assert statements() == few == (1, 3, 1)
    assert registry.search(Search(on=TODAY)).total == 764


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2024-02-14", DAY_2024), ("", TODAY), ("nonsense", TODAY), ("2030-01-01", TODAY), ("0001-01-01", date(1, 1, 1))],
)
def test_any_day_up_to_today_can_be_asked(database: object, text: str, expected: date) -> None:
    assert registry.day_asked(text) == expected
