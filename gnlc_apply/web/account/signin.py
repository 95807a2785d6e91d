"""Signing in with address and password."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.services import account
from gnlc_apply.web.access import public
from gnlc_apply.web.account import device
from gnlc_apply.web.account.fields import email_field, password_field
from gnlc_apply.web.entering import enter, network
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("signin", __name__)


class SignInForm(BaseForm):
    """Who, and the password."""

    email = email_field()
    password = password_field()


@blueprint.route("/account/sign-in", methods=["GET", "POST"])
@public(is_before_second_factor=True)
def form() -> BaseResponse:
    """Sign in; the same words whatever is wrong."""
    form = SignInForm()
    if form.accepts(
        lambda: account.sign_in(
            actor=current_actor(),
            email=form.email.data or "",
            password=form.password.data or "",
            network=network(),
            device=request.cookies.get(device.cookie_name(), ""),
        )
    ):
        return enter(form.result.person_id, form.result.second_factor_at)
    return render(form=form)
