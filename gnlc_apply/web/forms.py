"""The form all forms are made of: refusals land on their field, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, Refusal, TooMany, Unavailable
from gnlc_apply.web import keeping, languages, once


def stripped(value: str | None) -> str:
    """A filter for text fields: no blanks at the ends, no NUL."""
    return (value or "").replace("\x00", "").strip()


class BaseForm(FlaskForm):
    """Shape only; what may happen is decided by the command, and its refusal comes back through ``accepts``."""

    idempotency_key = HiddenField(default=once.new_idempotency_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kept = keeping.take() if request.method in ("GET", "HEAD") and not args and "formdata" not in kwargs else None
        if kept is not None:
            kwargs["formdata"] = kept
        super().__init__(*args, **kwargs)
        self.was_kept = kept is not None
        self.refusal: Refusal | None = None
        self.refusal_status = 0
        self.result: Any = None

    def accepts(self, act: Callable[[], Any]) -> bool:
        """Whether the form is well-formed and the act happened; what it returned is in ``result``.

        A refusal's words land beside their fields, or above the form. Not found and sign-in refusals go on.
        """
        if not self.validate_on_submit():
            self.refusal_status = 422 if self.is_submitted() else 0
            return False
        try:
            self.result = act()
        except (Conflict, Invalid, TooMany, Unavailable, Forbidden) as refusal:
            self._land(refusal)
            return False
        return True

    def _land(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self.refusal_status = refusal.status
        landed = False
        for name, words in refusal.fields.items():
            field: Field | None = self._fields.get(name)
            if field is not None:
                field.errors = [*field.errors, languages.translate(words)]
                landed = True
        if not landed:
            self.form_errors.append(languages.translate(refusal.message))
