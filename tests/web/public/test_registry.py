"""The public pages of the registry, the cohorts and the open data, as a browser and a machine see them."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from gnlc_apply.extensions import db
from gnlc_apply.models import Cohort, CohortState
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import member
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.member import CityChanges, NewCity
from tests.registry_lists import KNOWN_BY, bring_all, bring_states, counted, listed

PAGES = (
    "/en/",
    "/en/registry/",
    "/en/registry/map",
    "/en/registry/figures",
    "/en/registry/bhr-muharraq",
    "/en/cohorts/",
    "/en/cohorts/GNLC-2024",
    "/en/calls/",
    "/en/help",
    "/en/accessibility",
    "/en/privacy",
)
OPEN_DATA = ("/registry.json", "/registry.csv", "/cohorts/GNLC-2024.json", "/registry/map.svg", "/sitemap.xml")


@pytest.fixture
def lists(app: Flask) -> None:
    """The real lists."""
    bring_all()


def words(html: str) -> str:
    """What a page says, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def rows(html: str) -> list[str]:
    """The cities in the table of the list."""
    return re.findall(r'scope="row"><a class="govuk-link" href="/en/registry/[^"]+"><bdi>([^<]+)', html)


def test_public_answers_are_revalidated_and_set_no_cookie(lists: None, client: FlaskClient) -> None:
    for path in (*PAGES, *OPEN_DATA):
        first = client.get(path)
        assert (path, first.status_code) == (path, 200)
        assert "Set-Cookie" not in first.headers
        assert first.headers["Cache-Control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (path, again.status_code, again.data) == (path, 304, b"")


def test_a_public_answer_takes_three_statements_at_most(lists: None, client: FlaskClient) -> None:
    taken = {}
    for path in (*PAGES, *OPEN_DATA):
        client.get(path)
        with counted() as statements:
            client.get(path)
        taken[path] = len(statements)
    assert {path: number for path, number in taken.items() if number > 3} == {}


def test_every_page_is_there_in_every_language(lists: None, client: FlaskClient) -> None:
    for language, direction in (("ar", "rtl"), ("en-XA", "ltr")):
        for path in PAGES:
            answer = client.get(path.replace("/en/", f"/{language}/"))
            assert (path, answer.status_code) == (path, 200)
            assert f'lang="{language}" dir="{direction}"' in answer.text


def test_the_list_has_sixty_rows_a_page_and_stays_light(lists: None, client: FlaskClient) -> None:
    answer = client.get("/en/registry/")
    assert len(rows(answer.text)) == 60
    assert len(answer.data) < 60_000
    assert "264 cities" in words(answer.text)
    last = client.get("/en/registry/?page=5")
    assert len(rows(last.text)) == 24
    assert client.get("/en/registry/?page=6").status_code == 404


def test_filters_live_in_the_address_and_nonsense_is_ignored(lists: None, client: FlaskClient) -> None:
    found = client.get("/en/registry/?q=oman&sort=-name").text
    assert rows(found) == ["Sur", "Nizwa", "Muscat"]
    assert 'value="oman"' in found
    assert '<option value="member" selected>' in found
    odd = client.get("/en/registry/?page=-3&sort=secret&status=suspended&on=tomorrow&region=Moon&x[y]=1")
    assert (odd.status_code, rows(odd.text)) == (200, [])
    nothing = words(client.get("/en/registry/?q=atlantis").text)
    assert "No city fits" in nothing
    assert client.get("/en/registry/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text.count("<script>") == 0


def test_a_day_of_the_past_is_shown_and_said(lists: None, client: FlaskClient) -> None:
    page = words(client.get("/en/registry/?on=2024-02-13&q=muharraq").text)
    assert "As of 13 February 2024." in page
    assert "known by 1 September 2022" in page
    early = words(client.get("/en/registry/?on=2020-01-01").text)
    assert "Nothing is known here of this day" in early


def test_the_figures_stand_beside_the_published_ones_with_their_basis(lists: None, client: FlaskClient) -> None:
    start = words(client.get("/en/").text)
    assert "Member cities in the lists held here 264 Their countries 72" in start
    assert "Members as published on 4 December 2025 425" in start
    assert "The lists are incomplete, and are never filled up by guessing." in start
    over_time = words(client.get("/en/registry/figures").text)
    assert "14 February 2024 356 264 79 72 64" in over_time


def test_the_map_and_its_list_say_the_same(lists: None, client: FlaskClient) -> None:
    page = client.get("/en/registry/map").text
    dots = set(re.findall(r'<a href="(/en/registry/[^"]+)" aria-label', page))
    listed_cities = re.findall(r'<dd><a class="govuk-link" href="(/en/registry/[^"]+)">', page)
    assert len(listed_cities) == len(set(listed_cities)) == 264
    assert dots < set(listed_cities)
    assert f"{264 - len(dots)} of the 264 cities have no coordinates here" in words(page)
    assert client.get("/registry/map.svg").text.count("<circle") == len(dots)


def test_a_city_page_says_member_or_former_member_only(lists: None, client: FlaskClient) -> None:
    page = words(client.get("/en/registry/bhr-muharraq").text)
    assert "Member city" in page
    assert "known by 1 September 2022 Until on or before 14 February 2024, the day is not known" in page
    assert client.get("/en/registry/none").status_code == 404


def test_a_city_of_the_registry_that_was_never_a_member_is_a_missing_page(lists: None, client: FlaskClient) -> None:
    @command()
    def add(unit: Unit, *, actor: object) -> str:
        return member.create_city(unit, NewCity("DEU", "Applying")).reference

    applying, missing = (client.get(f"/en/registry/{name}") for name in (add(actor=SYSTEM), "deu-missing"))
    assert applying.status_code == missing.status_code == 404
    assert applying.text.replace("deu-applying", "") == missing.text.replace("deu-missing", "")


def test_a_cohort_is_not_there_before_its_announcement(lists: None, client: FlaskClient) -> None:
    paths = ("/en/cohorts/GNLC-2024", "/cohorts/GNLC-2024.json", "/en/registry/deu-dresden")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]
    with db.writing() as session:
        values = {"state": CohortState.PREPARING, "announced_at": None}
        session.execute(update(Cohort).where(Cohort.reference == "GNLC-2024").values(**values))
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    for path in ("/en/cohorts/", "/en/registry/?q=dresden&status=all", "/sitemap.xml"):
        answer = client.get(path).text
        assert "GNLC-2024" not in answer
        assert "deu-dresden" not in answer


def test_the_release_is_open_data_too(lists: None, client: FlaskClient) -> None:
    page = words(client.get("/en/cohorts/GNLC-2024").text)
    headline = "UNESCO Global Network of Learning Cities: 56 new members from 29 countries"
    assert headline in page
    plain = json.loads(client.get("/cohorts/GNLC-2024.json").data)
    assert plain["headline"] == headline
    assert len(plain["cities"]) == plain["figures"]["new_members"] == 56
    assert plain["figures"]["regions"]["Arab States"] == 14


def test_any_page_may_read_the_open_data(lists: None, client: FlaskClient) -> None:
    for path in OPEN_DATA:
        answer = client.get(path, headers={"Origin": "https://elsewhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert client.post(path).status_code == 405
    assert "Access-Control-Allow-Origin" not in client.get("/en/registry/").headers


def test_open_data_of_a_day(lists: None, client: FlaskClient) -> None:
    plain = json.loads(client.get("/registry.json?on=2024-02-13").data)
    assert (plain["as_of"], len(plain["members"])) == ("2024-02-13", 210)
    assert list(plain["members"][0]) == [
        "id", "name", "country", "region", "member_since", "cohort", "latitude", "longitude",
    ]  # fmt: skip
    assert client.get("/registry.csv").mimetype == "text/csv"


def test_the_sitemap_knows_every_city_in_every_language(lists: None, client: FlaskClient) -> None:
    found = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").text)
    cities = [address for address in found if re.search(r"/registry/[a-z]{3}-", address)]
    assert len(cities) == len(set(cities)) == 264 * 3
    assert "http://localhost/en/cohorts/GNLC-2024" in found


def test_names_are_text_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    bring_states()
    member.import_members(
        actor=SYSTEM,
        rows=listed('"<b onclick=x>Ünïté & Co</b>",,DEU,Europe and North America,javascript:alert(1)'),
        known_by=KNOWN_BY,
    )
    changes = CityChanges(latitude=50.0, longitude=7.0, website="javascript:alert(1)")
    (reference,) = re.findall(r'/en/registry/(deu-[^"]+)"', client.get("/en/registry/").text)
    member.correct_city(actor=SYSTEM, reference=reference, changes=changes, source="x")
    for path in ("/en/registry/", "/en/registry/map", f"/en/registry/{reference}", "/registry/map.svg"):
        answer = client.get(path).text
        assert "<b onclick" not in answer
        assert 'href="javascript:' not in answer
