"""Where an application begins: call, country, name of the place. Somebody may have begun already."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import application as queries
from gnlc_apply.queries import eligibility, gazetteer, public_call
from gnlc_apply.services import application as applications
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.controls import countries, offered
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("place", __name__)
PLACE = "place_asked_for"


class PlaceForm(BaseForm):
    """Which call, which place, which language."""

    call = RadioField(_l("For which call?"), validate_choice=False)
    country = SelectField(_l("Country"), validate_choice=False)
    place_name = StringField(_l("Name of the city or other place"), filters=[stripped])
    is_other_place = BooleanField(_l("It is another place that bears the same name"))
    language = SelectField(_l("In which language will you write?"), validate_choice=False)
    copied_from = SelectField(_l("Start from an earlier application?"), validate_choice=False)


class JoinForm(BaseForm):
    """What to tell whoever began."""

    call = HiddenField()
    country = HiddenField()
    place_name = HiddenField(filters=[stripped])
    message = TextAreaField(_l("Your message"), filters=[stripped])


def _fill_choices(form: PlaceForm) -> list[public_call.PublicCall]:
    calls = [call for call in public_call.index() if call.stage == "open"]
    if calls:
        g.time_zone = calls[0].time_zone
    form.call.choices = offered((call.reference, call.title) for call in calls)
    form.call.data = form.call.data or (calls[0].reference if calls else None)
    form.country.choices = offered([("", _("Choose")), *countries(languages.code())])
    written = dict.fromkeys(code for call in calls for code in call.languages)
    form.language.choices = offered((code, languages.name_of(code)) for code in written)
    mine = queries.of_person(current_actor())
    earlier = [(one.reference, f"{one.place_name}, {one.call_title}") for one in mine if one.state != "draft"]
    form.copied_from.choices = offered([("", _("No, begin with empty pages")), *earlier])
    return calls


def _begin(form: PlaceForm) -> str:
    return applications.begin(
        actor=current_actor(),
        call=form.call.data or "",
        country=form.country.data or "",
        place_name=form.place_name.data or "",
        language=form.language.data or "en",
        copied_from=form.copied_from.data or None,
        is_other_place=bool(form.is_other_place.data),
    )


def _is_begun(form: PlaceForm) -> bool:
    """Somebody else has begun for this place, and the person has not been told yet."""
    asked = [form.call.data, form.country.data, form.place_name.data]
    if request.method != "POST" or not all(asked) or session.get(PLACE) == asked:
        return False
    if not queries.has_begun(*asked, besides=current_actor()):
        return False
    session[PLACE] = asked
    return True


@blueprint.route("/applications/new", methods=["GET", "POST"])
@requires(Permission.BEGIN_APPLICATION, is_once=True)
def form() -> BaseResponse:
    """Begin. If somebody has begun for the same place, say so first, without saying who."""
    form = PlaceForm(country=request.args.get("country"))
    calls = _fill_choices(form)
    if _is_begun(form):
        join = JoinForm(formdata=None, call=form.call.data, country=form.country.data, place_name=form.place_name.data)
        return render("applicant/place/begun.html", form=join, place=form, status=200)
    if form.accepts(lambda: _begin(form)):
        session.pop(PLACE, None)
        return redirect(url_for("applicant.applications.page", application=form.result), 303)
    is_known = eligibility.is_member_city(form.country.data or "", form.place_name.data or "")
    return render(form=form, calls=calls, is_known=is_known)


@blueprint.post("/applications/join")
@requires(Permission.BEGIN_APPLICATION, is_once=True)
def join() -> BaseResponse:
    """Ask to join whoever began."""
    form = JoinForm()
    if form.accepts(
        lambda: applications.ask_to_join(
            actor=current_actor(),
            call=form.call.data or "",
            country=form.country.data or "",
            place_name=form.place_name.data or "",
            message=form.message.data or "",
        )
    ):
        flash(_("Your request is on its way. You will get a message when it is answered."), "success")
        return redirect(url_for("applicant.applications.index"), 303)
    return render("applicant/place/begun.html", form=form, place=None)


@blueprint.get("/applications/places")
@requires(Permission.BEGIN_APPLICATION)
def suggestions() -> BaseResponse:
    """Places of a country whose names fit: a help in finding coordinates, without any script."""
    country, name = request.args.get("country", ""), request.args.get("name", "")
    found = gazetteer.suggest(country, name) if country and name else []
    return render(
        found=found,
        country=country,
        name=name,
        choices=[("", languages.translate(Text("Choose"))), *countries(languages.code())],
        source=gazetteer.ATTRIBUTION,
    )
