"""What a National Commission does with a file: each act on a page of its own, with the name of whoever acts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import endorsement as desks
from gnlc_apply.queries import file as files
from gnlc_apply.queries.seen import Mark
from gnlc_apply.services import endorsement, offers
from gnlc_apply.web import dated, reading
from gnlc_apply.web.access import requires
from gnlc_apply.web.commission.forms import ActForm, AskForm, ReasonedActForm, ReturnForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.seen import SeenForm, page

blueprint = Blueprint("acts", __name__)


def _file(application: str) -> files.FileSummary:
    return files.summary(current_actor(), Permission.READ_AS_COMMISSION, application)


def _page(form: SeenForm, file: files.FileSummary, **values: Any) -> BaseResponse:
    """The page of an act. Letters and findings are the secretariat's: the mark is of the text alone."""
    return page(form, file, mark=Mark(version=file.short_code), **values)


def _done(words: str, application: str) -> BaseResponse:
    flash(words, "success")
    return redirect(url_for("commission.files.page", application=application), 303)


@blueprint.route("/commission/files/<application>/endorse", methods=["GET", "POST"])
@requires(Permission.ACT_AS_COMMISSION, is_once=True)
def endorse(application: str) -> BaseResponse:
    """Endorse, within the quota."""
    form, actor = ActForm(), current_actor()
    if form.accepts(
        lambda: endorsement.endorse(
            actor=actor,
            reference=application,
            name=form.name.data or "",
            function=form.function.data or "",
            seen=form.mark,
        )
    ):
        return _done(_("The application is endorsed. The city has been told."), application)
    file = _file(application)
    call = desks.desk(actor, file.country).call(file.call)
    return _page(form, file, call=call, offers=offers.offers(actor, application))


@blueprint.route("/commission/files/<application>/decline", methods=["GET", "POST"])
@requires(Permission.ACT_AS_COMMISSION, is_once=True)
def decline(application: str) -> BaseResponse:
    """Do not endorse, with a reason."""
    form, actor = ReasonedActForm(), current_actor()
    if form.accepts(
        lambda: endorsement.decline(
            actor=actor,
            reference=application,
            name=form.name.data or "",
            function=form.function.data or "",
            reason=form.reason.data or "",
            seen=form.mark,
        )
    ):
        return _done(_("Your answer is recorded. The city has been told, with your reason."), application)
    return _page(form, _file(application), offers=offers.offers(actor, application))


@blueprint.route("/commission/files/<application>/revoke", methods=["GET", "POST"])
@requires(Permission.ACT_AS_COMMISSION, is_once=True)
def revoke(application: str) -> BaseResponse:
    """Revoke the endorsement before the deadline."""
    form, actor = ReasonedActForm(), current_actor()
    if form.accepts(
        lambda: endorsement.revoke(
            actor=actor,
            reference=application,
            name=form.name.data or "",
            function=form.function.data or "",
            reason=form.reason.data or "",
            seen=form.mark,
        )
    ):
        return _done(_("The endorsement is revoked and its place is free again."), application)
    return _page(form, _file(application), offers=offers.offers(actor, application))


@blueprint.route("/commission/files/<application>/object", methods=["GET", "POST"])
@requires(Permission.ACT_AS_COMMISSION, is_once=True)
def object_to_change(application: str) -> BaseResponse:
    """Object to what the city changed after the endorsement."""
    form, actor = ReasonedActForm(), current_actor()
    if form.accepts(
        lambda: endorsement.object_to_change(
            actor=actor,
            reference=application,
            name=form.name.data or "",
            function=form.function.data or "",
            reason=form.reason.data or "",
            seen=form.mark,
        )
    ):
        return _done(_("Your objection is recorded. The endorsement has ended."), application)
    file = _file(application)
    text = files.text(file)
    changes = reading.changes(text.form, text.changes)
    return _page(form, file, changes=changes, offers=offers.offers(actor, application))


@blueprint.route("/commission/files/<application>/ask", methods=["GET", "POST"])
@requires(Permission.ACT_AS_COMMISSION, is_once=True)
def ask(application: str) -> BaseResponse:
    """Ask the city a question; the file stays where it is."""
    file = _file(application)
    form = AskForm(data={"due_at": (clock.now() + timedelta(days=7)).date()})
    if form.accepts(
        lambda: endorsement.ask(
            actor=current_actor(),
            reference=application,
            message=form.message.data or "",
            due_at=dated.end_of(form.due_at.data, file.time_zone, "due_at"),
            seen=form.mark,
        )
    ):
        return _done(_("Your question has been sent to the city."), application)
    return _page(form, file)


@blueprint.route("/commission/files/<application>/return", methods=["GET", "POST"])
@requires(Permission.ACT_AS_COMMISSION, is_once=True)
def return_questions(application: str) -> BaseResponse:
    """Return named questions to the city."""
    actor, file = current_actor(), _file(application)
    questions = reading.questions_to_return(files.text(file).form, with_people=False)
    form = ReturnForm(questions, data={"due_at": (clock.now() + timedelta(days=7)).date()})
    if form.accepts(
        lambda: endorsement.return_questions(
            actor=actor,
            reference=application,
            keys=form.keys.data or [],
            message=form.message.data or "",
            due_at=dated.end_of(form.due_at.data, file.time_zone, "due_at"),
            seen=form.mark,
        )
    ):
        return _done(_("The questions are open for the city."), application)
    return _page(form, file, questions=questions, offers=offers.offers(actor, application))
