"""The juror's first page: the own files in three groups, and the invitation while it waits for an answer."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import jury as queries
from gnlc_apply.services import assignment
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.juror_form import language_name
from gnlc_apply.web.rendering import render
from gnlc_apply.web.scores import two_places

blueprint = Blueprint("home", __name__)


@blueprint.get("/jury")
@requires(Permission.SEE_JURY_HOME)
def page() -> Response:
    """My files: to declare, to read, submitted."""
    seats = queries.home(current_actor(), clock.now())
    return render(seats=seats, two_places=two_places, language_name=language_name)


@blueprint.post("/jury/calls/<call>/accept")
@requires(Permission.SEE_JURY_HOME, is_once=True)
def accept(call: str) -> BaseResponse:
    """Take the place in the jury, then check the profile."""
    assignment.accept_invitation(actor=current_actor(), call=call)
    flash(_("Thank you. Please check what we know of you: files are chosen by it."), "success")
    return redirect(url_for("jury.profile.page", call=call), 303)


@blueprint.route("/jury/calls/<call>/decline", methods=["GET", "POST"])
@requires(Permission.SEE_JURY_HOME, is_once=True)
def decline(call: str) -> BaseResponse:
    """Do not take the place."""
    form = BaseForm()
    if form.accepts(lambda: assignment.decline_invitation(actor=current_actor(), call=call)):
        flash(_("You have declined the invitation. Thank you for telling us."), "success")
        return redirect(url_for("account.profile.page"), 303)
    seat = next((seat for seat in queries.home(current_actor(), clock.now()) if seat.call == call), None)
    if seat is None:
        raise NotFound()
    return render(form=form, seat=seat, call=call)
