"""Files of an application: added, described, taken off, handed out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField

from gnlc_apply.core.errors import NotFound
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import attachment as attachments
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire import UnknownQuestion
from gnlc_apply.questionnaire.form import Question
from gnlc_apply.services import application as applications
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.files import name_of, stream_of
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.handing_out import hand_out
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("files", __name__)


class FileForm(BaseForm):
    """A file and what it shows."""

    file = FileField(_l("Choose a file"))
    caption = StringField(_l("Caption"), filters=[stripped])


class CaptionForm(BaseForm):
    """What a file shows."""

    caption = StringField(_l("Caption"), filters=[stripped])


class RemovalForm(BaseForm):
    """Nothing but the button."""


def _section_url(application: str, question: Question) -> str:
    if question.group is not None and question.number is not None and question.section == question.group:
        return url_for(
            "applicant.sections.item", application=application, section=question.section, number=question.number
        )
    return url_for("applicant.sections.page", application=application, section=question.section)


def _asked(found: Sheet, key: str) -> Question:
    try:
        return found.form.expand(key)
    except UnknownQuestion as unknown:
        raise NotFound() from unknown


@blueprint.route("/applications/<application>/files/add/<question>", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def add(application: str, question: str) -> BaseResponse:
    """Attach a file to a question. A refused file leaves the caption where it was typed."""
    found = sheet(application)
    asked, form = _asked(found, question), FileForm()
    if form.accepts(
        lambda: applications.attach(
            actor=current_actor(),
            reference=application,
            question_key=question,
            name=name_of("file"),
            stream=stream_of("file"),
            caption=form.caption.data or "",
        )
    ):
        flash(_("The file was added."), "success")
        return redirect(_section_url(application, asked), 303)
    return render(form=form, sheet=found, question=asked, back=_section_url(application, asked))


@blueprint.route("/applications/<application>/files/<attachment>/caption", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def caption(application: str, attachment: str) -> BaseResponse:
    """Another caption."""
    found = sheet(application)
    file = next((one for one in found.around.files if one.reference == attachment), None)
    if file is None:
        raise NotFound()
    form = CaptionForm(caption=file.caption)
    asked = found.form.expand(file.question_key)
    if form.accepts(
        lambda: applications.describe_attachment(
            actor=current_actor(), reference=application, attachment=attachment, caption=form.caption.data or ""
        )
    ):
        flash(_("The caption was saved."), "success")
        return redirect(_section_url(application, asked), 303)
    return render(form=form, sheet=found, file=file, back=_section_url(application, asked))


@blueprint.route("/applications/<application>/files/<attachment>/remove", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def remove(application: str, attachment: str) -> BaseResponse:
    """Take a file off."""
    found = sheet(application)
    file = next((one for one in found.around.files if one.reference == attachment), None)
    if file is None:
        raise NotFound()
    form = RemovalForm()
    asked = found.form.expand(file.question_key)
    if form.accepts(
        lambda: applications.remove_attachment(actor=current_actor(), reference=application, attachment=attachment)
    ):
        flash(_("The file was taken off."), "success")
        return redirect(_section_url(application, asked), 303)
    return render(form=form, sheet=found, file=file, back=_section_url(application, asked))


@blueprint.get("/applications/<application>/files/<attachment>")
@requires(Permission.READ_AS_CITY)
def download(application: str, attachment: str) -> BaseResponse:
    """The cleaned copy of a file."""
    return hand_out(attachments.served(application, attachment))
