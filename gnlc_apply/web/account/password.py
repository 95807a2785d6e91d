"""Passwords: a new one by mail, or a change while signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.models import TokenPurpose
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from gnlc_apply.web.access import public, requires
from gnlc_apply.web.account.evenly import evenly
from gnlc_apply.web.account.fields import PASSWORD_HINT, email_field, password_field
from gnlc_apply.web.entering import enter, network, require_open
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("password", __name__)
KEY = "reset_email"


class AskForm(BaseForm):
    """Where to send the link."""

    email = email_field()


class ResetForm(BaseForm):
    """The new password."""

    password = password_field(_l("New password"))


class ChangeForm(BaseForm):
    """The new password."""

    new_password = password_field(_l("New password"))


@blueprint.route("/account/password/forgotten", methods=["GET", "POST"])
@public(is_before_second_factor=True, is_once=True)
def forgotten() -> BaseResponse:
    """Ask for a link; the answer is the same for every address."""
    form = AskForm()
    if form.accepts(
        lambda: evenly(
            lambda: account.ask_for_reset(actor=current_actor(), email=form.email.data or "", network=network())
        )
    ):
        session[KEY] = form.email.data
        return redirect(url_for(".sent"), 303)
    return render(form=form)


@blueprint.get("/account/password/sent")
@public(is_before_second_factor=True)
def sent() -> BaseResponse:
    """What to do now: open the mail."""
    return render(email=session.get(KEY))


@blueprint.route("/account/password/set/<token>", methods=["GET", "POST"])
@public(is_before_second_factor=True)
def reset(token: str) -> BaseResponse:
    """The mailed link: set a new password. A second factor is asked for afterwards, as always."""
    require_open(accounts.token_state(token, TokenPurpose.RESET_PASSWORD))
    holder = accounts.token_holder(token, TokenPurpose.RESET_PASSWORD)
    form = ResetForm()
    if form.accepts(
        lambda: account.reset_password(actor=current_actor(), token=token, password=form.password.data or "")
    ):
        flash(_("Your new password is set."), "success")
        return enter(form.result.person_id)
    return render(form=form, holder=holder, hint=PASSWORD_HINT)


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_fresh=True, is_once=True)
def change() -> BaseResponse:
    """Change one's own password; the other sessions end."""
    form = ChangeForm()
    if form.accepts(lambda: account.change_password(actor=current_actor(), new_password=form.new_password.data or "")):
        flash(_("Your new password is set. You are signed out everywhere else."), "success")
        return redirect(url_for("account.profile.page"), 303)
    return render(form=form, hint=PASSWORD_HINT)
