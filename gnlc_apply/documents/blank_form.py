"""The blank form: every question of a form's version, to read, to discuss and to fill in by hand."""

from __future__ import annotations

import math
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.typesetting import typeset
from gnlc_apply.documents.wording import Wording, frame, isolated
from gnlc_apply.questionnaire import Form, Group, Kind, Question, Section

# Words of handwriting that fit on one ruled line of the page.
WORDS_A_LINE = 10
_SPACES = {
    Kind.CHOICE: "choices",
    Kind.CHOICES: "choices",
    Kind.CONFIRM: "choices",
    Kind.FIGURE: "figure",
    Kind.RATING: "scale",
    Kind.COORDINATES: "coordinates",
    Kind.FILES: "lines",
}


def blank_form(form: Form, wording: Wording, call_title: str = "") -> bytes:
    """The form as PDF, in the language of `wording`."""
    return typeset("blank_form.typ", blank_form_values(form, wording, call_title), wording.language)


def blank_form_values(form: Form, wording: Wording, call_title: str = "") -> dict[str, Any]:
    """What the template takes."""
    title = wording.translate(form.title)
    return frame(wording, title, title) | {
        "call": isolated(call_title),
        "intro": _said(wording, form.intro),
        "hint": wording.text(
            Text(
                "This page is for preparing your answers. The application itself is made online. "
                "Form version: %(version)s",
                version=form.version,
            )
        ),
        "year_label": wording.text(Text("Year")),
        "coordinates": [wording.text(Text("Latitude")), wording.text(Text("Longitude"))],
        "bases": [
            wording.text(Text("Figure of the city")),
            wording.text(Text("Figure of the region")),
            wording.text(Text("Figure of the country")),
            wording.text(Text("No figure exists")),
        ],
        "sections": [_section(section, wording) for section in form.sections],
    }


def _said(wording: Wording, msgid: str) -> str:
    """A text of the form in this language; an empty one stays empty (gettext would answer with the catalogue's head)."""
    return wording.translate(msgid) if msgid else ""


def _section(section: Section, wording: Wording) -> dict[str, Any]:
    items, part = [], ""
    for item in section.items:
        shown = item.part if item.part != part else ""
        part = item.part
        items.append(_group(item, shown, wording) if isinstance(item, Group) else _question(item, shown, wording))
    title = wording.text(Text("%(number)s. %(title)s", number=section.number, title=wording.translate(section.title)))
    return {"title": isolated(title), "intro": _said(wording, section.intro), "items": items}


def _group(group: Group, part: str, wording: Wording) -> dict[str, Any]:
    rule = (
        Text("From %(minimum)s to %(maximum)s.", minimum=group.minimum, maximum=group.maximum)
        if group.minimum
        else Text("Up to %(maximum)s.", maximum=group.maximum)
    )
    copies = [
        {
            "label": wording.text(Text("%(item)s %(number)s", item=_said(wording, group.item_label), number=number)),
            "questions": [_question(question, "", wording) for question in group.item(number)],
        }
        for number in range(1, max(group.minimum, 1) + 1)
    ]
    return {
        "kind": "group",
        "part": _said(wording, part),
        "label": _said(wording, group.label),
        "rule": wording.text(rule),
        "help": _said(wording, group.help),
        "copies": copies,
    }


def _question(question: Question, part: str, wording: Wording) -> dict[str, Any]:
    example = Text("Example: %(example)s", example=_said(wording, question.example)) if question.example else None
    return {
        "kind": "question",
        "part": _said(wording, part),
        "label": _said(wording, question.label),
        "rule": _rule(question, wording),
        "help": _said(wording, question.help),
        "example": wording.text(example) if example else "",
        "space": _SPACES.get(question.kind, "lines"),
        "lines": _lines(question),
        "choices": _choices(question, wording),
        "value_label": wording.text(Text("Figure in %(unit)s", unit=_said(wording, question.unit)))
        if question.unit
        else wording.text(Text("Figure")),
    }


def _choices(question: Question, wording: Wording) -> list[str]:
    if question.kind is Kind.RATING and not question.choices:
        return [wording.number(value) for value in range(1, 6)]
    if question.kind is Kind.CONFIRM and not question.choices:
        return [wording.text(Text("Yes"))]
    return [wording.translate(choice.label) for choice in question.choices]


def _lines(question: Question) -> int:
    """Ruled lines to give: by the word limit, one for short answers, none where there are boxes to tick."""
    if question.kind is Kind.LONG_TEXT:
        return max(2, math.ceil((question.word_limit or 60) / WORDS_A_LINE))
    return 1 if _SPACES.get(question.kind, "lines") == "lines" else 0


def _rule(question: Question, wording: Wording) -> str:
    """What is asked for in one line: whether it must be answered, how long it may be, when it is asked at all."""
    parts = [Text("Required.") if question.is_required else Text("Optional.")]
    if question.word_limit:
        parts.append(Text("Up to %(words)s words.", words=question.word_limit))
    if question.kind is Kind.CHOICES:
        parts.append(Text("You can choose several."))
    if question.shown_if is not None:
        parts.append(Text("Only if an earlier answer asks for it."))
    return " ".join(wording.text(part) for part in parts)
