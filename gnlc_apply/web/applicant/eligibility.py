"""Can we apply? Three questions before any account; the answers live in the address and nowhere else."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Form, RadioField, SelectField

from gnlc_apply.core import clock
from gnlc_apply.core.text import Text
from gnlc_apply.queries import eligibility, public_call
from gnlc_apply.questionnaire.eligibility import EligibilityAnswers, is_complete, notes, stops
from gnlc_apply.web import languages
from gnlc_apply.web.access import public
from gnlc_apply.web.applicant.controls import countries, offered
from gnlc_apply.web.rendering import render

blueprint = Blueprint("eligibility", __name__)
_YES_NO = offered([("yes", _l("Yes")), ("no", _l("No"))])


class EligibilityForm(Form):
    """The three questions. A GET form: nothing is kept, so there is nothing to protect."""

    country = SelectField(_l("In which country is your city?"), validate_choice=False)
    member = RadioField(_l("Is your city a member of the network now?"), choices=_YES_NO, validate_choice=False)
    head = RadioField(
        _l("Will the mayor, or whoever heads the administration, sign the application?"),
        choices=_YES_NO,
        validate_choice=False,
    )


def _answers(form: EligibilityForm) -> EligibilityAnswers:
    said = {"yes": True, "no": False}
    country = form.country.data or ""
    return EligibilityAnswers(
        state=eligibility.standing(country, clock.today()) if country else None,
        is_member_city=said.get(form.member.data),
        head_will_sign=said.get(form.head.data),
    )


def _missing(form: EligibilityForm) -> list[tuple[str, str]]:
    words = {
        "country": Text("Choose the country of your city."),
        "member": Text("Say whether your city is a member now."),
        "head": Text("Say whether the head of the administration will sign."),
    }
    for name, text in words.items():
        if not form[name].data:
            form[name].errors = [languages.translate(text)]
    return [(languages.translate(text), name) for name, text in words.items() if not form[name].data]


@blueprint.get("/apply")
@public
def form() -> BaseResponse:
    """The questions, and what follows from the answers."""
    form = EligibilityForm(request.args)
    choices = [("", languages.translate(Text("Choose"))), *countries(languages.code())]
    form.country.choices = offered(choices)
    answers = _answers(form)
    is_asked = "ask" in request.args
    stop = stops(answers) if is_asked else None
    problems = _missing(form) if is_asked and stop is None and not is_complete(answers) else []
    calls = [call for call in public_call.index() if call.stage in ("open", "coming")]
    return render(
        form=form,
        stop=stop,
        note=notes(answers) if is_asked else None,
        problems=problems,
        may_go_on=is_asked and stop is None and is_complete(answers),
        calls=calls,
        begin=url_for("applicant.place.form", country=form.country.data or None),
    )
