"""A version's text as it was written out before, for the next time a juror opens it.

A juror opens the same file again and again, at every save, and its text never changes. Whether somebody may read it is asked
at every request before this is reached (``queries.embargoed.reading``): nothing is kept here of who asked, and nothing that is
kept differs between two readers of one version. Pages that show more or other things of a file have no part in this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import get_template_attribute, request

from gnlc_apply.core.catalogues import translations
from gnlc_apply.queries.embargoed.reading import ReadingPage
from gnlc_apply.questionnaire import Guide
from gnlc_apply.web import languages
from gnlc_apply.web.jury import text
from gnlc_apply.web.jury.text import ShownCriterion

# Some thirty kilobytes each: what is open on the desks of a jury, not all that it reads.
MOST = 64


@dataclass(frozen=True, slots=True)
class HeldText:
    """The ways to the sections, all answers, and the criteria; ``about``: what stands below each criterion's scale."""

    rail: str
    answers: str
    criteria: tuple[ShownCriterion, ...]
    about: Mapping[str, str]

    def scale(self, criterion: ShownCriterion, chosen: str) -> str:
        """The values of a criterion, one of them chosen or none; without errors beside them."""
        is_value = any(chosen == value for value, _label, _meaning in criterion.values)
        # Nothing is kept by what somebody typed.
        return _scale(replace(criterion, answers=()), chosen if is_value else "")


_held: dict[tuple[Any, ...], HeldText] = {}


def text_of(page: ReadingPage) -> HeldText:
    """The text of the version that this reader has been let in to, in the language of this request."""
    key = _key(page)
    found = _held.pop(key, None) or _written(page)
    # Back to the end of the line: who has not been asked for longest goes first.
    _held[key] = found
    while len(_held) > MOST:
        _held.pop(next(iter(_held)), None)
    return found


def _key(page: ReadingPage) -> tuple[Any, ...]:
    """Everything that the text is made of: the version's content by its digest, its form, files, guide, and this language."""
    language = languages.code()
    return (
        page.reference,
        page.sha256,
        page.language,
        page.form_version,
        page.files,
        page.guide,
        language,
        translations(language),
        request.root_path,
    )


@lru_cache(maxsize=512)
def _scale(criterion: ShownCriterion, chosen: str) -> str:
    """The same in every file of a call: its words are the guide's, in the language in which the criterion has them."""
    written: str = get_template_attribute("macros/scoring.html", "scale")(criterion, criterion.values, chosen=chosen)
    return written


def _written(page: ReadingPage) -> HeldText:
    sections = text.sections(page)
    parts = [get_template_attribute("jury/reviews/_text.html", name) for name in ("rail", "answers")]
    rail, answers = (part(page.reference, page.language, sections) for part in parts)
    return _with_criteria(rail, answers, tuple(text.criteria(page)))


def _with_criteria(rail: str, answers: str, criteria: tuple[ShownCriterion, ...]) -> HeldText:
    about = get_template_attribute("jury/reviews/_scores.html", "about")
    return HeldText(rail, answers, criteria, {criterion.code: about(criterion) for criterion in criteria})


def criteria_of(guide: Guide) -> HeldText:
    """The criteria alone, for a text that is no version of an application: few are read, and nothing is kept."""
    return _with_criteria("", "", tuple(text.criteria_alone(guide)))
