"""The quota of a call: exceptions for a country, by two persons."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import call as queries
from gnlc_apply.services import call as calls
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.call_forms import ExceptionForm, pairs

blueprint = Blueprint("places", __name__)


@blueprint.route("/secretariat/calls/<call>/places", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def page(call: str) -> BaseResponse:
    """Exceptions of the quota, and the form that asks for one."""
    found, actor = queries.page(call), current_actor()
    form = ExceptionForm()
    named = sorted((languages.country(iso3), iso3) for iso3 in queries.countries())
    form.country.choices = pairs([("", "–"), *((iso3, name) for name, iso3 in named)])
    if form.accepts(
        lambda: calls.ask_for_exception(
            actor=actor, call=call, country=form.country.data, extra=form.extra.data or 0, reason=form.reason.data or ""
        )
    ):
        flash(_("The exception is recorded. It holds once a second person confirms it."), "success")
        return redirect(url_for("secretariat.places.page", call=call), 303)
    return render(form=form, call=found, me=actor.person_id)


def _back(form: BaseForm, call: str, words: str) -> BaseResponse:
    if form.form_errors:
        flash(" ".join(form.form_errors), "error")
    else:
        flash(words, "success")
    return redirect(url_for("secretariat.places.page", call=call), 303)


@blueprint.post("/secretariat/calls/<call>/places/<country>/confirm")
@requires(Permission.RUN_CALL, is_once=True)
def confirm(call: str, country: str) -> BaseResponse:
    """Confirm an exception that somebody else asked for."""
    form = BaseForm()
    form.accepts(lambda: calls.confirm_exception(actor=current_actor(), call=call, country=country))
    return _back(form, call, _("The exception holds."))


@blueprint.post("/secretariat/calls/<call>/places/<country>/drop")
@requires(Permission.RUN_CALL, is_once=True)
def drop(call: str, country: str) -> BaseResponse:
    """Drop an exception that was not confirmed."""
    form = BaseForm()
    form.accepts(lambda: calls.drop_exception(actor=current_actor(), call=call, country=country))
    return _back(form, call, _("The exception is dropped."))
