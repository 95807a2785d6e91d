"""Check your answers: everything in words, what is missing, and links that come back here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.text import Text
from gnlc_apply.documents.answer_words import in_words
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire import Kind, Question, Section
from gnlc_apply.questionnaire.answers import field_names
from gnlc_apply.services.application.opening import is_open
from gnlc_apply.web import languages, reading
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.applications import offers
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("check", __name__)


@dataclass(frozen=True)
class Row:
    """One answer with its problems and the way to change it."""

    key: str
    value: str
    href: str | None
    problems: list[str]


@dataclass(frozen=True)
class Part:
    """A section with its answers."""

    title: str
    rows: list[Row]


def _href(found: Sheet, question: Question) -> str | None:
    if not found.is_editable or not found.may_edit or not is_open(question, found.around.open_keys):
        return None
    anchor = field_names(question)[0] if question.kind is not Kind.FILES else f"files-{question.key}"
    place: dict[str, Any] = {"application": found.reference, "section": question.section}
    if question.group == question.section and question.number is not None:
        address = url_for("applicant.sections.item", **place, number=question.number, back="check")
    else:
        address = url_for("applicant.sections.page", **place, back="check")
    return f"{address}#{anchor}"


def _value(found: Sheet, question: Question) -> str:
    if question.kind is Kind.FILES:
        return "\n".join(file.caption for file in found.around.files if file.question_key == question.key)
    return in_words(question, found.answers.get(question.key), reading.wording())


def _part(found: Sheet, section: Section, problems: dict[str, list[str]]) -> Part:
    title = Text("%(number)s. %(title)s", number=section.number, title=Text(section.title))
    rows = [
        Row(reading.label_of(found.form, q.key), _value(found, q), _href(found, q), problems.get(q.key, []))
        for q in section.concrete(found.answers, found.around.file_counts)
    ]
    return Part(languages.translate(title), rows)


@blueprint.get("/applications/<application>/check")
@requires(Permission.READ_AS_CITY)
def page(application: str) -> BaseResponse:
    """All answers on one page."""
    found = sheet(application)
    problems: dict[str, list[str]] = {}
    for problem in found.problems:
        problems.setdefault(problem.key, []).append(languages.translate(problem.text))
    parts = [_part(found, section, problems) for section in found.form.sections]
    return render(sheet=found, parts=parts, count=len(found.problems), offers=offers(found, current_actor()))
