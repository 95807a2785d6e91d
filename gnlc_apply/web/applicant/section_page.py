"""A section of the form as a page: its questions filled, with errors, clashes, requests and files at their place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from gnlc_apply.core.text import Text
from gnlc_apply.core.words import count_words
from gnlc_apply.documents.answer_words import in_words
from gnlc_apply.queries.around import Asked, File
from gnlc_apply.queries.questionnaire import guide
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire import Criterion, Group, Kind, Question, Section
from gnlc_apply.questionnaire.answers import present
from gnlc_apply.questionnaire.checks import Problem
from gnlc_apply.questionnaire.completeness import section_problems
from gnlc_apply.questionnaire.constituents import SIGNATORIES, constituents
from gnlc_apply.questionnaire.form import is_shown, template_key
from gnlc_apply.services.application.opening import is_open
from gnlc_apply.services.application.save import Clash, fingerprint
from gnlc_apply.web import languages, reading
from gnlc_apply.web.applicant.controls import Control, controls_of

Texts = Mapping[str, str | list[str]]


@dataclass
class Block:
    """One question on the page."""

    question: Question
    label: str
    help: str
    example: str
    controls: list[Control]
    version: int
    seen: str
    is_open: bool
    part: str = ""
    item: str = ""
    words: int | None = None
    files: list[File] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    theirs: str | None = None
    said: str = ""

    @property
    def kind(self) -> str:
        """How it is answered."""
        return self.question.kind.value

    @property
    def mark(self) -> str:
        """What the page sends back about what it showed: the version, and a sign of the value."""
        return f"{self.version}.{self.seen}"

    @property
    def errors(self) -> list[str]:
        """All errors of the question's fields."""
        return [error for control in self.controls for error in control.errors]


@dataclass
class SectionPage:
    """The whole page. ``refusal_status`` tells ``render`` which status it has."""

    sheet: Sheet
    section: Section
    blocks: list[Block]
    group: Group | None = None
    number: int | None = None
    refusal_status: int = 0
    clashes: tuple[Clash, ...] = ()
    message: str = ""
    was_saved: bool = False

    @property
    def errors(self) -> list[tuple[str, str | None]]:
        """Lines of the error summary: words, and the field they belong to."""
        whole: list[tuple[str, str | None]] = [(self.message, None)] if self.message else []
        named = [(error, c.id) for block in self.blocks for c in block.controls for error in c.errors]
        return [*whole, *named]

    @property
    def criteria(self) -> list[Criterion]:
        """What the jury looks for in these answers."""
        shown = {template_key(block.question) for block in self.blocks} | {
            block.question.group for block in self.blocks
        }
        return [c for c in guide(self.sheet.guide_version_id).criteria if not shown.isdisjoint(c.reads)]

    @property
    def addable(self) -> list[tuple[str, str, int]]:
        """Groups of which another item can be shown: key, its words, how many would be shown then."""
        if self.group is not None:
            return []
        found = []
        for group in self.section.groups:
            shown = {b.question.number for b in self.blocks if b.question.group == group.key}
            if shown and not group.one_for_each and len(shown) < group.maximum:
                found.append((group.key, languages.translate(Text(group.item_label)), len(shown) + 1))
        return found


def is_of_items(section: Section) -> bool:
    """Whether a section is nothing but one repeated thing; then each item has a page of its own."""
    return len(section.items) == 1 and isinstance(section.items[0], Group)


def build(
    sheet: Sheet,
    section: Section,
    *,
    number: int | None = None,
    more: Mapping[str, int] | None = None,
    typed: MultiDict[str, str] | None = None,
    problems: Sequence[Problem] = (),
    clashes: Sequence[Clash] = (),
) -> SectionPage:
    """The page of a section (or of one item), with what was typed where there is something typed."""
    group = section.groups[0] if number is not None else None
    questions = group.item(number) if group is not None and number is not None else tuple(_shown(sheet, section, more))
    clash_of = {clash.key: clash for clash in clashes}
    blocks = [_block(sheet, q, typed, clash_of.get(q.key)) for q in questions]
    _head(blocks, _names(sheet), with_items=group is None)
    _add_errors(blocks, problems)
    return SectionPage(sheet, section, blocks, group, number, clashes=tuple(clashes))


