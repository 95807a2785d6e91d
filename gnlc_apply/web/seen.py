"""Forms that carry what their page showed of a file; after a refusal the page says what has changed since."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField

from gnlc_apply.queries import file as files
from gnlc_apply.queries import seen
from gnlc_apply.services.seen import Unseen
from gnlc_apply.web import reading
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.reading import ShownChange
from gnlc_apply.web.rendering import render


class SeenForm(BaseForm):
    """An act on a file, of what was shown. ``macros/forms.html`` carries the mark and lists the changes."""

    seen = HiddenField()
    changes: list[ShownChange] = []

    @property
    def mark(self) -> str:
        """What the page said it showed; a page that says nothing showed nothing."""
        return self.seen.data or ""


def page(form: SeenForm, file: files.FileSummary, *, mark: seen.Mark | None = None, **values: Any) -> BaseResponse:
    """The page of an act with the mark of what it shows now, and what has changed since it was last shown.

    ``mark``: for those who see a part of it only; else all that the secretariat sees.
    """
    if isinstance(form.refusal, Unseen):
        form.changes = reading.changes(*files.changes_since(file, seen.parsed(form.mark).version))
    form.seen.data = str(mark or seen.mark(file.id))
    return render(form=form, file=file, **values)
