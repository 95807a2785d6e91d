"""Which city of the registry a file is of, its letters, and spellings as published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.lookalikes import mixes_scripts
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import file as files
from gnlc_apply.queries import screening as queries
from gnlc_apply.queries import signature_evidence
from gnlc_apply.queries.rows import AnyRow, Rows
from gnlc_apply.questionnaire import Kind
from gnlc_apply.questionnaire.constituents import WHOLE
from gnlc_apply.services import offers, screening, signature
from gnlc_apply.services.record import notice
from gnlc_apply.web import reading, seen
from gnlc_apply.web.access import requires
from gnlc_apply.web.handing_out import as_file
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.call_forms import pairs
from gnlc_apply.web.secretariat.screening import done, file_of
from gnlc_apply.web.secretariat.screening_forms import NEW, CityForm, LetterForm, RefuseLetterForm, SpellingForm

blueprint = Blueprint("papers", __name__)
_WHOLE = {"constituent": WHOLE}


@blueprint.route("/secretariat/applications/<application>/city", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def city(application: str) -> BaseResponse:
    """Confirm which city of the registry this is: suggested by country and name, chosen by a person."""
    actor, file = current_actor(), file_of(application)
    answers = files.text(file).answers
    names = [file.place_name, str(answers.get("city.name_latin", "")), str(answers.get("city.name_local", ""))]
    cities = queries.similar_cities(file, names)
    form = CityForm(
        data={"name": answers.get("city.name_latin", file.place_name), "city": file.city or (None if cities else NEW)}
    )
    form.city.choices = pairs([*((row.reference, row.name) for row in cities), (NEW, _("A new city"))])
    if form.accepts(
        lambda: screening.confirm_city(
            actor=actor, reference=application, city=form.chosen(), name=form.name.data or ""
        )
    ):
        return done(_("The city is confirmed."), application)
    return render(form=form, file=file, cities=cities, new=NEW, **_warnings(cities, names))


def _warnings(cities: Rows, names: list[str]) -> dict[str, Any]:
    """How many cities bear one of these names, which only look like one, and which names are written in several scripts."""
    return {
        "equal": sum(1 for row in cities if row.is_equal),
        "lookalikes": queries.lookalikes(cities, names),
        "mixed": [name for name in dict.fromkeys(names) if mixes_scripts(name)],
    }


@blueprint.route("/secretariat/applications/<application>/letter", methods=["GET", "POST"], defaults=_WHOLE)
@blueprint.route("/secretariat/applications/<application>/letter/<int:constituent>", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def letter(application: str, constituent: int) -> BaseResponse:
    """Look at the letter signed on paper, of the city or of one member of a consortium, and confirm it."""
    form, actor = seen.SeenForm(), current_actor()
    if form.accepts(
        lambda: signature.confirm_letter(actor=actor, reference=application, constituent=constituent, seen=form.mark)
    ):
        return done(_("The letter is confirmed."), application)
    file = file_of(application)
    return seen.page(form, file, constituent=constituent, letters=_letters(file, constituent))


@blueprint.route("/secretariat/applications/<application>/letter/refuse", methods=["GET", "POST"], defaults=_WHOLE)
@blueprint.route("/secretariat/applications/<application>/letter/<int:constituent>/refuse", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def refuse_letter(application: str, constituent: int) -> BaseResponse:
    """The letter cannot count; the city reads why and may sign again."""
    form, actor = RefuseLetterForm(), current_actor()
    if form.accepts(
        lambda: signature.refuse_letter(
            actor=actor,
            reference=application,
            reason=form.reason.data or "",
            constituent=constituent,
            seen=form.mark,
        )
    ):
        return done(_("The letter is refused. The city has been told why."), application)
    file = file_of(application)
    return seen.page(form, file, letters=_letters(file, constituent))


def _letters(file: files.FileSummary, constituent: int) -> list[AnyRow]:
    """The letters of this signature, the latest first. Raises NotFound for a member of a consortium that sent none."""
    found = [row for row in queries.signatures(file) if row.method == "paper" and row.constituent == constituent]
    if constituent != WHOLE and not found:
        raise NotFound()
    return found


@blueprint.get("/secretariat/applications/<application>/signatures.json")
@requires(Permission.READ_AS_SECRETARIAT)
def evidence(application: str) -> Response:
    """The evidence of the signatures as a file to hand over; that somebody takes it away is kept."""
    actor = current_actor()
    file = files.summary(actor, Permission.READ_AS_SECRETARIAT, application)
    notice("took_evidence", person_id=actor.person_id, noun="application", note=file.reference)
    return as_file(signature_evidence.evidence(file), f"{file.reference}-signatures.json")


@blueprint.route("/secretariat/applications/<application>/late-letter", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def late_letter(application: str) -> BaseResponse:
    """Record a Commission's letter that came after its deadline."""
    form, actor = LetterForm(), current_actor()
    if form.accepts(
        lambda: screening.record_late_letter(
            actor=actor,
            reference=application,
            name=form.name.data or "",
            function=form.function.data or "",
            note=form.note.data or "",
            seen=form.mark,
        )
    ):
        return done(_("The letter is recorded and a place of the country is taken."), application)
    return seen.page(form, file_of(application), offers=offers.offers(actor, application))


def _spelled(text: files.FrozenText, attachments: list[AnyRow]) -> list[tuple[str, str]]:
    """What has a spelling: names and short texts that were answered, and captions."""
    named = [
        (question.key, f"{reading.label_of(text.form, question.key)}: {text.answers[question.key]}")
        for question in text.form.concrete(text.answers)
        if question.kind in (Kind.NAME, Kind.TEXT) and question.key in text.answers
    ]
    captions = [
        (f"caption:{row.reference}", _("Caption: %(caption)s", caption=row.caption or row.name)) for row in attachments
    ]
    return named + captions


@blueprint.route("/secretariat/applications/<application>/spelling", methods=["GET", "POST"])
@requires(Permission.CHECK_APPLICATION, is_once=True)
def spelling(application: str) -> BaseResponse:
    """Correct how a name, title or caption is spelled where it is published."""
    file = file_of(application)
    text = files.text(file)
    form = SpellingForm(data={"key": request.args.get("key", "")})
    spelled = _spelled(text, files.attachments(file, text))
    form.key.choices = pairs(spelled)
    if form.accepts(
        lambda: screening.correct_spelling(
            actor=current_actor(), reference=application, key=form.key.data, value=form.value.data or ""
        )
    ):
        return done(_("The spelling is recorded. The signed text stays as it is."), application)
    return render(form=form, file=file, spellings=queries.spellings(file), labels=dict(spelled))
