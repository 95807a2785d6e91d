"""The registry's commands: periods, cities, whole lists or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    AuditEntry,
    City,
    CityName,
    Cohort,
    CohortCity,
    CohortState,
    EndReason,
    Membership,
    PublishedFigure,
    RegistryAct,
    State,
)
from gnlc_apply.permissions import ANONYMOUS, SYSTEM, Actor
from gnlc_apply.queries import figures, registry
from gnlc_apply.services import member
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.member import CityChanges, NewCity
from gnlc_apply.services.member.cities import slug
from gnlc_apply.services.member_list import ListError, read_states
from gnlc_apply.services.published_list import read_published
from tests.registry_lists import DATA, DAY_2024, bring_all, bring_states, counted, listed, rows

pytestmark = pytest.mark.postgres

BONN = "Bonn,Federal Republic of Germany,DEU,Europe and North America,https://example.org/list"
ACCRA = "Accra,Ghana,GHA,Africa,https://example.org/list"


def periods(reference: str) -> list[tuple[Any, ...]]:
    """The periods of a city: from, known by, until, whether approximate, how ended."""
    m = Membership
    query = select(m.from_on, m.known_by, m.until_on, m.is_until_approximate, m.end_reason)
    query = query.join(City).where(City.reference == reference).order_by(func.coalesce(m.from_on, m.known_by))
    with db.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def count(table: Any) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_real_lists_give_the_expected_figures(database: object) -> None:
    bring_all()
    on_the_day = figures.registry_figures(DAY_2024)
    assert (on_the_day.total_members, on_the_day.total_countries) == (264, 72)
    assert figures.registry_figures(date(2024, 2, 13)).total_members == 210
    assert periods("bhr-muharraq") == [
        (None, date(2022, 9, 1), DAY_2024, True, EndReason.SUPERSEDED),
        (DAY_2024, None, None, False, None),
    ]
    with db.reading() as session:
        ending = session.scalars(select(Membership).where(Membership.until_on == DAY_2024)).first()
        assert ending is not None
        assert ending.end_source.startswith("http://")
        cohort = session.scalars(select(Cohort).where(Cohort.reference == "GNLC-2024")).one()
        assert (cohort.state, cohort.figures["total_members"]) == (CohortState.ANNOUNCED, 264)
        assert cohort.figures["first_time_countries"] == ["BEL", "CPV", "OMN", "ROU", "SEN"]
        assert cohort.figures["returning_members"] == ["Ho Chi Minh City (VNM)", "Muharraq (BHR)"]
        as_published = session.execute(
            select(CohortCity.name, CohortCity.country_name, CohortCity.is_returning)
            .join(City, City.id == CohortCity.city_id)
            .where(City.reference == "mar-agadir")
        ).one()
        assert tuple(as_published) == ("Agadir", "Kingdom of Morocco", False)
        bangkok = session.scalars(select(City).where(City.reference == "tha-bangkok")).one()
        assert (bangkok.is_capital, round(bangkok.latitude or 0)) == (True, 14)
        nowhere = session.scalars(select(City).where(City.reference == "cmr-bikok")).one()
        assert (nowhere.latitude, nowhere.longitude) == (None, None)
        acts = dict(session.execute(select(RegistryAct.kind, func.count()).group_by(RegistryAct.kind)).all())
        assert acts == {"city_added": 264, "membership_began": 266, "membership_ended": 2}


def test_a_list_that_is_brought_in_twice_changes_nothing(database: object) -> None:
    bring_all()
    before = (count(City), count(Membership), count(RegistryAct), count(PublishedFigure))
    again = member.import_members(actor=SYSTEM, rows=rows("members_before_2022"), known_by=date(2022, 9, 1))
    assert (again.added, again.returning, len(again.known)) == ((), (), 144)
    with pytest.raises(Conflict, match="already a cohort with the reference GNLC-2024"):
        member.import_members(actor=SYSTEM, rows=rows("cohort_2024"), admitted_on=DAY_2024, cohort="GNLC-2024")
    with pytest.raises(Conflict, match="admitted on that day already"):
        member.import_members(actor=SYSTEM, rows=rows("cohort_2024"), admitted_on=DAY_2024, cohort="GNLC-OTHER")
    assert member.import_published_figures(actor=SYSTEM, rows=read_published(DATA / "network_totals.csv")) == 0
    assert member.import_states(actor=SYSTEM, rows=read_states(DATA / "states.csv")) == 0
    assert (count(City), count(Membership), count(RegistryAct), count(PublishedFigure)) == before
    assert count(Cohort) == 2


def test_an_earlier_list_that_comes_later_ends_where_the_known_period_begins(database: object) -> None:
    bring_states()
    member.import_members(actor=SYSTEM, rows=listed(BONN), admitted_on=DAY_2024, cohort="GNLC-2024")
    late = member.import_members(actor=SYSTEM, rows=listed(BONN), known_by=date(2020, 1, 1))
    assert late.returning == ()
    assert periods("deu-bonn") == [
        (None, date(2020, 1, 1), DAY_2024, True, EndReason.SUPERSEDED),
        (DAY_2024, None, None, False, None),
    ]


def test_two_cities_of_one_name_are_never_merged(database: object) -> None:
    bring_states()

    @command()
    def two(unit: Unit, *, actor: Actor) -> list[str]:
        cities = [NewCity("KOR", "Seo-gu", source="a"), NewCity("KOR", "Seo-gu", source="b")]
        return member.create_cities(unit, cities, on=date(2024, 1, 1))

    assert two(actor=SYSTEM) == ["kor-seo-gu", "kor-seo-gu-2"]
    line = "Seo-gu,Republic of Korea,KOR,Asia and the Pacific,"
    with pytest.raises(ListError, match=r"Line 3: Seo-gu \(KOR\) could be any of these .*: kor-seo-gu, kor-seo-gu-2"):
        member.import_members(actor=SYSTEM, rows=listed(ACCRA, line), known_by=date(2024, 1, 1))
    assert count(Membership) == 0
    assert count(City) == 2


@pytest.mark.parametrize(
    ("country", "name", "expected"),
    [
        ("NLD", "Eindhoven", "nld-eindhoven"),
        ("CPV", "São Filipe", "cpv-sao-filipe"),
        ("GIN", "N’Zérékoré", "gin-nzerekore"),
        ("KOR", "Seo-gu (Gwangju)", "kor-seo-gu-gwangju"),
        ("EGY", "القاهرة", "egy-place"),
        ("GBR", "A" * 60, "gbr-" + "a" * 30),
    ],
)
def test_references_are_readable(country: str, name: str, expected: str) -> None:
    assert slug(country, name) == expected


def test_an_import_says_what_it_needs(database: object) -> None:
    bring_states()
    given: list[dict[str, Any]] = [
        {},
        {"known_by": DAY_2024, "admitted_on": DAY_2024, "cohort": "X"},
        {"admitted_on": DAY_2024},
        {"known_by": DAY_2024, "cohort": "X"},
    ]
    for values in given:
        with pytest.raises(Invalid):
            member.import_members(actor=SYSTEM, rows=listed(BONN), **values)
    assert count(City) == 0


def test_only_the_secretariat_keeps_the_registry(database: object) -> None:
    bring_states()
    with pytest.raises(SignInNeeded):
        member.import_members(actor=ANONYMOUS, rows=listed(BONN), known_by=DAY_2024)
    stranger = Actor(kind="person", person_id=1)
    with pytest.raises(Forbidden):
        member.import_states(actor=stranger, rows=read_states(DATA / "states.csv"))
    with pytest.raises(Forbidden):
        member.end_membership(actor=stranger, city="x", on=DAY_2024, reason=EndReason.LEFT, source="x")
    assert count(City) == 0


def test_a_membership_ends_once_and_the_city_may_come_back(database: object) -> None:
    bring_states()
    member.import_members(actor=SYSTEM, rows=listed(BONN), known_by=date(2022, 9, 1))
    end: dict[str, Any] = {"actor": SYSTEM, "reason": EndReason.LEFT, "source": "letter"}
    with pytest.raises(Invalid):
        member.end_membership(city="deu-bonn", on=date(2022, 8, 31), **end)
    with pytest.raises(NotFound):
        member.end_membership(city="deu-köln", on=date(2023, 1, 1), **end)
    member.end_membership(city="deu-bonn", on=date(2023, 1, 1), **end)
    with pytest.raises(Conflict):
        member.end_membership(city="deu-bonn", on=date(2023, 2, 1), **end)
    done = member.import_members(actor=SYSTEM, rows=listed(BONN), admitted_on=DAY_2024, cohort="GNLC-2024")
    assert done.returning == ("Bonn (DEU)",)
    assert periods("deu-bonn") == [
        (None, date(2022, 9, 1), date(2023, 1, 1), False, EndReason.LEFT),
        (DAY_2024, None, None, False, None),
    ]


def test_a_later_list_ends_earlier_periods_so_that_a_city_may_apply(database: object) -> None:
    bring_states()
    member.import_members(actor=SYSTEM, rows=listed(BONN, ACCRA), known_by=date(2022, 9, 1))
    ended = member.note_later_list(actor=SYSTEM, cities=["deu-bonn", "deu-none"], listed_on=DAY_2024, source="list")
    assert ended == ("deu-bonn",)
    assert periods("deu-bonn") == [(None, date(2022, 9, 1), DAY_2024, True, EndReason.SUPERSEDED)]
    assert periods("gha-accra")[0][2] is None
    assert member.note_later_list(actor=SYSTEM, cities=["deu-bonn"], listed_on=DAY_2024, source="list") == ()
    # Counted until the later list, and no longer from that day on.
    assert figures.registry_figures(date(2024, 2, 13)).total_members == 2
    assert figures.registry_figures(DAY_2024).total_members == 1


def test_beginning_many_takes_few_statements(database: object) -> None:
    bring_states()

    @command()
    def begin(unit: Unit, *, actor: Actor, day: date) -> frozenset[int]:
        ids = dict.fromkeys(unit.session.scalars(select(City.id)), "announcement")
        return member.begin_memberships(unit, ids, on=day)

    member.import_members(actor=SYSTEM, rows=rows("cohort_2024"), known_by=date(2020, 1, 1))
    with counted() as statements:
        begin(actor=SYSTEM, day=DAY_2024)
    updates = [statement for statement in statements if statement.startswith("UPDATE membership")]
    assert len(updates) == 1
    assert len(statements) <= 8
    assert count(Membership) == 112


def test_a_correction_keeps_the_earlier_name_findable(database: object) -> None:
    bring_states()
    member.import_members(actor=SYSTEM, rows=listed(BONN), known_by=date(2022, 9, 1))
    with pytest.raises(Invalid):
        member.correct_city(actor=SYSTEM, reference="deu-bonn", changes=CityChanges(name="Bonn am Rhein"), source=" ")
    with pytest.raises(NotFound):
        member.correct_city(actor=SYSTEM, reference="none", changes=CityChanges(), source="x")
    changes = CityChanges(name="Bundesstadt", latitude=50.7, longitude=7.1, population=340_000, population_year=2025)
    member.correct_city(actor=SYSTEM, reference="deu-bonn", changes=changes, source="letter")
    with db.reading() as session:
        city = session.scalars(select(City)).one()
        assert (city.reference, city.name, city.population) == ("deu-bonn", "Bundesstadt", 340_000)
        names = session.execute(select(CityName.name, CityName.valid_until).order_by(CityName.id)).all()
        assert [tuple(name) for name in names] == [("Bonn", date(2027, 3, 1)), ("Bundesstadt", None)]
    for text in ("bonn", "BUNDES"):
        assert registry.search(registry.Search(on=date(2027, 3, 1), text=text)).total == 1


def test_every_import_is_in_the_audit_chain_with_its_actor(database: object) -> None:
    bring_all()
    with db.reading() as session:
        acts = session.execute(select(AuditEntry.act, AuditEntry.actor_kind).order_by(AuditEntry.sequence)).all()
    assert [tuple(act) for act in acts] == [
        ("imported_states", "system"),
        *[("imported_members", "system")] * 3,
        ("imported_published_figures", "system"),
    ]


def test_states_change_with_their_dates(database: object) -> None:
    bring_states()
    head = "iso3166_alpha3,unesco_region,status,member_from,member_until\n"
    changed = read_states((head + "GHA,Africa,member,,2030-12-31\n").encode())
    assert member.import_states(actor=SYSTEM, rows=changed) == 1
    with db.reading() as session:
        assert session.get_one(State, "GHA").member_until == date(2030, 12, 31)
    assert count(State) == 207
