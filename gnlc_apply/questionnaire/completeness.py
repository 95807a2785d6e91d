"""What still keeps an application from being submitted, section by section, and how long its texts are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gnlc_apply.core.text import Text
from gnlc_apply.core.words import count_words
from gnlc_apply.questionnaire.answers import field_names, is_empty
from gnlc_apply.questionnaire.checks import Problem, check, problem_of
from gnlc_apply.questionnaire.form import Form, Kind, Question, Section
from gnlc_apply.questionnaire.population import POPULATION, Size, size, too_small

# The field name of what concerns all attachments together.
ATTACHMENTS = "attachments"


class Status(StrEnum):
    """How far a section is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class WordCount:
    """The length of one text against its limit; a text over the limit is kept but cannot be submitted."""

    key: str
    words: int
    limit: int

    @property
    def is_over(self) -> bool:
        """Whether the text is too long."""
        return self.words > self.limit


def missing(
    form: Form,
    answers: Mapping[str, object],
    attachment_counts: Mapping[str, int],
    smallest_population: int | None = None,
) -> tuple[Problem, ...]:
    """Everything to put right before the application can be submitted, in the order of the form.

    ``attachment_counts`` gives the number of attachments by question key, ``smallest_population`` what binds this file
    (``population.binding``). Hidden questions ask for nothing; an item of a group beyond its minimum asks for nothing
    until it has been begun.
    """
    given, attached = _given(answers), _attached(attachment_counts)
    sections = [_section_problems(section, given, attached, smallest_population) for section in form.sections]
    found = [problem for problems in sections for problem in problems]
    if sum(attached.values()) > form.maximum_attachments:
        limit = form.maximum_attachments
        found.append(Problem(ATTACHMENTS, Text("An application can have %(limit)s attachments or fewer", limit=limit)))
    return tuple(found)


def section_problems(
    section: Section,
    answers: Mapping[str, object],
    attachment_counts: Mapping[str, int],
    smallest_population: int | None = None,
) -> tuple[Problem, ...]:
    """Everything to put right in one section; ``answers`` are those of the whole form."""
    return _section_problems(section, _given(answers), _attached(attachment_counts), smallest_population)


def status_of(
    section: Section,
    answers: Mapping[str, object],
    attachment_counts: Mapping[str, int],
    smallest_population: int | None = None,
) -> Status:
    """Not started while nothing is answered, completed when nothing is missing or wrong, otherwise in progress."""
    given, attached = _given(answers), _attached(attachment_counts)
    keys = {question.key for question in section.concrete(given, attached)}
    if keys.isdisjoint(given.keys() | attached.keys()):
        return Status.NOT_STARTED
    left = _section_problems(section, given, attached, smallest_population)
    return Status.IN_PROGRESS if left else Status.COMPLETED


def statuses(
    form: Form,
    answers: Mapping[str, object],
    attachment_counts: Mapping[str, int],
    smallest_population: int | None = None,
) -> dict[str, Status]:
    """The status of every section by its key, in the order of the form."""
    return {s.key: status_of(s, answers, attachment_counts, smallest_population) for s in form.sections}


def word_counts(form: Form, answers: Mapping[str, object]) -> tuple[WordCount, ...]:
    """The length of every visible text that has a word limit, unanswered ones included."""
    return tuple(
        WordCount(question.key, count_words(str(answers.get(question.key) or "")), question.word_limit)
        for question in form.concrete(_given(answers))
        if question.word_limit is not None
    )


def _given(answers: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in answers.items() if not is_empty(value)}


def _attached(attachment_counts: Mapping[str, int]) -> dict[str, int]:
    return {key: count for key, count in attachment_counts.items() if count > 0}


def _section_problems(
    section: Section, given: Mapping[str, object], attached: Mapping[str, int], smallest: int | None
) -> tuple[Problem, ...]:
    begun = given.keys() | attached.keys()
    return tuple(
        problem
        for question in section.concrete(given, attached)
        for problem in _question_problems(question, given, attached, is_due=_is_due(section, question, begun))
        + _size_problems(question, given, smallest)
    )


def _is_due(section: Section, question: Question, begun: Collection[str]) -> bool:
    """Whether a required question must be answered now: always, or for the later items of a group once one is begun.

    Of a group that follows another one only the items that it follows are asked about at all.
    """
    if question.group is None or question.number is None:
        return question.is_required
    group = next(group for group in section.groups if group.key == question.group)
    is_called_for = bool(group.one_for_each) or question.number <= group.minimum or question.number in group.used(begun)
    return question.is_required and is_called_for


def _question_problems(
    question: Question, given: Mapping[str, object], attached: Mapping[str, int], *, is_due: bool
) -> tuple[Problem, ...]:
    if question.kind is Kind.FILES:
        return _attachment_problems(question, attached.get(question.key, 0), is_due=is_due)
    if question.key not in given:
        return (_unanswered(question),) if is_due else ()
    return check(question, given[question.key]) + _order_problems(question, given)


def _attachment_problems(question: Question, count: int, *, is_due: bool) -> tuple[Problem, ...]:
    if question.maximum is not None and count > question.maximum:
        limit = question.maximum
        return (problem_of(question, Text("This question can have %(limit)s attachments or fewer", limit=limit)),)
    return (_unanswered(question),) if is_due and count == 0 else ()


def _order_problems(question: Question, given: Mapping[str, object]) -> tuple[Problem, ...]:
    earlier, later = given.get(question.not_before or ""), given.get(question.key)
    if isinstance(earlier, int) and isinstance(later, int) and later < earlier:
        return (problem_of(question, Text("The last year must not be before the first year")),)
    return ()


def _size_problems(question: Question, given: Mapping[str, object], smallest: int | None) -> tuple[Problem, ...]:
    if smallest is None or question.key != POPULATION or size(given, smallest) is not Size.TOO_SMALL:
        return ()
    return (problem_of(question, too_small(smallest), "value"),)


def _unanswered(question: Question) -> Problem:
    part = field_names(question)[0].partition("-")[2]
    return problem_of(question, Text(question.prompt) if question.prompt else Text("Answer this question"), part)
