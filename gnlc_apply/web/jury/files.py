"""One file before it is read: the gate, saying no to it, its attachments and links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from gnlc_apply.core import clock
from gnlc_apply.models import TieAnswer
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.attachment import Served, served
from gnlc_apply.queries.embargoed import reading as queries
from gnlc_apply.queries.embargoed.tie_questions import TieQuestion
from gnlc_apply.services import review
from gnlc_apply.storage.media_types import MediaType
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.handing_out import hand_out
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("files", __name__)


class GateForm(BaseForm):
    """The question before the text opens: no default."""

    answer = RadioField(
        _l("Do you have a tie to this city, its mayor, its administration or its partners?"),
        choices=[
            SelectChoice("no", _l("No conflict: open the application")),
            SelectChoice("yes", _l("Yes: take this file from my list")),
        ],
        validators=[InputRequired(_l("Answer yes or no."))],
    )
    detail = TextAreaField(_l("What is the tie?"), filters=[stripped])
    codes: tuple[str, ...] = ()

    def given(self) -> dict[str, str]:
        """What was answered to the questions on ties, by the rule's code."""
        return {code: self[f"question-{code}"].data or "" for code in self.codes}


def _gate_form(questions: tuple[TieQuestion, ...]) -> GateForm:
    """The gate with one question more for each tie that names show; no default either."""
    choices = [
        SelectChoice(TieAnswer.NO_TIE.value, _l("No tie")),
        SelectChoice(TieAnswer.TIE.value, _l("Yes, a tie: take this file from my list")),
        SelectChoice(TieAnswer.SECRETARIAT.value, _l("I am not sure: let the secretariat decide")),
    ]
    fields: dict[str, Any] = {"codes": tuple(question.code for question in questions)}
    for question in questions:
        fields[f"question-{question.code}"] = RadioField(
            languages.translate(question.sentence), choices=choices, validators=[Optional()]
        )
    form: GateForm = type("GateWithQuestions", (GateForm,), fields)()
    return form


class ConflictForm(BaseForm):
    """A tie that came up later."""

    detail = TextAreaField(_l("What is the tie?"), filters=[stripped])


class ReasonForm(BaseForm):
    """Why somebody says no."""

    reason = TextAreaField(_l("Reason"), filters=[stripped])


@blueprint.route("/jury/files/<application>", methods=["GET", "POST"])
@requires(Permission.SEE_ASSIGNED, is_once=True)
def gate(application: str) -> BaseResponse:
    """Public facts of the city, and the questions about conflicts."""
    actor = current_actor()
    facts = queries.gate(actor, clock.now(), application)
    form = _gate_form(facts.questions)
    has_conflict, detail = form.answer.data == "yes", form.detail.data or ""
    said = {"has_conflict": has_conflict, "detail": detail, "answers": form.given()}
    if not form.accepts(lambda: review.declare(actor=actor, reference=application, **said)):
        return render(form=form, file=facts)
    if form.result is TieAnswer.NO_TIE:
        return redirect(url_for("jury.reviews.read", application=application), 303)
    if form.result is TieAnswer.TIE:
        flash(_("Thank you. %(place)s is gone from your list.", place=facts.place_name), "success")
    else:
        flash(_("Thank you. %(place)s stays closed until the secretariat has decided.", place=facts.place_name))
    return redirect(url_for("jury.home.page"), 303)


@blueprint.route("/jury/files/<application>/conflict", methods=["GET", "POST"])
@requires(Permission.SEE_ASSIGNED, is_once=True)
def conflict(application: str) -> BaseResponse:
    """A tie that came up while reading, or after: the reading ends and does not count."""
    actor, form = current_actor(), ConflictForm()
    facts = queries.gate(actor, clock.now(), application)
    detail = form.detail.data or ""
    if form.accepts(lambda: review.declare(actor=actor, reference=application, has_conflict=True, detail=detail)):
        flash(_("Thank you. %(place)s is gone from your list.", place=facts.place_name), "success")
        return redirect(url_for("jury.home.page"), 303)
    return render(form=form, file=facts)


@blueprint.route("/jury/files/<application>/decline", methods=["GET", "POST"])
@requires(Permission.SEE_ASSIGNED, is_once=True)
def decline(application: str) -> BaseResponse:
    """The juror cannot take this file, for a reason that is no conflict."""
    actor, form = current_actor(), ReasonForm()
    facts = queries.gate(actor, clock.now(), application)
    if form.accepts(lambda: review.decline_file(actor=actor, reference=application, reason=form.reason.data or "")):
        flash(
            _("%(place)s is gone from your list. The secretariat looks for another reader.", place=facts.place_name),
            "success",
        )
        return redirect(url_for("jury.home.page"), 303)
    return render(form=form, file=facts)


@blueprint.get("/jury/files/<application>/attachments/<attachment>")
@requires(Permission.REVIEW)
def attachment(application: str, attachment: str) -> Response:
    """A file of the version, under a name that says nothing."""
    found = queries.attachment(current_actor(), clock.now(), application, attachment)
    file = served(application, attachment, with_removed=True)
    name = f"{application}-{found.number}{MediaType(found.media_type).extension}"
    return hand_out(Served(file.stream, name, file.media_type, file.size))


@blueprint.get("/jury/files/<application>/links/<key>")
@requires(Permission.REVIEW)
def link(application: str, key: str) -> Response:
    """Before a juror leaves for a page that the city named: where it leads, and what the click shows."""
    return render(
        application=application, address=queries.evidence_link(current_actor(), clock.now(), application, key)
    )
