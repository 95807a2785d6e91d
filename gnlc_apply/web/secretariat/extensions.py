"""More time for all, a country or a city."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.models import Deadline, ExtensionScope
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import call as queries
from gnlc_apply.queries import call_words
from gnlc_apply.queries.call_gates import Touched
from gnlc_apply.services import call as calls
from gnlc_apply.web import dated, languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.call_forms import ExtensionForm, pairs

blueprint = Blueprint("extensions", __name__)


def _form(found: queries.CallPage) -> ExtensionForm:
    """The form with countries and files to choose from; the address may choose a file already."""
    chosen = {"application": request.args.get("application", ""), "scope": request.args.get("scope", "all")}
    form = ExtensionForm(data=chosen)
    named = sorted((languages.country(iso3), iso3) for iso3 in queries.countries())
    form.country.choices = pairs([("", "–"), *((iso3, name) for name, iso3 in named)])
    files = [
        (row.reference, f"{row.place_name} ({languages.country(row.country)}), {row.reference}")
        for row in queries.files_to_extend(found)
    ]
    form.application.choices = pairs([("", "–"), *files])
    return form


def _extend(found: queries.CallPage, form: ExtensionForm) -> None:
    calls.extend(
        actor=current_actor(),
        call=found.reference,
        scope=ExtensionScope(form.scope.data),
        deadline=Deadline(form.deadline.data),
        until_at=dated.from_local(form.until_at.data, found.settings.time_zone, "until_at"),
        reason=form.reason.data or "",
        country=form.country.data or None,
        application=form.application.data or None,
    )


def _touched(found: queries.CallPage, form: ExtensionForm) -> Touched | None:
    """Whom the extension would touch, once it is said which and for whom."""
    if form.deadline.data not in list(Deadline) or form.scope.data not in list(ExtensionScope):
        return None
    return queries.touched(
        found,
        Deadline(form.deadline.data),
        ExtensionScope(form.scope.data),
        form.country.data or None,
        form.application.data or None,
    )


@blueprint.route("/secretariat/calls/<call>/extend", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def extend(call: str) -> BaseResponse:
    """Extend a deadline; everybody whom it touches is told, with the reason."""
    found = queries.page(call)
    form = _form(found)
    is_look = "look" in request.form
    if not is_look and form.accepts(lambda: _extend(found, form)):
        flash(_("The deadline is extended. Those it touches are told, with the reason."), "success")
        return redirect(url_for("secretariat.calls.page", call=call, _anchor="extensions"), 303)
    return render(
        form=form,
        call=found,
        touched=_touched(found, form) if is_look else None,
        cities=call_words.for_all(found, Deadline.CITIES),
        commissions=call_words.for_all(found, Deadline.COMMISSIONS),
        status=200 if is_look else None,
    )
