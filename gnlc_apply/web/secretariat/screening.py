"""The check of a file: what is fulfilled, and the acts that follow, each on a page of its own."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import file as files
from gnlc_apply.queries import screening as queries
from gnlc_apply.services import offers, screening
from gnlc_apply.web import dated, reading, seen
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.secretariat.screening_forms import AskForm, ReasonForm, ReturnForm, ReverseForm

blueprint = Blueprint("screening", __name__)


def file_of(application: str) -> files.FileSummary:
    """The file's head, for somebody of the secretariat without a conflict."""
    return files.summary(current_actor(), Permission.READ_AS_SECRETARIAT, application)


def done(words: str, application: str) -> BaseResponse:
    """Back to the file, with what was done."""
    flash(words, "success")
    return redirect(url_for("secretariat.applications.page", application=application), 303)


@blueprint.route("/secretariat/applications/<application>/eligible", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def eligible(application: str) -> BaseResponse:
    """Find the file eligible: the list of what must be fulfilled, and the button."""
    form, actor = seen.SeenForm(), current_actor()
    if form.accepts(lambda: screening.find_eligible(actor=actor, reference=application, seen=form.mark)):
        return done(_("The application is eligible. The city has been told."), application)
    case, file = offers.look(actor, application), file_of(application)
    letters = queries.letters_to_confirm(file)
    return seen.page(form, file, case=case, letters=letters, offers=offers.offers(actor, application))


@blueprint.route("/secretariat/applications/<application>/ineligible", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def ineligible(application: str) -> BaseResponse:
    """Find the file ineligible; the city has ten days for one reply."""
    form, actor = ReasonForm(), current_actor()
    if form.accepts(
        lambda: screening.find_ineligible(
            actor=actor, reference=application, reason=form.reason.data or "", seen=form.mark
        )
    ):
        return done(_("The city has been told, with your reason. It has ten days for one reply."), application)
    return seen.page(form, file_of(application), offers=offers.offers(actor, application))


@blueprint.route("/secretariat/applications/<application>/final", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def final(application: str) -> BaseResponse:
    """After the reply: make the finding final, which frees the country's place."""
    form, actor = seen.SeenForm(), current_actor()
    if form.accepts(lambda: screening.confirm_ineligible(actor=actor, reference=application, seen=form.mark)):
        return done(_("The finding is final. The country's place is free."), application)
    file = file_of(application)
    return seen.page(form, file, findings=queries.findings(file))


@blueprint.route("/secretariat/applications/<application>/reverse", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def reverse(application: str) -> BaseResponse:
    """Reverse ineligible, not endorsed or unanswered."""
    file, actor, form = file_of(application), current_actor(), ReverseForm()
    if form.accepts(
        lambda: screening.reverse(
            actor=actor,
            reference=application,
            reason=form.reason.data or "",
            until_at=dated.from_local(form.until_at.data, file.time_zone, "until_at") if form.until_at.data else None,
            seen=form.mark,
        )
    ):
        return done(_("Reversed. Those concerned have been told, with your reason."), application)
    return seen.page(form, file, findings=queries.findings(file), offers=offers.offers(actor, application))


@blueprint.route("/secretariat/applications/<application>/ask", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def ask(application: str) -> BaseResponse:
    """Ask the city a question; the file stays where it is."""
    file = file_of(application)
    form = AskForm(data={"due_at": (clock.now() + timedelta(days=7)).date()})
    if form.accepts(
        lambda: screening.ask(
            actor=current_actor(),
            reference=application,
            message=form.message.data or "",
            due_at=dated.end_of(form.due_at.data, file.time_zone, "due_at"),
            seen=form.mark,
        )
    ):
        return done(_("Your question has been sent to the city."), application)
    return seen.page(form, file)


@blueprint.route("/secretariat/applications/<application>/return", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def return_questions(application: str) -> BaseResponse:
    """Return named questions to the city."""
    actor, file = current_actor(), file_of(application)
    questions = reading.questions_to_return(files.text(file).form, with_people=True)
    form = ReturnForm(questions, data={"due_at": (clock.now() + timedelta(days=10)).date()})
    if form.accepts(
        lambda: screening.return_questions(
            actor=actor,
            reference=application,
            keys=form.keys.data or [],
            message=form.message.data or "",
            due_at=dated.end_of(form.due_at.data, file.time_zone, "due_at"),
            seen=form.mark,
        )
    ):
        return done(_("The questions are open for the city."), application)
    return seen.page(form, file, questions=questions, offers=offers.offers(actor, application))
