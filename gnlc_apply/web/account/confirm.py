"""Showing once more that it is oneself, for people without a second factor: the password, or signing in by code again."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from gnlc_apply.web.access import requires
from gnlc_apply.web.account.fields import password_field
from gnlc_apply.web.entering import where_next
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.sessions import running

blueprint = Blueprint("confirm", __name__)


class PasswordForm(BaseForm):
    """The password once more."""

    password = password_field()


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT)
def form() -> BaseResponse:
    """Type the password once more; whoever has none signs in by a mailed code again."""
    actor, form = current_actor(), PasswordForm()
    if form.accepts(lambda: account.prove_password(actor=actor, password=form.password.data or "")):
        running().show_second_factor()
        return redirect(where_next(actor), 303)
    return render(form=form, profile=accounts.profile(actor.person_id or 0))
