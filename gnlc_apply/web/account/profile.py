"""One's own account."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length

from gnlc_apply import config
from gnlc_apply.permissions import NEEDS_SECOND_FACTOR, Permission
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.account.fields import name_field
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.handing_out import as_file
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("profile", __name__)


class ProfileForm(BaseForm):
    """Name, organisation, language of mails."""

    name = name_field()
    organisation = StringField(_l("Organisation"), filters=[stripped], validators=[Length(max=200)])
    language = SelectField(_l("Language of the messages we send you"))


@blueprint.get("/account")
@requires(Permission.USE_ACCOUNT)
def page() -> BaseResponse:
    """Everything about one's own account in one place."""
    actor = current_actor()
    return render(
        profile=accounts.profile(actor.person_id or 0),
        must_have_second_factor=actor.holds(*NEEDS_SECOND_FACTOR),
        language_name=languages.name_of,
    )


@blueprint.post("/account/export")
@requires(Permission.USE_ACCOUNT)
def export() -> BaseResponse:
    """Everything that is kept of oneself, as a file."""
    return as_file(account.export_own(actor=current_actor()), "my-data.json")


@blueprint.route("/account/profile", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_once=True)
def change() -> BaseResponse:
    """Change name, organisation and language."""
    actor = current_actor()
    seen = accounts.profile(actor.person_id or 0)
    form = ProfileForm(data={"name": seen.name, "organisation": seen.organisation, "language": seen.language})
    form.language.choices = [SelectChoice(code, languages.name_of(code)) for code in config.current().languages]
    if form.accepts(
        lambda: account.change_profile(
            actor=actor,
            name=form.name.data or "",
            language=form.language.data,
            organisation=form.organisation.data or "",
        )
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".page"), 303)
    return render(form=form)
