"""The forms of the administrators."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length, Optional

from gnlc_apply import config
from gnlc_apply.models import Role
from gnlc_apply.queries import accounts
from gnlc_apply.services.account import Wish
from gnlc_apply.web import languages
from gnlc_apply.web.forms import BaseForm, stripped

ROLES = (
    SelectChoice(Role.COMMISSION.value, _l("National Commission")),
    SelectChoice(Role.OFFICER.value, _l("officer of the secretariat")),
    SelectChoice(Role.DIRECTOR.value, _l("director of the secretariat")),
    SelectChoice(Role.ADMINISTRATOR.value, _l("administrator")),
)
_REASON = _l("Give a reason of at most 1,000 characters.")
_NAME = _l("Enter a name of at most 200 characters.")
_EMAIL = _l("Enter an email address in the right form, like name@example.org.")


def number_of(name: str) -> int:
    """The inner number in a hidden field; 0, which nothing has, for what is none."""
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


class ActForm(BaseForm):
    """Nothing but the button."""


class ReasonForm(BaseForm):
    """Why."""

    reason = TextAreaField(
        _l("Reason"), filters=[stripped], validators=[DataRequired(_REASON), Length(max=1000, message=_REASON)]
    )


class RoleForm(BaseForm):
    """A role for somebody who has an account."""

    role = SelectField(_l("Role"), choices=list(ROLES))
    country = SelectField(_l("Country (for a National Commission)"))
    valid_from = DateField(_l("First day"), validators=[Optional()])
    valid_until = DateField(_l("Last day"), validators=[Optional()])
    reason = TextAreaField(_l("Reason"), filters=[stripped], validators=[Length(max=1000, message=_REASON)])

    def offer(self) -> None:
        """Fill the lists."""
        names = sorted((languages.country(code), code) for code in accounts.countries())
        self.country.choices = [SelectChoice("", "–"), *(SelectChoice(code, name) for name, code in names)]

    def wish(self, email: str, name: str, language: str) -> Wish:
        """What is asked for."""
        return Wish(
            email=email,
            name=name,
            role=Role(self.role.data),
            country=self.country.data or None,
            language=language,
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            reason=self.reason.data or "",
        )


class InvitationForm(RoleForm):
    """A role for an address."""

    email = EmailField(
        _l("Email address"), filters=[stripped], validators=[DataRequired(_EMAIL), Length(max=254, message=_EMAIL)]
    )
    name = StringField(_l("Name"), filters=[stripped], validators=[DataRequired(_NAME), Length(max=200, message=_NAME)])
    language = SelectField(_l("Language of the invitation"))

    def offer(self) -> None:
        """Fill the lists."""
        super().offer()
        self.language.choices = [SelectChoice(code, languages.name_of(code)) for code in config.current().languages]
