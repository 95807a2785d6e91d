"""Moving an account to another address."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.models import TokenPurpose
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from gnlc_apply.web.access import requires
from gnlc_apply.web.account.fields import email_field
from gnlc_apply.web.entering import require_open
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("address", __name__)
KEY = "new_email"


class AddressForm(BaseForm):
    """The new address."""

    email = email_field(_l("New email address"))


@blueprint.route("/account/address", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_fresh=True, is_once=True)
def form() -> BaseResponse:
    """Ask for the change: a link goes to the new address, a notice to the old one."""
    form = AddressForm()
    if form.accepts(lambda: account.ask_address_change(actor=current_actor(), email=form.email.data or "")):
        session[KEY] = form.email.data
        return redirect(url_for(".sent"), 303)
    return render(form=form, email=current_actor().email)


@blueprint.get("/account/address/sent")
@requires(Permission.USE_ACCOUNT)
def sent() -> BaseResponse:
    """What to do now: open the mail at the new address."""
    return render(email=session.get(KEY))


@blueprint.route("/account/address/<token>", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT)
def confirm(token: str) -> BaseResponse:
    """The mailed link: a button that moves the account."""
    require_open(accounts.token_state(token, TokenPurpose.CHANGE_ADDRESS))
    form = BaseForm()
    if form.accepts(lambda: account.confirm_address(actor=current_actor(), token=token)):
        flash(_("Your account has its new address. You are signed out everywhere else."), "success")
        return redirect(url_for("account.profile.page"), 303)
    return render(form=form)
