"""From what a page sends to the value that is kept, and back. What was typed is kept even when something is wrong with it.

Values are plain JSON without floats: text, ``list[str]`` (choices), ``True`` (confirm), ``int`` (rating, year, number),
``"2027-03-01"`` (date), ``{"value": "12.5", "year": 2024, "basis": "city", "note": "…"}`` (figure; parts that were left
empty are absent), ``{"latitude": "36.7213", "longitude": "-4.4214"}`` (coordinates); ``None`` is no answer. A value that
could not be understood is kept as it was typed in the same place, and ``check`` says what is wrong with it.
Compound questions use several fields: ``city.population-value``, ``-year``, ``-basis``, ``-note``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gnlc_apply.core.figures import NotAFigure, format_figure, parse_figure, plain, western_digits
from gnlc_apply.questionnaire.addresses import complete_url
from gnlc_apply.questionnaire.checks import Problem, check
from gnlc_apply.questionnaire.cleaning import clean_line, clean_text
from gnlc_apply.questionnaire.coordinates import Axis, NotACoordinate, parse_coordinate
from gnlc_apply.questionnaire.form import Kind, Question

Raw = Mapping[str, str | Sequence[str]]

_PARTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.FIGURE: ("value", "year", "basis", "note"),
    Kind.COORDINATES: ("latitude", "longitude"),
    Kind.DATE: ("day", "month", "year"),
}
_PLAIN_FIGURE = re.compile(r"\d+(\.\d+)?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TICKED = frozenset({"yes", "true", "on", "1", "y"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is kept of an answer, and what is wrong with it."""

    value: object
    problems: tuple[Problem, ...]


def field_names(question: Question) -> tuple[str, ...]:
    """The names of the question's fields on a page; an attachment question has one, for the file."""
    parts = _PARTS.get(question.kind)
    return tuple(f"{question.key}-{part}" for part in parts) if parts else (question.key,)


def parse(question: Question, raw: Raw | str | Sequence[str]) -> Parsed:
    """The value to keep and its problems. ``raw`` is the whole sent form, or only what one simple question got.

    Nothing is required here: an empty answer is ``None`` without a problem (see ``completeness``).
    """
    sent: Raw = raw if isinstance(raw, Mapping) else {question.key: raw}
    value = _PARSERS.get(question.kind, _line)(question, sent)
    return Parsed(value, check(question, value))


def present(question: Question, value: object, locale: str = "en") -> dict[str, str | list[str]]:
    """The texts that fill the question's fields, figures written as the reader's language writes them."""
    if isinstance(value, Mapping):
        parts = {f"{question.key}-{part}": value.get(part, "") for part in _PARTS.get(question.kind, ())}
        return {name: _shown(question, name, part, locale) for name, part in parts.items()}
    if question.kind is Kind.DATE:
        year, month, day = value.split("-") if isinstance(value, str) and _ISO_DATE.fullmatch(value) else ("", "", "")
        return {f"{question.key}-day": day, f"{question.key}-month": month, f"{question.key}-year": year}
    if question.kind is Kind.CHOICES:
        return {question.key: [str(choice) for choice in value] if isinstance(value, list) else []}
    if question.kind is Kind.CONFIRM:
        return {question.key: "yes" if value is True else ""}
    return {name: "" if value is None else str(value) for name in field_names(question)}


def figure_of(value: object) -> Decimal | None:
    """The number inside a figure's answer, or None when there is none or it was not understood."""
    typed = value.get("value") if isinstance(value, Mapping) else None
    return Decimal(typed) if isinstance(typed, str) and _PLAIN_FIGURE.fullmatch(typed) else None


def is_empty(value: object) -> bool:
    """Whether a kept value counts as no answer."""
    return value is None or value is False or value in ("", [], {})


def _shown(question: Question, name: str, part: object, locale: str) -> str:
    """A part as it is shown: an understood figure in the reader's writing, everything else as it was typed."""
    text = str(part)
    if question.kind is not Kind.FIGURE or not name.endswith("-value"):
        return text
    try:
        figure = parse_figure(text, question.decimals)
    except NotAFigure:
        return text
    return format_figure(figure, locale) if plain(figure) == text else text


