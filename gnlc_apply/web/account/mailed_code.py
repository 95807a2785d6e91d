"""Signing in with a code mailed to the address: the way of National Commissions, whose addresses are often shared."""

from __future__ import annotations

from flask import Blueprint, redirect, session, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.services import account
from gnlc_apply.web.access import public
from gnlc_apply.web.account.evenly import evenly
from gnlc_apply.web.account.fields import code_field, email_field
from gnlc_apply.web.entering import enter, network
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("mailed_code", __name__)
KEY = "code_email"


class AskForm(BaseForm):
    """Where to send the code."""

    email = email_field()


class CodeForm(BaseForm):
    """The code that came."""

    code = code_field(_l("Code"), _l("Enter the eight digits of the code."))


@blueprint.route("/account/code", methods=["GET", "POST"])
@public(is_before_second_factor=True, is_once=True)
def ask() -> BaseResponse:
    """Ask for a code; the answer is the same for every address."""
    form = AskForm()
    if form.accepts(
        lambda: evenly(lambda: account.send_code(actor=current_actor(), email=form.email.data or "", network=network()))
    ):
        session[KEY] = form.email.data
        return redirect(url_for(".enter_code"), 303)
    return render(form=form)


@blueprint.route("/account/code/enter", methods=["GET", "POST"])
@public(is_before_second_factor=True)
def enter_code() -> BaseResponse:
    """Type the code."""
    email = session.get(KEY)
    if not email:
        return redirect(url_for(".ask"), 303)
    form = CodeForm()
    if form.accepts(
        lambda: account.sign_in_by_code(
            actor=current_actor(), email=email, code=form.code.data or "", network=network()
        )
    ):
        return enter(form.result.person_id, form.result.second_factor_at)
    return render(form=form, email=email)
