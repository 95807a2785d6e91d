"""The application as a juror reads it: every answer with a place to jump to, and the criteria with the answers they read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask_babel import gettext as _

from gnlc_apply.core.text import Text
from gnlc_apply.documents.answer_words import in_words
from gnlc_apply.queries.embargoed.reading import AttachedFile, ReadingPage
from gnlc_apply.questionnaire import Criterion, Guide, Kind, Question
from gnlc_apply.web import languages
from gnlc_apply.web.reading import label_of, wording


@dataclass(frozen=True)
class ShownAnswer:
    """One question with its answer in words. ``link`` is the key of an answer that is a web address."""

    anchor: str
    label: str
    value: str
    link: str | None
    files: tuple[AttachedFile, ...]


@dataclass(frozen=True)
class ShownSection:
    """A section with its answers."""

    anchor: str
    title: str
    answers: tuple[ShownAnswer, ...]


@dataclass(frozen=True)
class ShownCriterion:
    """A criterion as the scoring form takes it, with the answers that bear on it."""

    code: str
    label: str
    question: str
    weight: float
    weight_label: str
    values: tuple[tuple[str, str, str], ...]
    answers: tuple[tuple[str, str], ...]
    reasons_for: str


def anchor_of(key: str) -> str:
    """The id of an answer on the page."""
    return "a-" + key.replace(".", "-")


def sections(page: ReadingPage) -> list[ShownSection]:
    """The signed sections of the version, in the order of the form."""
    files: dict[str, list[AttachedFile]] = defaultdict(list)
    for file in page.files:
        files[file.question].append(file)
    words = wording()
    return [
        ShownSection(
            anchor=f"section-{section.key}",
            title=words.text(
                Text("%(number)s. %(title)s", number=section.number, title=words.translate(section.title))
            ),
            answers=tuple(
                _shown(page, question, tuple(files[question.key]))
                for question in section.concrete(page.answers, tuple(files))
            ),
        )
        for section in page.form.sections
        if section.is_signed
    ]


def _shown(page: ReadingPage, question: Question, files: tuple[AttachedFile, ...]) -> ShownAnswer:
    value = page.answers.get(question.key)
    is_link = question.kind is Kind.URL and isinstance(value, str) and value.startswith(("http://", "https://"))
    return ShownAnswer(
        anchor=anchor_of(question.key),
        label=label_of(page.form, question.key),
        value="" if question.kind is Kind.FILES else in_words(question, value, wording()),
        link=question.key if is_link else None,
        files=files,
    )


def criteria(page: ReadingPage) -> list[ShownCriterion]:
    """The criteria of the guide in its order, each with the answers of this version that bear on it."""
    attached = tuple(file.question for file in page.files)
    found = []
    for criterion in page.guide.criteria:
        read = page.form.read_by(page.guide.questions_of(criterion.code), page.answers, attached)
        answers = tuple((anchor_of(question.key), label_of(page.form, question.key)) for question in read)
        found.append(_criterion(page.guide, criterion, answers))
    return found


def criteria_alone(guide: Guide) -> list[ShownCriterion]:
    """The criteria of the guide in its order, for a text that has no questions."""
    return [_criterion(guide, criterion, ()) for criterion in guide.criteria]


def _criterion(guide: Guide, criterion: Criterion, answers: tuple[tuple[str, str], ...]) -> ShownCriterion:
    return ShownCriterion(
        code=criterion.code,
        label=_(criterion.title),
        question=_(criterion.question),
        weight=criterion.weight / 100,
        weight_label=languages.percent(criterion.weight / 100),
        values=tuple(
            (str(score), languages.number(score), _(criterion.looks_like(score))) for score in criterion.scores
        ),
        answers=answers,
        reasons_for=", ".join(languages.number(score) for score in guide.reasons_for),
    )
