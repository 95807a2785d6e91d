"""The scoring form of one guide: a value and a reason for every criterion, one paragraph, the revision it began from."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField, StringField, TextAreaField

from gnlc_apply.queries.embargoed.reading import ReadingPage
from gnlc_apply.questionnaire import Guide
from gnlc_apply.questionnaire.totals import weighted_total
from gnlc_apply.web.forms import BaseForm, stripped


class ReviewForm(BaseForm):
    """What all guides have; the fields of the criteria come with ``form_for``."""

    codes: tuple[str, ...] = ()
    typed_revision = 0
    revision = HiddenField(default="0")
    paragraph = TextAreaField(filters=[stripped])

    def value_of(self, code: str) -> int | None:
        """The value chosen for a criterion, None while there is none."""
        typed = str(self._fields[f"score-{code}"].data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else None

    def work(self) -> dict[str, Any]:
        """Scores, paragraph and revision as the commands take them."""
        typed = str(self.revision.data or "")
        self.typed_revision = int(typed) if typed.isascii() and typed.isdecimal() else -1
        return {
            "scores": {code: (self.value_of(code), self._fields[f"reason-{code}"].data or "") for code in self.codes},
            "paragraph": self.paragraph.data or "",
            "revision": self.typed_revision,
        }

    def total(self, guide: Guide) -> float | None:
        """The weighted total of what stands in the form, None while too little is scored."""
        on_scale = {code: value for code in self.codes if (value := self.value_of(code)) in range(6)}
        found = weighted_total(guide.weights, on_scale)
        return found.value if found.is_complete else None


def form_for(page: ReadingPage) -> ReviewForm:
    """The form for this page's guide, filled with what is saved."""
    guide = page.guide
    fields: dict[str, Any] = {"codes": tuple(guide.weights)}
    saved: dict[str, Any] = {"revision": str(page.revision), "paragraph": page.paragraph}
    for criterion in guide.criteria:
        fields[f"score-{criterion.code}"] = StringField(_(criterion.title))
        label = _("Reason: %(criterion)s", criterion=_(criterion.title))
        fields[f"reason-{criterion.code}"] = TextAreaField(label, filters=[stripped])
        mine = page.scores.get(criterion.code)
        saved[f"score-{criterion.code}"] = str(mine.value) if mine and mine.value is not None else ""
        saved[f"reason-{criterion.code}"] = mine.reason if mine else ""
    form: ReviewForm = type("GuideForm", (ReviewForm,), fields)(data=saved)
    form.paragraph.label.text = _(guide.summary_label)
    return form
