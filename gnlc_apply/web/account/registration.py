"""A city official's own account: first the address is confirmed, then a password set."""

from __future__ import annotations

from flask import Blueprint, redirect, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.models import TokenPurpose
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from gnlc_apply.web import languages
from gnlc_apply.web.access import public
from gnlc_apply.web.account.evenly import evenly
from gnlc_apply.web.account.fields import PASSWORD_HINT, email_field, name_field, password_field
from gnlc_apply.web.entering import enter, network, require_open
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("registration", __name__)
KEY = "registered_email"


class RegistrationForm(BaseForm):
    """Name and address."""

    name = name_field()
    email = email_field()


class PasswordForm(BaseForm):
    """The first password."""

    password = password_field()


@blueprint.route("/account/register", methods=["GET", "POST"])
@public(is_before_second_factor=True, is_once=True)
def form() -> BaseResponse:
    """Ask for an account; the answer is the same for a known address."""
    form = RegistrationForm()
    if form.accepts(
        lambda: evenly(
            lambda: account.register(
                actor=current_actor(),
                email=form.email.data or "",
                name=form.name.data or "",
                language=languages.code(),
                network=network(),
            )
        )
    ):
        session[KEY] = form.email.data
        return redirect(url_for(".sent"), 303)
    return render(form=form)


@blueprint.get("/account/register/sent")
@public(is_before_second_factor=True)
def sent() -> BaseResponse:
    """What to do now: open the mail."""
    return render(email=session.get(KEY))


@blueprint.route("/account/register/<token>", methods=["GET", "POST"])
@public(is_before_second_factor=True)
def confirm(token: str) -> BaseResponse:
    """The mailed link: set a password, which confirms the address."""
    require_open(accounts.token_state(token, TokenPurpose.CONFIRM_ADDRESS))
    holder = accounts.token_holder(token, TokenPurpose.CONFIRM_ADDRESS)
    form = PasswordForm()
    if form.accepts(
        lambda: account.confirm_registration(actor=current_actor(), token=token, password=form.password.data or "")
    ):
        return enter(form.result)
    return render(form=form, holder=holder, hint=PASSWORD_HINT)
