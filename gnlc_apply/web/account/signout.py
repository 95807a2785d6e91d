"""Signing out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.services import account
from gnlc_apply.web.access import public
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.sessions import running

blueprint = Blueprint("signout", __name__)


@blueprint.route("/account/sign-out", methods=["GET", "POST"])
@public(is_before_second_factor=True)
def form() -> BaseResponse:
    """A button; then the session ends on the server, and the browser drops what it kept."""
    form = BaseForm()
    if not form.accepts(lambda: account.sign_out(actor=current_actor())):
        return render(form=form)
    running().sign_out()
    flash(_("You are signed out."), "success")
    response = redirect(url_for("public.home.page"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
