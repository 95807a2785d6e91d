"""The scoring form of one guide: a value and a reason for every criterion, one paragraph, the revision it began from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from babel.support import NullTranslations
from flask import request
from flask_babel import gettext as _
from wtforms import HiddenField, StringField, TextAreaField

from gnlc_apply.core.catalogues import translations
from gnlc_apply.queries.embargoed.reading import MyScore, ReadingPage
from gnlc_apply.questionnaire import Guide
from gnlc_apply.questionnaire.totals import weighted_total
from gnlc_apply.web import languages
from gnlc_apply.web.forms import BaseForm, stripped

SCORE, REASON = "score-", "reason-"


class SentReview(BaseForm):
    """What every scoring form holds. What was scored is taken by the names of its fields: the command knows the guide."""

    typed_revision = 0
    revision = HiddenField(default="0")
    paragraph = TextAreaField(filters=[stripped])

    def work(self) -> dict[str, Any]:
        """Scores, paragraph and revision as the commands take them."""
        typed = str(self.revision.data or "")
        self.typed_revision = int(typed) if typed.isascii() and typed.isdecimal() else -1
        return {"scores": _sent_scores(), "paragraph": self.paragraph.data or "", "revision": self.typed_revision}


class ReviewForm(SentReview):
    """A page's form; the fields of the criteria come with ``form_for``."""

    codes: tuple[str, ...] = ()

    def total(self, guide: Guide) -> float | None:
        """The weighted total of what stands in the form, None while too little is scored."""
        values = {code: _value(self._fields[f"{SCORE}{code}"].data) for code in self.codes}
        on_scale = {code: value for code, value in values.items() if value in range(6)}
        found = weighted_total(guide.weights, on_scale)
        return found.value if found.is_complete else None

    def take_back(self, sent: SentReview) -> ReviewForm:
        """What was sent was refused: the refusal stands in this form, beside its fields."""
        self.typed_revision = sent.typed_revision
        if sent.refusal is not None:
            self.refuse(sent.refusal)
        else:
            self.validate()
            self.refusal_status = sent.refusal_status
        return self


def _value(typed: object) -> int | None:
    """The value of a criterion, None while there is none."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else None


def _sent_scores() -> dict[str, tuple[int | None, str]]:
    """By criterion: the value and the reason that this request holds."""
    sent = request.form
    codes = dict.fromkeys(name.partition("-")[2] for name in sent if name.startswith((SCORE, REASON)))
    return {code: (_value(sent.get(SCORE + code)), stripped(sent.get(REASON + code))) for code in codes}


class Kept(Protocol):
    """What is saved of somebody's scores."""

    @property
    def scores(self) -> Mapping[str, MyScore]:
        """By criterion."""

    @property
    def paragraph(self) -> str:
        """The words on the whole."""

    @property
    def revision(self) -> int:
        """How often it was saved."""


def form_for(page: ReadingPage) -> ReviewForm:
    """The form for this page's guide, filled with what is saved."""
    return form_of(page.guide, page)


def form_of(guide: Guide, kept: Kept) -> ReviewForm:
    """The form of a guide, filled with what is saved."""
    saved: dict[str, Any] = {"revision": str(kept.revision), "paragraph": kept.paragraph}
    for criterion in guide.criteria:
        mine = kept.scores.get(criterion.code)
        saved[SCORE + criterion.code] = str(mine.value) if mine and mine.value is not None else ""
        saved[REASON + criterion.code] = mine.reason if mine else ""
    language = languages.code()
    return _form_of(guide, language, translations(language))(data=saved)


@lru_cache(maxsize=64)
def _form_of(guide: Guide, _language: str, _words: NullTranslations) -> type[ReviewForm]:
    """The form of a guide in one language: making a form out of its fields takes longer than filling it."""
    fields: dict[str, Any] = {"codes": tuple(guide.weights)}
    for criterion in guide.criteria:
        fields[SCORE + criterion.code] = StringField(_(criterion.title))
        label = _("Reason: %(criterion)s", criterion=_(criterion.title))
        fields[REASON + criterion.code] = TextAreaField(label, filters=[stripped])
    fields["paragraph"] = TextAreaField(_(guide.summary_label), filters=[stripped])
    made: type[ReviewForm] = type("GuideForm", (ReviewForm,), fields)
    return made
