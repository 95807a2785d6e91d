"""What a National Commission types: at each act who acts, with words and a date where the city is asked."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from gnlc_apply.web.forms import stripped
from gnlc_apply.web.seen import SeenForm


class ActForm(SeenForm):
    """Who acts for the Commission; typed each time, since accounts are often shared mailboxes."""

    name = StringField(
        _l("Your name"),
        filters=[stripped],
        validators=[InputRequired(_l("Enter your name.")), Length(max=200, message=_l("At most 200 characters."))],
    )
    function = StringField(
        _l("Your function at the National Commission"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Enter your function at the National Commission.")),
            Length(max=200, message=_l("At most 200 characters.")),
        ],
    )


class ReasonedActForm(ActForm):
    """An act that needs a reason."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[InputRequired(_l("Give a reason.")), Length(max=5000, message=_l("At most 5000 characters."))],
    )


class AskForm(SeenForm):
    """A question to the city with the day until which it should answer."""

    message = TextAreaField(
        _l("What do you ask?"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Write what the city is asked for.")),
            Length(max=5000, message=_l("At most 5000 characters.")),
        ],
    )
    due_at = DateField(_l("Answer until the end of"), validators=[InputRequired(_l("Choose a day."))])


class ReturnForm(AskForm):
    """Named questions that the city may change until a day."""

    message = TextAreaField(
        _l("What should the city change, and why?"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Write what the city is asked for.")),
            Length(max=5000, message=_l("At most 5000 characters.")),
        ],
    )
    due_at = DateField(_l("Changes until the end of"), validators=[InputRequired(_l("Choose a day."))])
    keys = SelectMultipleField(_l("Questions that are opened"))

    def __init__(self, questions: list[tuple[str, list[tuple[str, str]]]], **values: Any) -> None:
        super().__init__(**values)
        self.keys.choices = [SelectChoice(key, label) for _section, pairs in questions for key, label in pairs]

    def validate_keys(self, field: SelectMultipleField) -> None:
        """At least one question must be opened."""
        if not field.data:
            field.errors = [_("Choose the questions that the city may change.")]