def _sent(raw: Raw, name: str) -> str:
    found = raw.get(name, "")
    return found if isinstance(found, str) else next(iter(found), "")


def _sent_list(raw: Raw, name: str) -> list[str]:
    found = raw.get(name, ())
    return [found] if isinstance(found, str) else list(found)


def _line(question: Question, raw: Raw) -> str | None:
    return clean_line(_sent(raw, question.key)) or None


def _long_text(question: Question, raw: Raw) -> str | None:
    return clean_text(_sent(raw, question.key)) or None


def _url(question: Question, raw: Raw) -> str | None:
    return complete_url(clean_line(_sent(raw, question.key))) or None


def _country(question: Question, raw: Raw) -> str | None:
    return clean_line(_sent(raw, question.key)).upper() or None


def _confirm(question: Question, raw: Raw) -> bool | None:
    return True if _sent(raw, question.key).strip().lower() in _TICKED else None


def _choices(question: Question, raw: Raw) -> list[str] | None:
    sent = {clean_line(value): None for value in _sent_list(raw, question.key)}
    offered = [choice.value for choice in question.choices if choice.value in sent]
    return offered + [value for value in sent if value and value not in offered] or None


def _whole(text: str) -> int | str | None:
    """A whole number, or the text when it is none."""
    try:
        return int(parse_figure(text)) if text else None
    except NotAFigure:
        return text


def _number(question: Question, raw: Raw) -> int | str | None:
    return _whole(clean_line(_sent(raw, question.key)))


def _year_of(text: str) -> int | str | None:
    digits = western_digits(text)
    return int(digits) if re.fullmatch(r"[0-9]{4}", digits) else (text or None)


def _year(question: Question, raw: Raw) -> int | str | None:
    return _year_of(clean_line(_sent(raw, question.key)))


def _figure(question: Question, raw: Raw) -> dict[str, str | int] | None:
    typed = {part: clean_line(_sent(raw, f"{question.key}-{part}")) for part in _PARTS[Kind.FIGURE]}
    try:
        value = plain(parse_figure(typed["value"], question.decimals))
    except NotAFigure:
        value = typed["value"]
    parts = {"value": value, "year": _year_of(typed["year"]), "basis": typed["basis"], "note": typed["note"]}
    return {name: part for name, part in parts.items() if part} or None


def _coordinates(question: Question, raw: Raw) -> dict[str, str] | None:
    kept: dict[str, str] = {}
    for part, axis in (("latitude", Axis.LATITUDE), ("longitude", Axis.LONGITUDE)):
        typed = clean_line(_sent(raw, f"{question.key}-{part}"))
        try:
            kept[part] = parse_coordinate(typed, axis)
        except NotACoordinate:
            kept[part] = typed
    return {name: part for name, part in kept.items() if part} or None


def _date(question: Question, raw: Raw) -> str | dict[str, str] | None:
    whole = western_digits(clean_line(_sent(raw, question.key)))
    if _ISO_DATE.fullmatch(whole):
        whole_parts = whole.split("-")
        typed = dict(zip(("year", "month", "day"), whole_parts, strict=True))
    else:
        typed = {part: clean_line(_sent(raw, f"{question.key}-{part}")) for part in _PARTS[Kind.DATE]}
    try:
        return date(*(int(typed[part]) for part in ("year", "month", "day"))).isoformat()
    except (ValueError, OverflowError):
        return {name: part for name, part in typed.items() if part} or None


def _nothing(_question: Question, _raw: Raw) -> None:
    """Attachments are kept elsewhere; the answer itself is always empty."""


_PARSERS: Mapping[Kind, Callable[[Question, Raw], object]] = {
    Kind.LONG_TEXT: _long_text,
    Kind.URL: _url,
    Kind.COUNTRY: _country,
    Kind.CONFIRM: _confirm,
    Kind.CHOICES: _choices,
    Kind.NUMBER: _number,
    Kind.RATING: _number,
    Kind.YEAR: _year,
    Kind.FIGURE: _figure,
    Kind.COORDINATES: _coordinates,
    Kind.DATE: _date,
    Kind.FILES: _nothing,
}