def _shown(sheet: Sheet, section: Section, more: Mapping[str, int] | None) -> Iterator[Question]:
    """The visible questions; of a group as many items as are in use, or as the reader asked for."""
    keys = sheet.answers.keys() | sheet.around.file_counts.keys()
    for item in section.items:
        if not is_shown(item, sheet.answers):
            continue
        if isinstance(item, Question):
            yield item
            continue
        for number in _numbers(item, keys, (more or {}).get(item.key, 0)):
            yield from (q for q in item.item(number) if is_shown(q, sheet.answers))


def _numbers(group: Group, keys: Collection[str], wanted: int) -> Iterable[int]:
    """One item at least, or as many as were asked for; of a group that follows another one just those it follows."""
    if group.one_for_each:
        return group.item_numbers(keys)
    return range(1, max(len(group.item_numbers(keys)), 1, min(wanted, group.maximum)) + 1)


def _block(sheet: Sheet, question: Question, typed: MultiDict[str, str] | None, clash: Clash | None) -> Block:
    value = sheet.answers.get(question.key)
    texts = present(question, value, str(languages.locale_of(languages.code())))
    version = sheet.versions.get(question.key, 0)
    if typed is not None:
        texts = {name: _typed(typed, name, question) for name in texts}
    label = languages.translate(Text(question.label))
    is_mine = sheet.is_editable and sheet.may_edit and is_open(question, sheet.around.open_keys)
    return Block(
        question=question,
        label=label,
        help=_said(question.help),
        example=_said(question.example),
        controls=controls_of(question, dict(texts), label),
        version=version,
        seen=fingerprint(value),
        is_open=is_mine,
        words=_words(question, texts),
        files=[file for file in sheet.around.files if file.question_key == question.key],
        asked=[
            one for one in sheet.around.asked if one.is_open and one.keys and is_open(question, frozenset(one.keys))
        ],
        theirs=in_words(question, clash.theirs, reading.wording()) if clash is not None else None,
        # An open answer stands in its field.
        said="" if is_mine else in_words(question, value, reading.wording()),
    )


def _said(msgid: str) -> str:
    return languages.translate(Text(msgid)) if msgid else ""


def _typed(typed: MultiDict[str, str], name: str, question: Question) -> str | list[str]:
    return typed.getlist(name) if question.kind is Kind.CHOICES else typed.get(name, "")


def _words(question: Question, texts: Texts) -> int | None:
    text = texts.get(question.key)
    return count_words(text) if question.word_limit and isinstance(text, str) else None


def _names(sheet: Sheet) -> dict[tuple[str, int], str]:
    """What is known of an item by its number: of the signature of a member, which member it is."""
    return {(SIGNATORIES, one.number): one.name for one in constituents(sheet.answers)}


def _head(blocks: list[Block], names: Mapping[tuple[str, int], str], *, with_items: bool) -> None:
    """Headings stand above the first of neighbouring questions that share one."""
    part, item = "", ("", 0)
    for block in blocks:
        question = block.question
        if question.part and question.part != part:
            block.part = languages.translate(Text(question.part))
        part = question.part
        here = (question.group or "", question.number or 0)
        if with_items and question.number is not None and here != item:
            numbered = Text("%(item)s %(number)s", item=Text(question.item_label), number=question.number)
            named = Text("%(item)s: %(name)s", item=numbered, name=names.get(here, ""))
            block.item = languages.translate(named if here in names else numbered)
        item = here


def _add_errors(blocks: list[Block], problems: Sequence[Problem]) -> None:
    fields = {control.name: control for block in blocks for control in block.controls}
    for problem in problems:
        control = fields.get(problem.field)
        if control is not None:
            control.errors.append(languages.translate(problem.text))


def wrong_answers(sheet: Sheet, section: Section) -> list[Problem]:
    """What is wrong with answers that were given; what is still missing is no mistake while one is writing."""
    return [
        problem
        for problem in section_problems(section, sheet.answers, sheet.around.file_counts, sheet.smallest_population)
        if problem.key in sheet.answers
    ]
