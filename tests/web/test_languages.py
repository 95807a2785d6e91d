"""Nothing is hard-wired to English: the pseudo-language shows it, and Arabic turns the pages round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from gnlc_apply.core import catalogues
from gnlc_apply.core.catalogues import CLOSE, OPEN, pseudo
from gnlc_apply.core.text import Text
from gnlc_apply.models.reference_data.countries import country_name, iso3_codes
from gnlc_apply.web import languages
from gnlc_apply.web.forms import BaseForm
from tests.desk import PLACES, Desk
from tests.services.test_signature import ask
from tests.signing_in import sign_in
from tests.web.visible import Page


class SampleForm(BaseForm):
    """A form with the usual validators."""

    name = StringField(validators=[InputRequired(), Length(max=3)])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("", ""),
        ("Dear %(name)s", "⟦Ðéåŕ %(name)s····⟧"),
        ("100%% of {city}", "⟦100%% öf {city}·····⟧"),
        ('<a href="x">a</a>', '⟦<a href="x">å</a>·····⟧'),
    ],
)
def test_the_pseudo_language_keeps_placeholders_and_markup(message: str, expected: str) -> None:
    assert pseudo(message) == expected


def _endpoint(app: Flask, path: str) -> str | None:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path)
    except HTTPException:
        return None
    return str(endpoint)


def crawl(app: Flask, client: FlaskClient, start: str, language: str) -> Iterator[tuple[str, str]]:
    """One page of each endpoint that links lead to, within one language: (path, HTML)."""
    waiting, seen = [start], set()
    while waiting:
        path = waiting.pop(0)
        endpoint = _endpoint(app, urlsplit(path).path)
        if endpoint is None or endpoint in seen or "signout" in endpoint:
            continue
        seen.add(endpoint)
        answer = client.get(path, follow_redirects=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        yield path, answer.text
        waiting += [link for link in Page(answer.text).links if link.startswith(f"/{language}/")]


def names() -> set[str]:
    """Names in choices, which CLDR gives and no translator: of countries and languages."""
    countries = {country_name(code, "en_GB") for code in iso3_codes()}
    spoken = {name for code, name in Locale.parse("en_GB").languages.items() if len(code) == 2 and len(name) > 3}
    return countries | spoken | {languages.name_of(code) for code in ("en", "ar")}


def sent_empty(client: FlaskClient, path: str, text: str) -> Iterator[tuple[str, str]]:
    """What comes back when each form of a page that somebody fills is sent with nothing in it: (what, HTML)."""
    for form in Page(text).forms:
        action = form.action or path
        if not form.is_filled or "signout" in action:
            continue
        answer = client.post(action, data=form.values, follow_redirects=True)
        if answer.mimetype == "text/html" and answer.status_code in (200, 409, 422):
            yield f"{answer.status_code} of POST {action}", answer.text


def wild_words(app: Flask, client: FlaskClient, start: str, *known: str, most: int = 2) -> dict[str, list[str]]:
    """What stands outside the brackets and is not known to be somebody's own, by page; and that there were pages.

    The pages that links lead to, then those that come back when their forms are sent empty.
    """
    theirs = names() | set(known)
    pages = dict(crawl(app, client, start, "en-XA"))
    assert len(pages) > most, pages.keys()
    for path, text in list(pages.items()):
        pages |= sent_empty(client, path, text)
    said = {path: Page(text, theirs).wild for path, text in pages.items()}
    return {path: words for path, words in said.items() if words}


def test_the_check_finds_hard_wired_words() -> None:
    text = '<p>⟦Ðéåŕ <b>x</b>⟧ wild</p><p><bdi>Ana</bdi> GNLC-2027-7KQ4M</p><img alt="also wild"><p dir="auto">hers</p>'
    assert Page(text).wild == ["<p>: wild", "alt of <img>: also wild"]


def test_public_pages_can_be_translated(app: Flask, client: FlaskClient) -> None:
    assert wild_words(app, client, "/en-XA/") == {}


def test_refusals_can_be_translated(client: FlaskClient) -> None:
    assert Page(client.get("/en-XA/nothing-here").text).wild == []


@pytest.mark.parametrize("role", ["city", "commission", "officer"])
def test_pages_behind_the_sign_in_can_be_translated(app: Flask, client: FlaskClient, role: str) -> None:
    """Each role's own pages, in a call with a submitted file."""
    desk = Desk()
    who = {"city": desk.owner, "commission": desk.commission, "officer": desk.officer}[role]
    start = {"city": "/en-XA/applications", "commission": "/en-XA/commission", "officer": "/en-XA/secretariat"}[role]
    sign_in(client, who.person_id or 0)
    assert wild_words(app, client, start, "Call for applications 2027", *PLACES) == {}


