"""Withdrawing an application, or giving up a draft: the same page at every time."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import TextAreaField

from gnlc_apply.permissions import Permission
from gnlc_apply.services import application as applications
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.applications import offers
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("withdrawal", __name__)


class WithdrawalForm(BaseForm):
    """Why, if the city wants to say."""

    reason = TextAreaField(_l("Reason"), filters=[stripped])


@blueprint.route("/applications/<application>/withdraw", methods=["GET", "POST"])
@requires(Permission.OWN_AS_CITY, is_once=True)
def form(application: str) -> BaseResponse:
    """Withdraw."""
    form = WithdrawalForm()
    if form.accepts(
        lambda: applications.withdraw(actor=current_actor(), reference=application, reason=form.reason.data or "")
    ):
        flash(_("The application has been withdrawn."), "success")
        return redirect(url_for("applicant.applications.page", application=application), 303)
    found = sheet(application)
    return render(form=form, sheet=found, offers=offers(found, current_actor()))
