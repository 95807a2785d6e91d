"""Answers put into words for print: what each kind of question stores becomes a sentence of the document's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from babel.numbers import format_decimal

from gnlc_apply.core.text import Text
from gnlc_apply.core.words import count_words
from gnlc_apply.documents.dossier import DossierAnswer, DossierSection
from gnlc_apply.documents.wording import Wording
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.questionnaire import Form, Kind, Question
from gnlc_apply.questionnaire.answers import figure_of, is_empty

_BASES: Mapping[object, Text] = MappingProxyType(
    {
        "region": Text("figure of the region"),
        "country": Text("figure of the country"),
        "none": Text("No figure exists"),
    }
)


def dossier_sections(
    form: Form,
    answers: Mapping[str, object],
    wording: Wording,
    files: Mapping[str, Sequence[str]] | None = None,
    sections: frozenset[str] | None = None,
) -> tuple[DossierSection, ...]:
    """The sections of a dossier, in the order of the form, questions that were not asked left out.

    `files` gives the names of the files attached to an answer key. `sections` names the sections to print; without it
    only the signed ones are, so that no contact data is printed by default.
    """
    attached = files or {}
    return tuple(
        DossierSection(
            wording.text(Text("%(number)s. %(title)s", number=section.number, title=wording.translate(section.title))),
            tuple(
                _answer(form, question, answers.get(question.key), attached, wording)
                for question in section.concrete(answers, tuple(attached))
            ),
        )
        for section in form.sections
        if (section.key in sections if sections is not None else section.is_signed)
    )


def _answer(
    form: Form, question: Question, value: object, files: Mapping[str, Sequence[str]], wording: Wording
) -> DossierAnswer:
    if question.kind is Kind.FILES:
        return DossierAnswer(_label(form, question, wording), "\n".join(files.get(question.key, ())))
    return DossierAnswer(
        _label(form, question, wording), in_words(question, value, wording), _note(question, value, wording)
    )


def _label(form: Form, question: Question, wording: Wording) -> str:
    label = wording.translate(question.label)
    if question.group is None or question.number is None:
        return label
    item = wording.translate(form.group(question.group).item_label)
    return wording.text(Text("%(item)s %(number)s: %(label)s", item=item, number=question.number, label=label))


def _note(question: Question, value: object, wording: Wording) -> str:
    if question.word_limit and isinstance(value, str) and value:
        return wording.text(Text("%(count)s of %(limit)s words", count=count_words(value), limit=question.word_limit))
    if question.kind is Kind.FIGURE and isinstance(value, Mapping):
        return str(value.get("note", ""))
    return ""


def in_words(question: Question, value: object, wording: Wording) -> str:
    """One answer as a reader of this language reads it; empty for no answer. What was not understood stays as typed."""
    if is_empty(value):
        return ""
    return _WRITERS.get(question.kind, _typed)(question, value, wording)


def _typed(_question: Question, value: object, _wording: Wording) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values())
    return str(value)


def _choice(question: Question, value: object, wording: Wording) -> str:
    return wording.translate(question.choice_label(str(value)))


def _choices(question: Question, value: object, wording: Wording) -> str:
    chosen = value if isinstance(value, list) else [value]
    return "\n".join(_choice(question, choice, wording) for choice in chosen)


def _confirm(_question: Question, _value: object, wording: Wording) -> str:
    return wording.text(Text("Yes"))


def _rating(question: Question, value: object, wording: Wording) -> str:
    if not isinstance(value, int):
        return _typed(question, value, wording)
    return wording.text(Text("%(value)s of 5", value=value))


def _number(question: Question, value: object, wording: Wording) -> str:
    return wording.number(value) if isinstance(value, int) else _typed(question, value, wording)


def _figure(question: Question, value: object, wording: Wording) -> str:
    if not isinstance(value, Mapping):
        return _typed(question, value, wording)
    basis = _BASES.get(value.get("basis"))
    if value.get("basis") == "none" and basis:
        return wording.text(basis)
    parts = [_quantity(question, value, wording)]
    if "year" in value:
        parts.append(str(value["year"]))
    if basis:
        parts.append(wording.text(basis))
    return " · ".join(part for part in parts if part)


def _quantity(question: Question, value: Mapping[str, object], wording: Wording) -> str:
    number = figure_of(value)
    if number is None:
        return str(value.get("value", ""))
    shown = _decimal(number, wording)
    if not question.unit:
        return shown
    return wording.text(Text("%(figure)s %(unit)s", figure=shown, unit=wording.translate(question.unit)))


def _decimal(number: Decimal, wording: Wording) -> str:
    return str(format_decimal(number, locale=wording.locale, decimal_quantization=False))


def _country(_question: Question, value: object, wording: Wording) -> str:
    return country_name(str(value), wording.language)


def _language(_question: Question, value: object, wording: Wording) -> str:
    return str(wording.locale.languages.get(str(value).replace("-", "_"), value))


def _coordinates(question: Question, value: object, wording: Wording) -> str:
    if not isinstance(value, Mapping):
        return _typed(question, value, wording)
    sentence = Text(
        "latitude %(latitude)s, longitude %(longitude)s",
        latitude=f"\u200e{value.get('latitude', '')}",
        longitude=f"\u200e{value.get('longitude', '')}",
    )
    return wording.text(sentence)


def _date(question: Question, value: object, wording: Wording) -> str:
    try:
        return wording.date(date.fromisoformat(str(value)))
    except ValueError:
        return _typed(question, value, wording)


_WRITERS: Mapping[Kind, Callable[[Question, object, Wording], str]] = MappingProxyType(
    {
        Kind.CHOICE: _choice,
        Kind.CHOICES: _choices,
        Kind.CONFIRM: _confirm,
        Kind.RATING: _rating,
        Kind.NUMBER: _number,
        Kind.FIGURE: _figure,
        Kind.COUNTRY: _country,
        Kind.LANGUAGE: _language,
        Kind.COORDINATES: _coordinates,
        Kind.DATE: _date,
    }
)