def test_pages_of_the_signatory_can_be_translated(app: Flask, client: FlaskClient) -> None:
    """By a personal link, without an account: reading, a wrong code, refusing, and the page of a link that is spent."""
    desk = Desk()
    start = f"/en-XA/sign/{ask(desk, desk.file)}"
    theirs = ("Call for applications 2027", "Ayşe Yılmaz", *PLACES)
    assert wild_words(app, client, start, *theirs, most=1) == {}
    page = Page(client.get(f"{start}/decline").text)
    declined = client.post(f"{start}/decline", data={**page.forms[0].values, "reason": "Not now"})
    pages = [client.get(declined.headers["Location"]).text, client.get(start).text]
    assert [Page(text, PLACES).wild for text in pages] == [[], []]


def test_a_form_that_comes_back_is_looked_at(app: Flask, client: FlaskClient) -> None:
    path = "/en-XA/account/register"
    assert [what for what, _text in sent_empty(client, path, client.get(path).text)] == [f"422 of POST {path}"]


def test_arabic_pages_run_from_right_to_left(client: FlaskClient) -> None:
    text = client.get("/ar/").text
    assert re.search(r'<html[^>]* lang="ar" dir="rtl"', text)
    assert re.search(r'href="/static/app\.rtl\.[0-9a-f]+\.css"', text)
    assert not re.search(r'href="/static/app\.[0-9a-f]+\.css"', text)


def test_english_pages_run_from_left_to_right(client: FlaskClient) -> None:
    text = client.get("/en/").text
    assert re.search(r'<html[^>]* lang="en" dir="ltr"', text)
    assert re.search(r'href="/static/app\.[0-9a-f]+\.css"', text)


def test_each_language_is_named_in_itself_and_leads_to_this_page(client: FlaskClient) -> None:
    links = re.findall(r'<a href="([^"]+)" hreflang="([^"]+)" lang="([^"]+)"', client.get("/en/help").text)
    assert ("/ar/help", "ar", "ar") in links
    assert "العربية" in client.get("/en/help").text


def test_the_bare_address_leads_to_the_readers_language(client: FlaskClient) -> None:
    assert client.get("/", headers={"Accept-Language": "ar-EG,en;q=0.5"}).headers["Location"] == "/ar/"
    assert client.get("/", headers={"Accept-Language": "xx"}).headers["Location"] == "/en/"
    assert client.get("/fr/").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This field is required."), ("ar", "هذا الحقل مطلوب."), ("en-XA", pseudo("This field is required."))],
)
def test_what_validators_say_is_translated(app: Flask, language: str, words: str) -> None:
    with app.test_request_context("/", method="POST", data={"name": ""}):
        g.language = language
        form = SampleForm(meta={"csrf": False})
        assert not form.validate()
        assert form.name.errors == [words]


def test_dates_figures_and_countries_follow_the_language(app: Flask) -> None:
    moment = datetime(2027, 3, 31, 11, 59, tzinfo=UTC)
    with app.test_request_context("/"):
        g.language = "en"
        assert languages.moment(moment, "Etc/GMT+12") == "30 March 2027, 23:59 (GMT-12:00)"
        assert languages.moment(moment) == "31 March 2027, 11:59 (UTC)"
        assert languages.translate(Text("%(day)s, %(n)s", day=date(2027, 3, 1), n=12345)) == "1 March 2027, 12,345"
        g.language = "ar"
        assert languages.country("PRT") == "البرتغال"
        assert languages.day(date(2027, 3, 1)) == "1 مارس 2027"
        g.language = "en-XA"
        assert languages.country("PRT") == f"{OPEN}Portugal{CLOSE}"


def test_catalogues_are_found_wherever_the_package_lies() -> None:
    assert catalogues.FOLDER.is_dir()
    assert (catalogues.FOLDER / "messages.pot").is_file()
    assert catalogues.translations("en").gettext("Back") == "Back"


def test_a_compiled_catalogue_is_used_by_pages_and_texts(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="ar")
    catalogue.add("Sign in", "تسجيل الدخول")
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    catalogues.translations.cache_clear()
    try:
        assert ">تسجيل الدخول</a>" in app.test_client().get("/ar/").text
        assert ">Sign in</a>" in app.test_client().get("/en/").text
    finally:
        catalogues.translations.cache_clear()
