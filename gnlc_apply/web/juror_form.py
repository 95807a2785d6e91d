"""What the assignment needs to know of a juror, as a form: for the juror and for the officer who invites."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import NumberRange, Optional

from gnlc_apply.jury.spoken import FULL, READING, kept
from gnlc_apply.queries.call import countries
from gnlc_apply.queries.embargoed.roster import Profile
from gnlc_apply.questionnaire import default_form
from gnlc_apply.web import languages
from gnlc_apply.web.forms import BaseForm, stripped

EMPTY = Profile((), (), (), (), None)


def language_name(code: str) -> str:
    """What a language is called in the reader's language."""
    return _language_name(code, languages.code())


@lru_cache(maxsize=1024)
def _language_name(code: str, language: str) -> str:
    return Locale.parse(code, sep="-").get_display_name(languages.locale_of(language)) or code


def context_choices() -> list[tuple[str, str]]:
    """The types of place, by their number of people."""
    return [
        ("megacity", _("Large cities, of a million people and more")),
        ("town", _("Cities of 50,000 people and more")),
        ("rural", _("Small towns and rural places")),
    ]


def topic_choices() -> list[tuple[str, str]]:
    """The twelve focus areas by their official names."""
    return [(choice.value, _(choice.label)) for choice in default_form().question("focus_words.area").choices]


def _pairs(choices: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


class ProfileForm(BaseForm):
    """Countries, languages, focus areas, places, capacity."""

    residence = SelectField(_l("Country of residence"))
    nationality = SelectField(_l("Nationality"))
    second_nationality = SelectField(_l("Another nationality"))
    employer = SelectField(_l("Country of the employer"))
    languages = SelectMultipleField(_l("Works in these languages"))
    reading = SelectMultipleField(_l("Reads these languages, but does not work in them"))
    topics = SelectMultipleField(_l("Focus areas this person knows well"))
    contexts = SelectMultipleField(_l("Places this person knows well"))
    organisations = TextAreaField(_l("Organisations for which this person works, one on each line"), filters=[stripped])
    related_names = TextAreaField(
        _l("Relatives and close colleagues who may be named in an application, one on each line"), filters=[stripped]
    )
    capacity = IntegerField(_l("At most this many files"), validators=[Optional(), NumberRange(min=0)])

    def __init__(self, offered: tuple[str, ...], profile: Profile = EMPTY, **more: Any) -> None:
        super().__init__(data={**_plain(profile), **more})
        named = sorted((languages.country(code), code) for code in countries())
        states = _pairs([("", _("Choose")), *((code, name) for name, code in named)])
        for field in (self.residence, self.nationality, self.second_nationality, self.employer):
            field.choices = states
        spoken = [
            (code, language_name(code)) for code in dict.fromkeys((*offered, *(c for c, _level in profile.languages)))
        ]
        self.languages.choices, self.reading.choices = _pairs(spoken), _pairs(spoken)
        self.topics.choices, self.contexts.choices = _pairs(topic_choices()), _pairs(context_choices())

    def values(self) -> dict[str, Any]:
        """The profile as the commands take it."""
        typed = (self.residence, self.nationality, self.second_nationality, self.employer)
        works = list(self.languages.data or [])
        reads = [kept(code, READING) for code in self.reading.data or [] if code not in works]
        return {
            # Without a country of residence there is none in first place: the command says so at that field.
            "countries": [field.data for field in typed if field.data] if self.residence.data else [],
            "languages": works + reads,
            "topics": self.topics.data or [],
            "contexts": self.contexts.data or [],
            "organisations": (self.organisations.data or "").splitlines(),
            "related_names": (self.related_names.data or "").splitlines(),
            "capacity": self.capacity.data,
        }


def _plain(profile: Profile) -> dict[str, Any]:
    countries_ = (*profile.countries, "", "", "", "")
    return {
        "residence": countries_[0],
        "nationality": countries_[1],
        "second_nationality": countries_[2],
        "employer": countries_[3],
        "languages": [code for code, level in profile.languages if level == FULL],
        "reading": [code for code, level in profile.languages if level == READING],
        "topics": list(profile.topics),
        "contexts": list(profile.contexts),
        "organisations": "\n".join(profile.organisations),
        "related_names": "\n".join(profile.related_names),
        "capacity": profile.capacity,
    }
