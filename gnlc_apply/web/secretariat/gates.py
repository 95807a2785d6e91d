"""The first two gates of a call: opening, and freezing guide, standard and places."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import call as queries
from gnlc_apply.services import call as calls
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.call_forms import METHODS, TypedTitleForm

blueprint = Blueprint("gates", __name__)


@blueprint.route("/secretariat/calls/<call>/open", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def open_call(call: str) -> BaseResponse:
    """Open the call to cities."""
    found = queries.page(call)
    form = TypedTitleForm(found.title)
    if form.accepts(lambda: calls.open_call(actor=current_actor(), call=call)):
        flash(_("The call is open."), "success")
        return redirect(url_for("secretariat.calls.page", call=call), 303)
    return render(form=form, call=found, unfinished=queries.unfinished(found))


@blueprint.route("/secretariat/calls/<call>/freeze", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def freeze(call: str) -> BaseResponse:
    """Freeze scoring guide, standard and places before the first review can be submitted."""
    found = queries.page(call)
    form = TypedTitleForm(found.title)
    if form.accepts(lambda: calls.freeze_guide(actor=current_actor(), call=call)):
        flash(_("The scoring guide, the standard and the number of places are frozen."), "success")
        return redirect(url_for("secretariat.calls.page", call=call), 303)
    _form, guide = queries.questions_and_guide(found)
    method = METHODS.get(found.settings.jury_method, found.settings.jury_method)
    return render(form=form, call=found, guide=guide, method=method, unfinished=queries.unfinished(found))
