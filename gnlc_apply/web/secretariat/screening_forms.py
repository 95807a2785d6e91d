"""What an officer types while checking a file."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.secretariat.call_forms import MOMENT
from gnlc_apply.web.seen import SeenForm

_long = Length(max=5000, message=_l("At most 5000 characters."))
NEW = "new"


class ReasonForm(SeenForm):
    """An act with a reason."""

    reason = TextAreaField(_l("Reason"), filters=[stripped], validators=[InputRequired(_l("Give a reason.")), _long])


class LetInForm(ReasonForm):
    """Who of the city is let in, and why."""

    email = RadioField(_l("Who is let in?"), validators=[InputRequired(_l("Choose one."))])


class ReverseForm(ReasonForm):
    """A reversal; the Commission needs a new date where its own has passed."""

    until_at = DateTimeLocalField(
        _l("New deadline of the National Commission for this file"), format=MOMENT, validators=[Optional()]
    )


class AskForm(SeenForm):
    """A question to the city with the day until which it should answer."""

    message = TextAreaField(
        _l("What do you ask?"),
        filters=[stripped],
        validators=[InputRequired(_l("Write what the city is asked for.")), _long],
    )
    due_at = DateField(_l("Answer until the end of"), validators=[InputRequired(_l("Choose a day."))])


class ReturnForm(SeenForm):
    """Named questions that the city may change until a day."""

    message = TextAreaField(
        _l("What should the city change, and why?"),
        filters=[stripped],
        validators=[InputRequired(_l("Write what the city is asked for.")), _long],
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


class CityForm(BaseForm):
    """Which city of the registry this is, or that it is a new one."""

    city = RadioField(_l("Which city of the registry is this?"), validators=[InputRequired(_l("Choose one."))])
    name = StringField(
        _l("Name of a new city in Latin script"), filters=[stripped], validators=[Optional(), Length(max=200)]
    )

    def chosen(self) -> str | None:
        """The city's reference; None for a new one."""
        return None if self.city.data == NEW else str(self.city.data)


class LetterForm(SeenForm):
    """A Commission's letter that came late."""

    name = StringField(_l("Who signed the letter"), filters=[stripped], validators=[InputRequired(), Length(max=200)])
    function = StringField(
        _l("Function of whoever signed"), filters=[stripped], validators=[InputRequired(), Length(max=200)]
    )
    note = TextAreaField(
        _l("How and when the letter came, and where it is kept"),
        filters=[stripped],
        validators=[InputRequired(_l("Say how and when the letter came.")), _long],
    )


class RefuseLetterForm(SeenForm):
    """A signed letter that does not count."""

    reason = TextAreaField(
        _l("Why can the letter not count?"),
        filters=[stripped],
        validators=[InputRequired(_l("Give a reason.")), _long],
    )


class SpellingForm(BaseForm):
    """A name, title or caption as it will be published."""

    key = SelectField(_l("What is corrected"))
    value = StringField(
        _l("Spelling as published"),
        filters=[stripped],
        validators=[Length(max=500, message=_l("At most 500 characters."))],
    )
