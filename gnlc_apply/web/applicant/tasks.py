"""The task list: one row per section, with how far it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for

from gnlc_apply.core.text import Text
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire import Group, Question, Section
from gnlc_apply.questionnaire.completeness import Status, statuses
from gnlc_apply.questionnaire.form import is_shown
from gnlc_apply.services.application.opening import is_open
from gnlc_apply.web import languages

_WORDS = {
    Status.NOT_STARTED: (Text("Not started"), "info"),
    Status.IN_PROGRESS: (Text("In progress"), "caution"),
    Status.COMPLETED: (Text("Completed"), "plain"),
}
_REQUESTED = (Text("Changes requested"), "special")
_MADE = (Text("Changes made"), "good")
_LOCKED = (Text("Locked"), "plain")


@dataclass(frozen=True)
class Task:
    """One row of the list."""

    id: str
    title: str
    status: str
    tone: str
    href: str | None
    hint: str | None = None


def tasks(sheet: Sheet) -> list[Task]:
    """All sections in order."""
    found = statuses(sheet.form, sheet.answers, sheet.around.file_counts, sheet.smallest_population)
    return [_task(sheet, section, found[section.key]) for section in sheet.form.sections]


def _task(sheet: Sheet, section: Section, status: Status) -> Task:
    words, tone = _state(sheet, section, status)
    title = Text("%(number)s. %(title)s", number=section.number, title=Text(section.title))
    return Task(
        id=f"task-{section.key}",
        title=languages.translate(title),
        status=languages.translate(words),
        tone=tone,
        href=url_for("applicant.sections.page", application=sheet.reference, section=section.key),
    )


def _state(sheet: Sheet, section: Section, status: Status) -> tuple[Text, str]:
    named = sheet.around.open_keys
    if named is None:
        return _WORDS[status]
    if not any(is_open(question, named) for question in _shown(sheet, section)):
        return _LOCKED
    asked = [one.asked_at for one in sheet.around.asked if one.is_return and one.is_open]
    since = max(asked)
    made = any(at > since for key, at in sheet.changed_at.items() if key in _keys(sheet, section))
    return _MADE if made else _REQUESTED


def _shown(sheet: Sheet, section: Section) -> list[Question]:
    """The questions that can be seen; of a group those of each item in use, because a return may name just one."""
    keys = sheet.answers.keys() | sheet.around.file_counts.keys()
    shown = [item for item in section.items if is_shown(item, sheet.answers)]
    return [q for item in shown for q in (_of_group(item, keys) if isinstance(item, Group) else (item,))]


def _of_group(group: Group, keys: Collection[str]) -> list[Question]:
    return [*group.questions, *(q for number in group.item_numbers(keys) for q in group.item(number))]


def _keys(sheet: Sheet, section: Section) -> set[str]:
    return {question.key for question in section.concrete(sheet.answers, sheet.around.file_counts)}
