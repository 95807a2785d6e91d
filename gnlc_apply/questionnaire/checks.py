"""What can be wrong with an answer that was given. One check per kind of question, used while drafting and at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from gnlc_apply.core.figures import NotAFigure, Trouble, parse_figure
from gnlc_apply.core.text import Text
from gnlc_apply.core.words import count_words
from gnlc_apply.questionnaire.addresses import is_email, is_phone, url_trouble
from gnlc_apply.questionnaire.cleaning import turns_direction
from gnlc_apply.questionnaire.coordinates import Axis, NotACoordinate, parse_coordinate
from gnlc_apply.questionnaire.form import Kind, Question

FIGURE_BASES: tuple[tuple[str, Text], ...] = (
    ("city", Text("Figure of the city")),
    ("region", Text("Figure of the region")),
    ("country", Text("Figure of the country")),
    ("none", Text("No figure exists")),
)
LONGEST_LINE = 200
LONGEST_NOTE = 300
EARLIEST_FIGURE, LATEST_FIGURE = 1990, 2100
LOWEST_RATING, HIGHEST_RATING = 1, 5

_COUNTRY = re.compile(r"[A-Z]{3}")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIGURE_TROUBLES = {
    Trouble.NOT_DIGITS: Text("Enter the figure in digits, such as 1,420,000"),
    Trouble.AMBIGUOUS: Text("This figure can be read in two ways. Write it without separators, such as 1420000"),
    Trouble.NOT_WHOLE: Text("Enter a whole number"),
    Trouble.TOO_LARGE: Text("This figure is too large"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to put right: the field it belongs to, and the words."""

    field: str
    text: Text

    @property
    def key(self) -> str:
        """The answer key of the question, without the part of a compound field."""
        return self.field.partition("-")[0]


def check(question: Question, value: object) -> tuple[Problem, ...]:
    """Everything that is wrong with a given answer, in the order of its fields; an empty answer has no problem."""
    if value is None:
        return ()
    found = _CHECKS[question.kind](question, value)
    return tuple(problem_of(question, text, part) for part, text in found)


def problem_of(question: Question, text: Text, part: str = "") -> Problem:
    """A problem at a question, or at one part of it. In a list "Enter the title" alone would not tell which practice."""
    field = f"{question.key}-{part}" if part else question.key
    if question.number is None:
        return Problem(field, text)
    item = Text(question.item_label)
    return Problem(field, Text("%(item)s %(number)s: %(problem)s", item=item, number=question.number, problem=text))


Found = Iterator[tuple[str, Text]]


def _line(question: Question, value: object) -> Found:
    text = str(value)
    limit = question.maximum or LONGEST_LINE
    if len(text) > limit:
        yield (
            "",
            Text(
                "The answer must have %(limit)s characters or fewer. It has %(length)s.", limit=limit, length=len(text)
            ),
        )
    if turns_direction(text):
        yield "", Text("The answer contains invisible marks that change the order of letters. Type it again.")
    if question.kind is Kind.NAME and not any(character.isalpha() for character in text):
        yield "", Text("Enter a name")


def _long_text(question: Question, value: object) -> Found:
    words = count_words(str(value))
    if question.word_limit is not None and words > question.word_limit:
        limit = question.word_limit
        yield "", Text("The answer must have %(limit)s words or fewer. It has %(words)s.", limit=limit, words=words)


def _choice(question: Question, value: object) -> Found:
    if value not in {choice.value for choice in question.choices}:
        yield "", Text("Choose one of the answers offered")


def _choices(question: Question, value: object) -> Found:
    offered = {choice.value for choice in question.choices}
    if not isinstance(value, list) or not set(value) <= offered:
        yield "", Text("Choose from the answers offered")


def _rating(_question: Question, value: object) -> Found:
    if not isinstance(value, int) or not LOWEST_RATING <= value <= HIGHEST_RATING:
        yield "", Text("Choose a value from %(lowest)s to %(highest)s", lowest=LOWEST_RATING, highest=HIGHEST_RATING)


def _number(_question: Question, value: object) -> Found:
    if not isinstance(value, int) or value < 0:
        yield "", Text("Enter a whole number in digits")


