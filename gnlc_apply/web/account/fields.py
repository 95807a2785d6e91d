"""Fields and validators that the forms of accounts share."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from gnlc_apply.core.passwords import LONGEST, SHORTEST
from gnlc_apply.web.forms import stripped

PASSWORD_HINT = _l(
    "At least %(shortest)s characters. Three or four words that do not belong together are easy to remember. "
    "You can paste it from a password manager.",
    shortest=SHORTEST,
)


def email_field(label: Any = None) -> EmailField:
    """An email address."""
    return EmailField(
        label or _l("Email address"),
        filters=[stripped],
        validators=[
            DataRequired(_l("Enter an email address in the right form, like name@example.org.")),
            Length(max=254, message=_l("Enter an email address in the right form, like name@example.org.")),
        ],
    )


def name_field(label: Any = None) -> StringField:
    """A person's name."""
    words = _l("Enter a name of at most 200 characters.")
    return StringField(
        label or _l("Full name"), filters=[stripped], validators=[DataRequired(words), Length(max=200, message=words)]
    )


def password_field(label: Any = None) -> PasswordField:
    """A password, never longer than what is hashed."""
    return PasswordField(
        label or _l("Password"),
        validators=[
            InputRequired(_l("Enter a password.")),
            Length(max=LONGEST, message=_l("Use at most %(longest)s characters.", longest=LONGEST)),
        ],
    )


def code_field(label: Any, message: Any) -> StringField:
    """A code to type."""
    return StringField(label, filters=[stripped], validators=[DataRequired(message), Length(max=40, message=message)])
