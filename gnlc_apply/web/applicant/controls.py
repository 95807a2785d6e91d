"""Fields of a question as the field macros take them: made from data, so that a page costs no form class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from gnlc_apply.core.text import Text
from gnlc_apply.models.reference_data.countries import country_name, iso3_codes
from gnlc_apply.questionnaire import Kind, Question
from gnlc_apply.questionnaire.answers import field_names
from gnlc_apply.questionnaire.checks import FIGURE_BASES
from gnlc_apply.web import languages

# What a person writes letters in, where the form names no languages of its own.
_PARTS = {
    "value": Text("Figure"),
    "year": Text("Year"),
    "basis": Text("Which figure is it?"),
    "note": Text("Note (for example the source)"),
    "latitude": Text("Latitude"),
    "longitude": Text("Longitude"),
    "day": Text("Day"),
    "month": Text("Month"),
}


@dataclass(frozen=True)
class Label:
    """What WTForms calls a label."""

    text: str


@dataclass
class Control:
    """One field: the part of a WTForms field that the macros look at."""

    name: str
    label: Label
    type: str = "StringField"
    data: str | list[str] = ""
    choices: Sequence[tuple[str, str]] = ()
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The field's id: its name, as the error summary links to it."""
        return self.name

    def _value(self) -> str:
        return self.data if isinstance(self.data, str) else ""

    def has_groups(self) -> bool:
        """Never: the lists here are flat."""
        return False

    def iter_choices(self) -> Iterator[tuple[str, str, bool, dict[str, str]]]:
        """Value, label, whether it is chosen, and no further attributes."""
        chosen = self.data if isinstance(self.data, list) else [self.data]
        for value, label in self.choices:
            yield value, label, value in chosen, {}


_TYPES = {
    Kind.LONG_TEXT: "TextAreaField",
    Kind.CHOICE: "RadioField",
    Kind.RATING: "RadioField",
    Kind.CHOICES: "SelectMultipleField",
    Kind.CONFIRM: "BooleanField",
    Kind.COUNTRY: "SelectField",
    Kind.LANGUAGE: "SelectField",
    Kind.EMAIL: "EmailField",
    Kind.PHONE: "TelField",
    Kind.NUMBER: "IntegerField",
    Kind.YEAR: "IntegerField",
}


def controls_of(question: Question, texts: dict[str, str | list[str]], label: str) -> list[Control]:
    """The fields of a question, filled."""
    names = field_names(question)
    if len(names) == 1:
        name = names[0]
        return [Control(name, Label(label), _type(question), texts.get(name, ""), _choices(question))]
    return [_part(question, name, texts.get(name, "")) for name in names]


def _type(question: Question) -> str:
    return _TYPES.get(question.kind, "StringField")


def _part(question: Question, name: str, data: str | list[str]) -> Control:
    part = name.rpartition("-")[2]
    label = Label(languages.translate(_PARTS[part]))
    if part == "value" and question.unit:
        label = Label(languages.translate(Text("Figure in %(unit)s", unit=Text(question.unit))))
    if part != "basis":
        return Control(name, label, "StringField", data)
    choices = [(code, languages.translate(words)) for code, words in FIGURE_BASES]
    return Control(name, label, "SelectField", data, [("", languages.translate(Text("Choose"))), *choices])


def _choices(question: Question) -> Sequence[tuple[str, str]]:
    nothing = ("", languages.translate(Text("Choose")))
    if question.kind is Kind.COUNTRY:
        return [nothing, *countries(languages.code())]
    if question.kind is Kind.LANGUAGE and not question.choices:
        return [nothing, *_languages(languages.code())]
    if question.kind is Kind.RATING and not question.choices:
        return [(str(value), languages.number(value)) for value in range(1, 6)]
    offered = [(choice.value, languages.translate(Text(choice.label))) for choice in question.choices]
    return [nothing, *offered] if question.kind is Kind.LANGUAGE else offered


def offered(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Values and labels as a WTForms field takes them."""
    return [SelectChoice(value, label) for value, label in pairs]


@lru_cache(maxsize=16)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Codes and names of the states known here, by name in this language."""
    locale = str(languages.locale_of(language))
    return tuple(sorted(((code, country_name(code, locale)) for code in iso3_codes()), key=lambda pair: pair[1]))


@lru_cache(maxsize=16)
def _languages(language: str) -> tuple[tuple[str, str], ...]:
    names = languages.locale_of(language).languages
    plain = ((code, str(name)) for code, name in names.items() if code.isalpha() and len(code) <= 3)
    return tuple(sorted(plain, key=lambda pair: pair[1]))
