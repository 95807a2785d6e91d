"""Messages in words: subjects, texts, their HTML form, links, directions, headers that cannot be injected."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask
from jinja2 import TemplateNotFound, UndefinedError

from gnlc_apply import config
from gnlc_apply.documents.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE
from gnlc_apply.mail.render import render

VALUES = {
    "name": "Ana",
    "place": "Évora",
    "words": "One.\nTwo.",
    "due": "2027-03-31T12:00:00+00:00",
    "zone": "Etc/GMT+12",
    "day": "2027-03-31",
    "n": 12345,
    "land": "PRT",
    "cities": ["Évora", "Gaza & <b>Co</b>"],
}


def test_a_message_has_subject_text_and_the_same_text_as_html(mail_app: Flask) -> None:
    with mail_app.app_context():
        made = render("sample", "en", VALUES)
    assert made.subject == "About Évora"
    assert made.body_text == (
        "Dear Ana,\n\nOne.\nTwo.\n\n31 March 2027, 00:00 (GMT-12:00)\n31 March 2027\n12,345 Portugal\n\n"
        "http://localhost/en/?topic=%C3%89vora\n\n- Évora\n- Gaza & <b>Co</b>\n\n--\nhttp://localhost/en/\n"
    )
    assert '<html lang="en" dir="ltr">' in made.body_html
    assert '<li dir="auto">Gaza &amp; &lt;b&gt;Co&lt;/b&gt;</li>' in made.body_html
    visible = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", made.body_html.split("<body>")[1]))
    assert "31 March 2027, 00:00 (GMT-12:00)" in visible


def test_only_addresses_asked_for_become_links(mail_app: Flask) -> None:
    with mail_app.app_context():
        made = render("sample", "en", {**VALUES, "words": "http://evil.example/"})
    assert re.findall(r'href="([^"]+)"', made.body_html) == [
        "http://localhost/en/?topic=%C3%89vora",
        "http://localhost/en/",
    ]


def test_links_come_from_the_configured_address_only(mail_app: Flask) -> None:
    config.use(dataclasses.replace(config.current(), public_url="https://cities.example/apply"))
    with mail_app.test_request_context("/", headers={"Host": "evil.example"}):
        made = render("sample", "en", VALUES)
    assert "https://cities.example/apply/en/?topic=" in made.body_text
    assert "evil.example" not in made.body_text


def test_a_line_break_in_a_value_cannot_leave_the_subject(mail_app: Flask) -> None:
    with mail_app.app_context():
        made = render("sample", "en", {**VALUES, "place": "Évora\r\nBcc: x@evil.example\u2028y"})
    assert made.subject == "About Évora Bcc: x@evil.example y"
    assert made.body_text.startswith("Dear Ana,")


def test_an_arabic_message_isolates_names_of_the_other_direction(mail_app: Flask) -> None:
    with mail_app.app_context():
        made = render("sample", "ar", VALUES)
    assert (made.language, made.direction) == ("ar", "rtl")
    assert f"Dear {FIRST_STRONG_ISOLATE}Ana{POP_ISOLATE}," in made.body_text
    assert '<html lang="ar" dir="rtl">' in made.body_html
    assert "<bdi>Ana</bdi>" in made.body_html
    assert "topic=%C3%89vora" in made.body_text
    assert made.body_html.count("<bdi>") == made.body_html.count("</bdi>")


def test_an_english_message_isolates_arabic_names(mail_app: Flask) -> None:
    with mail_app.app_context():
        made = render("sample", "en", {**VALUES, "name": "ليلى"})
    assert f"Dear {FIRST_STRONG_ISOLATE}ليلى{POP_ISOLATE}," in made.body_text


def test_nobody_can_smuggle_isolates_or_control_characters(mail_app: Flask) -> None:
    with mail_app.app_context():
        made = render("sample", "en", {**VALUES, "words": f"a\x00b\u202ec{POP_ISOLATE}"})
    assert "\n\nabc\n\n" in made.body_text


def test_the_pseudo_language_reaches_mail(mail_app: Flask) -> None:
    with mail_app.app_context():
        assert render("sample", "en-XA", VALUES).subject.startswith("⟦Åƀöûţ Évora".replace("ƀ", "b"))


def test_a_language_that_is_not_offered_becomes_the_first_one(mail_app: Flask) -> None:
    with mail_app.app_context():
        assert render("sample", "fr", VALUES).language == "en"


def test_a_missing_value_or_template_or_subject_is_an_error(mail_app: Flask) -> None:
    with mail_app.app_context():
        with pytest.raises(UndefinedError):
            render("sample", "en", {"name": "Ana"})
        with pytest.raises(TemplateNotFound):
            render("nothing", "en", VALUES)
        with pytest.raises(ValueError, match="Subject"):
            render("nosubject", "en", VALUES)
        with pytest.raises(ValueError, match="no kind"):
            render("../sample", "en", VALUES)
