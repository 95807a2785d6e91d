"""Calls: the list, a call in plain words, its settings, and what cities will see of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import call as queries
from gnlc_apply.queries import call_words
from gnlc_apply.services import call as calls
from gnlc_apply.web import dated
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.after_the_jury import steps_of
from gnlc_apply.web.secretariat.call_forms import EVERYWHERE, METHODS, CallForm, JuryForm, language_choices

blueprint = Blueprint("calls", __name__)


@blueprint.get("/secretariat/calls")
@requires(Permission.RUN_CALL)
def index() -> Response:
    """All calls."""
    return render(calls=queries.index())


def _usual() -> calls.CallValues:
    """What a new call begins with: settings of the calls before, and dates to be corrected."""
    first = (clock.now() + timedelta(days=30)).date()
    year = first.year + 1
    return calls.CallValues(
        title=_("Call for applications %(year)s", year=str(year)),
        year=year,
        opens_at=dated.end_of(first, EVERYWHERE).replace(second=0),
        deadline_at=dated.end_of(first + timedelta(days=120), EVERYWHERE).replace(second=0),
        commission_deadline_at=dated.end_of(first + timedelta(days=151), EVERYWHERE).replace(second=0),
        results_promised_on=first + timedelta(days=330),
    )


@blueprint.route("/secretariat/calls/new", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def new() -> BaseResponse:
    """Create a call in preparation."""
    form = CallForm(queries.versions(), _usual())
    if form.accepts(lambda: calls.create(actor=current_actor(), values=form.values())):
        flash(_("The call is created. Nobody outside the secretariat sees it before you open it."), "success")
        return redirect(url_for("secretariat.calls.page", call=form.result), 303)
    return render(form=form)


@blueprint.get("/secretariat/calls/<call>")
@requires(Permission.RUN_CALL)
def page(call: str) -> Response:
    """One call in plain words: what is open to whom now, what comes next, what is unfinished."""
    found, now, actor = queries.page(call), clock.now(), current_actor()
    after_jury = steps_of(now, call)
    step = after_jury.get(found.reference)
    return render(
        call=found,
        open_now=call_words.open_now(found, now, step),
        coming=call_words.coming(found, now, step),
        tasks=call_words.tasks(actor, after_jury, call),
        unfinished=queries.unfinished(found),
        method=METHODS.get(found.settings.jury_method, found.settings.jury_method),
        languages=[name for code, name in language_choices() if code in found.settings.languages],
    )


@blueprint.route("/secretariat/calls/<call>/settings", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def settings(call: str) -> BaseResponse:
    """Change a call's settings: all in preparation, afterwards only what cities do not rely on."""
    found = queries.page(call)
    values = calls.values_of(found.settings, found.form_version, found.guide_version)
    form = (CallForm if found.is_preparing else JuryForm)(queries.versions(), values)

    def typed() -> calls.CallValues:
        if isinstance(form, CallForm):
            return form.values()
        return form.changed(values, is_frozen=found.is_frozen)

    if form.accepts(lambda: calls.change(actor=current_actor(), call=call, values=typed())):
        flash(_("The settings are saved."), "success")
        return redirect(url_for("secretariat.calls.page", call=call), 303)
    return render(form=form, call=found)


@blueprint.get("/secretariat/calls/<call>/preview")
@requires(Permission.RUN_CALL)
def preview(call: str) -> Response:
    """What cities will read: every question, and the guide by which the jury scores."""
    found = queries.page(call)
    form, guide = queries.questions_and_guide(found)
    return render(call=found, questions=form, guide=guide)
