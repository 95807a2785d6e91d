"""Submitting, the receipt, taking back, submitting the changes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.errors import NotFound
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.colleagues import submitter
from gnlc_apply.services import application as applications
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant import documents
from gnlc_apply.web.applicant.applications import offers
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.files import hand_out_pdf
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("submission", __name__)


class ActForm(BaseForm):
    """Nothing but the button."""


@blueprint.route("/applications/<application>/submit", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def form(application: str) -> BaseResponse:
    """Submit. What counts is when the complete request had arrived."""
    form = ActForm()
    if form.accepts(lambda: applications.submit(actor=current_actor(), reference=application)):
        return redirect(url_for(".receipt", application=application), 303)
    found = sheet(application)
    return render(form=form, sheet=found, offers=offers(found, current_actor()), name="submit")


@blueprint.route("/applications/<application>/submit-changes", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def again(application: str) -> BaseResponse:
    """Submit the changes."""
    form = ActForm()
    if form.accepts(lambda: applications.resubmit(actor=current_actor(), reference=application)):
        return redirect(url_for(".receipt", application=application), 303)
    found = sheet(application)
    return render(
        "applicant/submission/form.html", form=form, sheet=found, offers=offers(found, current_actor()), name="resubmit"
    )


@blueprint.route("/applications/<application>/take-back", methods=["GET", "POST"])
@requires(Permission.OWN_AS_CITY, is_once=True)
def take_back(application: str) -> BaseResponse:
    """Open the text again until the deadline."""
    form = ActForm()
    if form.accepts(lambda: applications.take_back(actor=current_actor(), reference=application)):
        flash(_("All questions are open again. Submit the changes before the deadline."), "success")
        return redirect(url_for("applicant.applications.page", application=application), 303)
    found = sheet(application)
    return render(form=form, sheet=found, offers=offers(found, current_actor()))


@blueprint.get("/applications/<application>/receipt")
@requires(Permission.READ_AS_CITY)
def receipt(application: str) -> BaseResponse:
    """What was received, when, and what happens next."""
    found = sheet(application)
    if not documents.is_submitted(found):
        raise NotFound()
    return render(sheet=found, next_steps=documents.next_steps(found))


@blueprint.get("/applications/<application>/receipt.pdf")
@requires(Permission.READ_AS_CITY)
def receipt_pdf(application: str) -> BaseResponse:
    """The receipt to keep."""
    found = sheet(application)
    if not documents.is_submitted(found):
        raise NotFound()
    return hand_out_pdf(documents.receipt_pdf(found, submitter(application)), f"receipt-{application}.pdf")
