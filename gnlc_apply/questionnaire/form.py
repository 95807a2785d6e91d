"""The form as frozen objects: sections hold questions and repeatable groups; every answer key leads to its question.

Keys: ``city.name_latin`` is a question, ``practices`` a group, ``practices.title`` a question of that group as it is
written in the form, ``practices.2.title`` the same question of the second practice (an answer key).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property


class UnknownQuestion(LookupError):
    """A key that leads to no question of this form."""


class Kind(StrEnum):
    """How a question is answered; the shape of the stored value is told in ``answers.py``."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NAME = "name"
    CHOICE = "choice"
    CHOICES = "choices"
    CONFIRM = "confirm"
    FIGURE = "figure"
    NUMBER = "number"
    RATING = "rating"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    DATE = "date"
    YEAR = "year"
    COUNTRY = "country"
    LANGUAGE = "language"
    COORDINATES = "coordinates"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers a question offers."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A question or group is shown only while another answer has one of these values."""

    key: str
    values: tuple[str, ...]

    def holds(self, answers: Mapping[str, object]) -> bool:
        """Whether the answers so far make the dependent question visible."""
        return answers.get(self.key) in self.values


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``prompt`` says what to do when it is unanswered; ``maximum`` counts characters, or files.

    ``part`` is a heading inside the section, shared by neighbouring questions. Labels, helps, examples, prompts, parts
    and units are message ids: pages translate them. ``group``, ``item_label`` and ``number`` are set for questions of a
    repeatable group (``number`` only once the key has been expanded). ``not_before`` names a year that this year must not precede.
    """

    key: str
    kind: Kind
    label: str
    help: str = ""
    example: str = ""
    prompt: str = ""
    part: str = ""
    unit: str = ""
    section: str = ""
    group: str | None = None
    item_label: str = ""
    number: int | None = None
    word_limit: int | None = None
    maximum: int | None = None
    decimals: int = 0
    year_from: int = 1900
    year_to: int = 2100
    not_before: str | None = None
    is_required: bool = False
    is_signed: bool = True
    criteria: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    shown_if: Condition | None = None

    def choice_label(self, value: str) -> str:
        """The words of an offered answer; an unknown value comes back as it is, so that nothing disappears."""
        return next((choice.label for choice in self.choices if choice.value == value), value)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are answered several times: the practices, the partners, the constituents of a consortium.

    ``one_for_each`` names another group: there is one item for each of its items in use, under the same number.
    """

    key: str
    label: str
    item_label: str
    questions: tuple[Question, ...]
    minimum: int
    maximum: int
    help: str = ""
    part: str = ""
    section: str = ""
    is_signed: bool = True
    criteria: tuple[str, ...] = ()
    shown_if: Condition | None = None
    one_for_each: str = ""
    # Items that were written out before: a form never changes, and every page asks for them.
    _items: dict[int, tuple[Question, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def used(self, keys: Collection[str]) -> frozenset[int]:
        """The numbers of the items that have an answer (or an attachment) among these answer keys."""
        return _numbers(self.key, keys)

    def item_numbers(self, keys: Collection[str]) -> tuple[int, ...]:
        """The items a page shows: at least the minimum, and all up to the last one in use; or those of another group."""
        if self.one_for_each:
            return tuple(sorted(number for number in _numbers(self.one_for_each, keys) if number <= self.maximum))
        last = max((number for number in self.used(keys) if number <= self.maximum), default=0)
        return tuple(range(1, max(self.minimum, last) + 1))

    def item(self, number: int) -> tuple[Question, ...]:
        """The questions of one item, with their answer keys."""
        found = self._items.get(number)
        if found is None:
            found = self._items[number] = tuple(expand_question(question, number) for question in self.questions)
        return found


@dataclass(frozen=True, slots=True)
class Section:
    """One of the sections of the form, in its order. ``is_signed`` is false for sections 2 and 12."""

    key: str
    number: int
    title: str
    intro: str
    is_signed: bool
    items: tuple[Question | Group, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order, those of a group once, with the group's plain key."""
        return tuple(question for item in self.items for question in _questions_of(item))

    @property
    def groups(self) -> tuple[Group, ...]:
        """The repeatable groups of this section."""
        return tuple(item for item in self.items if isinstance(item, Group))

    def concrete(self, answers: Mapping[str, object], attached: Collection[str] = ()) -> tuple[Question, ...]:
        """The questions to show for these answers: hidden ones left out, groups written out item by item."""
        keys = frozenset(answers) | frozenset(attached)
        shown = (item for item in self.items if is_shown(item, answers))
        return tuple(question for item in shown for question in _written_out(item, keys) if is_shown(question, answers))


@dataclass(frozen=True)
class Form:
    """A version of the form. ``commitment`` is the sentence the signatory agrees to."""

    version: str
    title: str
    intro: str
    commitment: str
    sections: tuple[Section, ...]
    maximum_attachments: int = 10
    maximum_megabytes: int = 10
    _by_key: Mapping[str, Question | Group] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order of the form, those of a group once."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """All repeatable groups in the order of the form."""
        return tuple(group for section in self.sections for group in section.groups)

    def question(self, key: str) -> Question:
        """The question with this key, as the form writes it. Raises UnknownQuestion."""
        found = self._by_key.get(key)
        if not isinstance(found, Question):
            raise UnknownQuestion(key)
        return found

    def group(self, key: str) -> Group:
        """The repeatable group with this key. Raises UnknownQuestion."""
        found = self._by_key.get(key)
        if not isinstance(found, Group):
            raise UnknownQuestion(key)
        return found

    def section(self, key: str) -> Section:
        """The section with this key. Raises UnknownQuestion."""
        for section in self.sections:
            if section.key == key:
                return section
        raise UnknownQuestion(key)

    def expand(self, key: str) -> Question:
        """The question behind an answer key such as ``practices.1.title``. Raises UnknownQuestion.

        Numbers begin at 1, end at the group's maximum and are written without leading zeros, so that no two keys mean
        the same answer.
        """
        parts = key.split(".")
        if len(parts) != 3:
            question = self.question(key)
            if question.group is not None:
                raise UnknownQuestion(key)
            return question
        group, number = self.group(parts[0]), parts[1]
        if not (number.isascii() and number.isdecimal() and str(int(number)) == number):
            raise UnknownQuestion(key)
        if not 1 <= int(number) <= group.maximum:
            raise UnknownQuestion(key)
        for question in group.item(int(number)):
            if question.key == key:
                return question
        raise UnknownQuestion(key)

    def concrete(self, answers: Mapping[str, object], attached: Collection[str] = ()) -> tuple[Question, ...]:
        """All questions to show for these answers, in the order of the form."""
        return tuple(question for section in self.sections for question in section.concrete(answers, attached))

    def read_by(
        self, keys: Collection[str], answers: Mapping[str, object], attached: Collection[str] = ()
    ) -> tuple[Question, ...]:
        """The concrete questions behind a criterion's reading list (question keys and group keys), in form order."""
        wanted = frozenset(keys)
        return tuple(
            question
            for question in self.concrete(answers, attached)
            if question.group in wanted or template_key(question) in wanted
        )


def expand_question(question: Question, number: int) -> Question:
    """A group's question for one item: ``practices.title`` becomes ``practices.2.title``, and what it depends on too."""
    group, _, name = question.key.partition(".")
    condition = question.shown_if
    if condition is not None and condition.key.startswith(f"{group}."):
        condition = replace(condition, key=f"{group}.{number}.{condition.key.partition('.')[2]}")
    return replace(question, key=f"{group}.{number}.{name}", number=number, shown_if=condition)


def template_key(question: Question) -> str:
    """The key as the form writes it, whether the question has been expanded or not."""
    if question.number is None:
        return question.key
    group, _, name = question.key.split(".")
    return f"{group}.{name}"


def is_shown(item: Question | Group, answers: Mapping[str, object]) -> bool:
    """Whether a question or group is visible with these answers."""
    return item.shown_if is None or item.shown_if.holds(answers)


def _numbers(group: str, keys: Collection[str]) -> frozenset[int]:
    prefix = f"{group}."
    numbers = (key.removeprefix(prefix).split(".")[0] for key in keys if key.startswith(prefix))
    return frozenset(int(number) for number in numbers if number.isascii() and number.isdecimal())


def _questions_of(item: Question | Group) -> tuple[Question, ...]:
    return (item,) if isinstance(item, Question) else item.questions


def _written_out(item: Question | Group, keys: Collection[str]) -> Iterator[Question]:
    if isinstance(item, Question):
        yield item
        return
    for number in item.item_numbers(keys):
        yield from item.item(number)