def _year(question: Question, value: object) -> Found:
    yield from _year_between(value, question.year_from, question.year_to)


def _year_between(value: object, first: int, last: int, part: str = "") -> Found:
    if not isinstance(value, int) or not first <= value <= last:
        # Years are names, not amounts: as text they are not grouped ("2,027").
        yield part, Text("Enter a year from %(first)s to %(last)s, such as 2025", first=str(first), last=str(last))


def _figure(question: Question, value: object) -> Found:
    parts = value if isinstance(value, Mapping) else {"value": str(value)}
    basis = parts.get("basis")
    if basis == "none":
        if "value" in parts:
            yield "value", Text("You gave a figure and chose “No figure exists”. Remove one of the two.")
    else:
        yield from _figure_value(question, parts)
        if "value" in parts and "year" not in parts:
            yield "year", Text("Give the year of this figure")
    if "year" in parts:
        yield from _year_between(parts["year"], EARLIEST_FIGURE, LATEST_FIGURE, "year")
    if basis not in {code for code, _ in FIGURE_BASES}:
        yield "basis", Text("Say whether this is a figure of the city, the region or the country")
    if len(str(parts.get("note", ""))) > LONGEST_NOTE:
        yield "note", Text("The note must have %(limit)s characters or fewer", limit=LONGEST_NOTE)


def _figure_value(question: Question, parts: Mapping[str, object]) -> Found:
    if "value" not in parts:
        yield "value", Text("Enter the figure, or choose “No figure exists”")
        return
    try:
        parse_figure(str(parts["value"]), question.decimals)
    except NotAFigure as not_understood:
        too_precise = Text("Enter the figure with %(places)s decimal places or fewer", places=question.decimals)
        yield "value", _FIGURE_TROUBLES.get(not_understood.trouble, too_precise)


def _email(_question: Question, value: object) -> Found:
    if not is_email(str(value)):
        yield "", Text("Enter an e-mail address in the correct form, such as name@example.org")


def _phone(_question: Question, value: object) -> Found:
    if not is_phone(str(value)):
        yield "", Text("Enter a telephone number with the country code, such as +237 699 00 00 00")


def _url(_question: Question, value: object) -> Found:
    if (trouble := url_trouble(str(value))) is not None:
        yield "", trouble


def _date(question: Question, value: object) -> Found:
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        yield "day", Text("Enter a date with day, month and year")
    else:
        yield from _year_between(int(value[:4]), question.year_from, question.year_to, "year")


def _country(_question: Question, value: object) -> Found:
    if not _COUNTRY.fullmatch(str(value)):
        yield "", Text("Choose a country from the list")


def _language(question: Question, value: object) -> Found:
    offered = {choice.value for choice in question.choices}
    if (offered and value not in offered) or not _is_language(str(value)):
        yield "", Text("Choose a language from the list")


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _coordinates(_question: Question, value: object) -> Found:
    parts = value if isinstance(value, Mapping) else {}
    for part, axis, text in (
        ("latitude", Axis.LATITUDE, Text("Enter the latitude, such as 36.7213 or 36° 43′ 17″ N")),
        ("longitude", Axis.LONGITUDE, Text("Enter the longitude, such as -4.4214 or 4° 25′ 17″ W")),
    ):
        try:
            parse_coordinate(str(parts.get(part, "")), axis)
        except NotACoordinate:
            yield part, text


def _nothing(_question: Question, _value: object) -> Found:
    yield from ()


_CHECKS: Mapping[Kind, Callable[[Question, object], Found]] = {
    Kind.TEXT: _line,
    Kind.LONG_TEXT: _long_text,
    Kind.NAME: _line,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.CONFIRM: _nothing,
    Kind.FIGURE: _figure,
    Kind.NUMBER: _number,
    Kind.RATING: _rating,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.URL: _url,
    Kind.DATE: _date,
    Kind.YEAR: _year,
    Kind.COUNTRY: _country,
    Kind.LANGUAGE: _language,
    Kind.COORDINATES: _coordinates,
    Kind.FILES: _nothing,
}
