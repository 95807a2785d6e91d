"""A frozen application as a page shows it: sections and differences in the reader's own language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel.support import NullTranslations

from gnlc_apply.core.catalogues import translations
from gnlc_apply.core.text import Text
from gnlc_apply.documents.answer_words import dossier_sections, in_words
from gnlc_apply.documents.dossier import DossierSection
from gnlc_apply.documents.wording import Wording
from gnlc_apply.queries.file import FrozenText
from gnlc_apply.questionnaire import Form, Kind, UnknownQuestion
from gnlc_apply.questionnaire.canonical import COMMITMENT, FORM, LANGUAGE, Change
from gnlc_apply.web import languages

_WHOLE = {
    FORM: Text("Version of the form"),
    LANGUAGE: Text("Language of the application"),
    COMMITMENT: Text("Text of the commitment"),
}


@dataclass(frozen=True)
class ShownChange:
    """One difference in words; an empty side means there was nothing, or nothing is left."""

    label: str
    before: str
    after: str


def wording() -> Wording:
    """The language of this request, for what documents write."""
    return _wording(languages.code(), translations(languages.code()))


@lru_cache
def _wording(language: str, catalogue: NullTranslations) -> Wording:
    return Wording(language, catalogue.ugettext)


def sections(text: FrozenText) -> tuple[DossierSection, ...]:
    """The signed sections of a version, in the order of the form."""
    files: dict[str, list[str]] = defaultdict(list)
    for file in text.files:
        files[file["question"]].append(file["caption"])
    return dossier_sections(text.form, text.answers, wording(), files)


def unsigned_sections(form: Form, answers: Mapping[str, object]) -> tuple[DossierSection, ...]:
    """The sections that are no part of the signed text, with other people's contact data: for the secretariat only."""
    keys = frozenset(section.key for section in form.sections if not section.is_signed)
    return dossier_sections(form, answers, wording(), sections=keys)


def label_of(form: Form, key: str) -> str:
    """What an answer key is about, in words."""
    words = wording()
    if key in _WHOLE:
        return words.text(_WHOLE[key])
    group = next((group for group in form.groups if group.key == key), None)
    if group is not None:
        return words.translate(group.label)
    try:
        question = form.expand(key)
    except UnknownQuestion:
        return key
    label = words.translate(question.label)
    if question.number is None:
        return label
    item = words.translate(question.item_label)
    return words.text(Text("%(item)s %(number)s: %(label)s", item=item, number=question.number, label=label))


def _side(form: Form, key: str, value: object) -> str:
    if value is None:
        return ""
    if key in _WHOLE:
        return str(value)
    try:
        question = form.expand(key)
    except UnknownQuestion:
        return str(value)
    if question.kind is Kind.FILES and isinstance(value, list):
        return "\n".join(str(file.get("caption", "")) for file in value)
    return in_words(question, value, wording())


def changes(form: Form, found: tuple[Change, ...]) -> list[ShownChange]:
    """The differences between two versions in words."""
    return [
        ShownChange(label_of(form, c.key), _side(form, c.key, c.before), _side(form, c.key, c.after)) for c in found
    ]


def questions_to_return(form: Form, *, with_people: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be returned, by section: single questions, and repeated ones as a whole. People only where asked for."""
    words = wording()
    return [
        (
            words.text(Text("%(number)s. %(title)s", number=section.number, title=words.translate(section.title))),
            [(item.key, words.translate(item.label)) for item in section.items],
        )
        for section in form.sections
        if with_people or section.is_signed
    ]
