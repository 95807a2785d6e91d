"""The form all forms are made of: refusals land on their field, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.i18n import get_builtin_gnu_translations

from gnlc_apply.core.catalogues import translations
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, Refusal, TooMany, Unavailable
from gnlc_apply.web import keeping, languages, once


def stripped(value: str | None) -> str:
    """A filter for text fields: no blanks at the ends, no NUL."""
    return (value or "").replace("\x00", "").strip()


@cache
def _builtin(code: str) -> GNUTranslations:
    """WTForms' own words for what its validators say."""
    return get_builtin_gnu_translations([code.replace("-", "_"), code.split("-", maxsplit=1)[0], "en"])


class ValidatorWords:
    """What WTForms' validators say, in the language of this request: our own catalogue first, then WTForms' own."""

    def gettext(self, message: str) -> str:
        """One message."""
        ours = translations(languages.code()).gettext(message)
        return ours if ours != message else _builtin(languages.code()).gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """One message in the number that fits."""
        ours = translations(languages.code()).ngettext(singular, plural, n)
        return ours if ours not in (singular, plural) else _builtin(languages.code()).ngettext(singular, plural, n)


class BaseForm(FlaskForm):
    """Shape only; what may happen is decided by the command, and its refusal comes back through ``accepts``."""

    class Meta(FlaskForm.Meta):
        """How WTForms treats all our forms."""

        def get_translations(self, form: FlaskForm) -> ValidatorWords:
            """The words of WTForms' validators; it keeps none of its own per form."""
            return ValidatorWords()

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
            self.refuse(refusal)
            return False
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal's words beside their fields, or above the form."""
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
