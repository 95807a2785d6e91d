"""From versioned data to the form's objects; a form with a mistake in it is refused as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gnlc_apply.questionnaire.form import Choice, Condition, Form, Group, Kind, Question, Section

Plain = Mapping[str, Any]

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_PART = re.compile(r"[a-z][a-z0-9_]*")
_WITH_CHOICES = frozenset({Kind.CHOICE, Kind.CHOICES})
_OPTIONAL = (
    *("help", "example", "prompt", "part", "unit", "item_label"),
    *("word_limit", "maximum", "decimals", "year_from", "year_to", "not_before"),
)
# With three decimals "1.420" could be read in two ways; see core.figures.
_MOST_DECIMALS = 2


class InvalidForm(ValueError):
    """The data do not describe a form that could be shown."""


def load_form(plain: Plain) -> Form:
    """The form these data describe. Raises InvalidForm for duplicate keys, unknown kinds and what leads nowhere."""
    try:
        sections = tuple(_section(section) for section in plain["sections"])
        form = Form(
            version=plain["version"],
            title=plain["title"],
            intro=plain["intro"],
            commitment=plain["commitment"],
            sections=sections,
            maximum_attachments=plain["attachments"]["maximum"],
            maximum_megabytes=plain["attachments"]["megabytes"],
            _by_key=_index(sections),
        )
    except KeyError as missing:
        message = f"the form lacks {missing}"
        raise InvalidForm(message) from missing
    _check_conditions(form)
    _check_groups(form)
    _check_years(form)
    return form


def _section(plain: Plain) -> Section:
    key, is_signed = _part(plain["key"]), bool(plain["signed"])
    return Section(
        key=key,
        number=plain["number"],
        title=plain["title"],
        intro=plain["intro"],
        is_signed=is_signed,
        items=tuple(_item(item, key, is_signed) for item in plain["items"]),
    )


def _item(plain: Plain, section: str, is_signed: bool) -> Question | Group:
    return _group(plain, section, is_signed) if "group" in plain else _question(plain, section, is_signed)


def _group(plain: Plain, section: str, is_signed: bool) -> Group:
    key, criteria = _part(plain["group"]), tuple(plain.get("criteria", ()))
    if not 0 <= plain["minimum"] <= plain["maximum"]:
        message = f"{key}: the minimum is above the maximum"
        raise InvalidForm(message)
    inherited = {"criteria": criteria, "part": plain.get("part", ""), "item_label": plain["item_label"]}
    questions = tuple(
        _question({**inherited, **item, "key": f"{key}.{_part(item['key'])}"}, section, is_signed, key)
        for item in plain["items"]
    )
    return Group(
        key=key,
        label=plain["label"],
        item_label=plain["item_label"],
        questions=questions,
        minimum=plain["minimum"],
        maximum=plain["maximum"],
        help=plain.get("help", ""),
        part=plain.get("part", ""),
        section=section,
        is_signed=is_signed,
        criteria=criteria,
        shown_if=_condition(plain),
        one_for_each=plain.get("one_for_each", ""),
    )


def _question(plain: Plain, section: str, is_signed: bool, group: str | None = None) -> Question:
    key = plain["key"]
    if not _KEY.fullmatch(key) or "." not in key:
        message = f"{key!r} is not a key such as city.name_latin"
        raise InvalidForm(message)
    question = Question(
        key=key,
        kind=_kind(plain),
        label=plain["label"],
        section=section,
        group=group,
        is_required=bool(plain.get("required", False)),
        is_signed=is_signed,
        criteria=tuple(plain.get("criteria", ())),
        choices=tuple(Choice(choice["value"], choice["label"]) for choice in plain.get("choices", ())),
        shown_if=_condition(plain),
        **{name: plain[name] for name in _OPTIONAL if name in plain},
    )
    _check_question(question)
    return question


def _kind(plain: Plain) -> Kind:
    try:
        return Kind(plain["kind"])
    except ValueError as unknown:
        message = f"{plain['key']}: {plain['kind']!r} is no kind of question"
        raise InvalidForm(message) from unknown


def _condition(plain: Plain) -> Condition | None:
    condition = plain.get("shown_if")
    return Condition(condition["key"], tuple(condition["values"])) if condition else None


def _check_question(question: Question) -> None:
    values = [choice.value for choice in question.choices]
    if len(set(values)) != len(values) or (question.kind in _WITH_CHOICES and not values):
        message = f"{question.key}: the choices are missing or repeat a value"
        raise InvalidForm(message)
    if not 0 <= question.decimals <= _MOST_DECIMALS or question.year_from > question.year_to:
        message = f"{question.key}: decimals or years are out of range"
        raise InvalidForm(message)


def _check_conditions(form: Form) -> None:
    items: tuple[Question | Group, ...] = (*form.questions, *form.groups)
    for item in items:
        if item.shown_if is None:
            continue
        asked = next((question for question in form.questions if question.key == item.shown_if.key), None)
        if asked is None or not set(item.shown_if.values) <= {choice.value for choice in asked.choices}:
            message = f"{item.key}: is shown if {item.shown_if.key} has a value it cannot have"
            raise InvalidForm(message)


def _check_groups(form: Form) -> None:
    keys = {group.key for group in form.groups}
    for group in form.groups:
        if group.one_for_each and (group.one_for_each not in keys or group.one_for_each == group.key):
            message = f"{group.key}: there is no group {group.one_for_each!r} that it could follow"
            raise InvalidForm(message)


def _check_years(form: Form) -> None:
    years = {question.key for question in form.questions if question.kind is Kind.YEAR}
    for question in form.questions:
        if question.not_before is not None and not {question.key, question.not_before} <= years:
            message = f"{question.key}: only a year can be compared with a year"
            raise InvalidForm(message)


def _index(sections: Iterable[Section]) -> dict[str, Question | Group]:
    by_key: dict[str, Question | Group] = {}
    for section in sections:
        items: tuple[Question | Group, ...] = (*section.questions, *section.groups)
        for item in items:
            if item.key in by_key:
                message = f"{item.key}: the key is used twice"
                raise InvalidForm(message)
            by_key[item.key] = item
    return by_key


def _part(key: str) -> str:
    if not _PART.fullmatch(key):
        message = f"{key!r} is not a plain key"
        raise InvalidForm(message)
    return key
