"""Can we apply? A few questions before any account; the answers live in the address and nowhere else."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Form, RadioField, SelectField, StringField

from gnlc_apply.core import clock
from gnlc_apply.core.figures import NotAFigure, parse_figure
from gnlc_apply.core.text import Text
from gnlc_apply.queries import eligibility, public_call
from gnlc_apply.queries.public_call import PublicCall
from gnlc_apply.questionnaire.eligibility import EligibilityAnswers, is_complete, notes, stops
from gnlc_apply.questionnaire.population import is_below
from gnlc_apply.web import languages
from gnlc_apply.web.access import public
from gnlc_apply.web.applicant.controls import countries, offered
from gnlc_apply.web.rendering import render

blueprint = Blueprint("eligibility", __name__)
_YES_NO = offered([("yes", _l("Yes")), ("no", _l("No"))])


class EligibilityForm(Form):
    """The questions. A GET form: nothing is kept, so there is nothing to protect."""

    country = SelectField(_l("In which country is your city?"), validate_choice=False)
    member = RadioField(_l("Is your city a member of the network now?"), choices=_YES_NO, validate_choice=False)
    head = RadioField(
        _l("Will the mayor, or whoever heads the administration, sign the application?"),
        choices=_YES_NO,
        validate_choice=False,
    )
    population = StringField(_l("How many inhabitants does your city have?"))


def _population(form: EligibilityForm) -> int | None:
    """The figure that was typed, in any country's way of writing; None for none."""
    try:
        return int(parse_figure(form.population.data or ""))
    except NotAFigure:
        return None


def _answers(form: EligibilityForm, calls: list[PublicCall]) -> EligibilityAnswers:
    said = {"yes": True, "no": False}
    country = form.country.data or ""
    return EligibilityAnswers(
        state=eligibility.standing(country, clock.today()) if country else None,
        is_member_city=said.get(form.member.data),
        head_will_sign=said.get(form.head.data),
        population=_population(form),
        smallest=_smallest(calls),
    )


def _smallest(calls: list[PublicCall]) -> int | None:
    """What every call at hand asks for at least; None where one of them takes cities of any size."""
    asked = [call.smallest_population for call in calls if call.smallest_population is not None]
    return min(asked) if asked and len(asked) == len(calls) else None


def _missing(form: EligibilityForm) -> list[tuple[str, str]]:
    words = {
        "country": Text("Choose the country of your city."),
        "member": Text("Say whether your city is a member now."),
        "head": Text("Say whether the head of the administration will sign."),
    }
    for name, text in words.items():
        if not form[name].data:
            form[name].errors = [languages.translate(text)]
    found = [(languages.translate(text), name) for name, text in words.items() if not form[name].data]
    if (form.population.data or "").strip() and _population(form) is None:
        trouble = languages.translate(Text("Enter the figure in digits, such as 1,420,000"))
        form.population.errors = [trouble]
        found.append((trouble, "population"))
    return found


@blueprint.get("/apply")
@public
def form() -> BaseResponse:
    """The questions, and what follows from the answers."""
    form = EligibilityForm(request.args)
    choices = [("", languages.translate(Text("Choose"))), *countries(languages.code())]
    form.country.choices = offered(choices)
    calls = [call for call in public_call.index() if call.stage in ("open", "coming")]
    answers = _answers(form, calls)
    is_asked = "ask" in request.args
    stop = stops(answers) if is_asked else None
    problems = _missing(form) if is_asked and stop is None else []
    return render(
        form=form,
        stop=stop,
        note=notes(answers) if is_asked else None,
        problems=problems,
        may_go_on=is_asked and stop is None and not problems and is_complete(answers),
        asks_for_population=any(call.smallest_population for call in calls),
        calls=[call for call in calls if not is_below(answers.population, call.smallest_population)],
        begin=url_for("applicant.place.form", country=form.country.data or None),
    )
