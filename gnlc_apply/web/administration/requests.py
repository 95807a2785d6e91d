"""What waits for the second person: roles in the secretariat, lost second factors."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import two_person_request
from gnlc_apply.services import account as verbs
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("requests", __name__)


@blueprint.get("/administration/requests")
@requires(Permission.CONFIRM_ACCOUNT_ACT)
def index() -> BaseResponse:
    """Everything that waits for a director."""
    return render(requests=two_person_request.open_requests(current_actor().person_id))


@blueprint.route("/administration/requests/<request_reference>", methods=["GET", "POST"])
@requires(Permission.CONFIRM_ACCOUNT_ACT, is_fresh=True, is_once=True)
def page(request_reference: str) -> BaseResponse:
    """One act, and the director's answer."""
    actor, form = current_actor(), BaseForm()
    asked = two_person_request.request(request_reference, actor.person_id)
    act = verbs.confirm_request if request.form.get("answer") == "confirm" else verbs.refuse_request
    if form.accepts(lambda: act(actor=actor, request=request_reference)):
        flash(_("Your answer is recorded."), "success")
        return redirect(url_for(".index"), 303)
    return render(form=form, asked=asked)
