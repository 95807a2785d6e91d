"""Questions to the city, and the one reply when a file was found ineligible."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import TextAreaField

from gnlc_apply.core.errors import NotFound
from gnlc_apply.permissions import Permission
from gnlc_apply.services import application as applications
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("requests", __name__)


class AnswerForm(BaseForm):
    """The city's words."""

    answer = TextAreaField(_l("Your answer"), filters=[stripped])


class ReplyForm(BaseForm):
    """The city's one reply."""

    reply = TextAreaField(_l("Your reply"), filters=[stripped])


@blueprint.route("/applications/<application>/requests/<asked>", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def answer(application: str, asked: str) -> BaseResponse:
    """Answer a question."""
    found = sheet(application)
    question = next((one for one in found.around.asked if one.reference == asked and not one.is_return), None)
    if question is None:
        raise NotFound()
    form = AnswerForm()
    if form.accepts(
        lambda: applications.answer_request(actor=current_actor(), request=asked, answer=form.answer.data or "")
    ):
        flash(_("Your answer is on its way."), "success")
        return redirect(url_for("applicant.applications.page", application=application), 303)
    return render(form=form, sheet=found, question=question)


@blueprint.route("/applications/<application>/reply", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def reply(application: str) -> BaseResponse:
    """Reply, once, to being found ineligible."""
    found = sheet(application)
    check = next((one for one in reversed(found.around.checks) if one.outcome == "ineligible"), None)
    if check is None:
        raise NotFound()
    form = ReplyForm()
    if form.accepts(
        lambda: applications.reply_to_ineligibility(
            actor=current_actor(), reference=application, reply=form.reply.data or ""
        )
    ):
        flash(_("Your reply is on its way to the secretariat."), "success")
        return redirect(url_for("applicant.applications.page", application=application), 303)
    return render(form=form, sheet=found, check=check)
