"""The desk of a National Commission: its country's files, days left, places of the quota, its own order."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import endorsement as queries
from gnlc_apply.services import endorsement
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("desk", __name__)


@blueprint.get("/commission")
@requires(Permission.SEE_COMMISSION_DESK)
def index() -> BaseResponse:
    """To the desk; with several countries, to a choice of desks."""
    countries = current_actor().countries
    if len(countries) == 1:
        return redirect(url_for("commission.desk.page", country=countries[0]), 303)
    return render(countries=countries)


@blueprint.get("/commission/<country>")
@requires(Permission.SEE_COMMISSION_DESK)
def page(country: str) -> Response:
    """The country's files in every call that runs."""
    return render(desk=queries.desk(current_actor(), country))


@blueprint.post("/commission/<country>/<call>/rank")
@requires(Permission.SEE_COMMISSION_DESK, is_once=True)
def rank(country: str, call: str) -> BaseResponse:
    """Move one row up or down."""
    actor = current_actor()
    way, _colon, reference = request.form.get("move", "").partition(":")
    order = queries.desk(actor, country).call(call).moved(reference, -1 if way == "up" else 1)
    form = BaseForm()
    if form.accepts(lambda: endorsement.rank(actor=actor, call=call, country=country, references=order)):
        flash(_("Your order is saved."), "success")
    else:
        flash(" ".join(form.form_errors) or _("Nothing was changed. Open the page again."), "error")
    return redirect(url_for("commission.desk.page", country=country, _anchor=f"call-{call}"), 303)
