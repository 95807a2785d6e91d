"""The juror's own profile in a call."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import roster
from gnlc_apply.services import assignment
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.juror_form import ProfileForm
from gnlc_apply.web.rendering import render

blueprint = Blueprint("profile", __name__)


@blueprint.route("/jury/calls/<call>/profile", methods=["GET", "POST"])
@requires(Permission.SEE_JURY_HOME, is_once=True)
def page(call: str) -> BaseResponse:
    """Countries, languages, focus areas, capacity; a new country closes its files at once."""
    head, profile = roster.my_profile(current_actor(), clock.now(), call)
    form = ProfileForm(head.languages, profile)
    if form.accepts(lambda: assignment.set_profile(actor=current_actor(), call=call, **form.values())):
        flash(_("Saved."), "success")
        return redirect(url_for("jury.home.page"), 303)
    return render(form=form, call=head)
