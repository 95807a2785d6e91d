"""The privacy notice for whoever has an account: read it, and say so."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.privacy_notice import VERSION
from gnlc_apply.permissions import Permission
from gnlc_apply.services import account
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("privacy", __name__)


class PrivacyForm(BaseForm):
    """Nothing but the button."""


@blueprint.route("/account/privacy", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_once=True)
def page() -> BaseResponse:
    """Where the notice stands, and the button that confirms having read it."""
    actor, form = current_actor(), PrivacyForm()
    if form.accepts(lambda: account.accept_privacy_notice(actor=actor)):
        flash(_("Thank you. It was noted."), "success")
        return redirect(url_for("account.profile.page"), 303)
    return render(form=form, version=VERSION, has_accepted=actor.has_accepted_privacy)
