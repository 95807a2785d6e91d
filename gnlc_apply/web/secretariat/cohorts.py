"""The cohort of a call before the announcement: its page, texts, letters, dry run and release; afterwards its letters' way."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.models import LetterKind
from gnlc_apply.permissions import Permission, can
from gnlc_apply.queries.embargoed import cohort_choices as choices
from gnlc_apply.queries.embargoed import cohorts as queries
from gnlc_apply.queries.embargoed import dry_run as rehearsing
from gnlc_apply.queries.embargoed import progress as sending
from gnlc_apply.queries.embargoed.cohorts import CohortPage
from gnlc_apply.queries.embargoed.letter_texts import PLACEHOLDERS
from gnlc_apply.queries.embargoed.unfinished import LETTER_NAMES
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services.record import notice
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.cohort_forms import (
    LETTER_LANGUAGES,
    LetterForm,
    NewForm,
    SpellingForm,
    TextsForm,
    language_name,
    offered,
)

blueprint = Blueprint("cohorts", __name__)


def load(cohort: str, what: str = "looked_at_cohort") -> CohortPage:
    """The cohort as this person may see it; times are shown in its zone. That somebody looked at it is kept."""
    found = queries.page(current_actor(), cohort, clock.now())
    notice(what, person_id=current_actor().person_id, noun="cohort", note=found.row.reference)
    g.time_zone = found.row.time_zone
    return found


def done(words: str, cohort: str) -> BaseResponse:
    """Back to the cohort, with what was done."""
    flash(words, "success")
    return redirect(url_for("secretariat.cohorts.page", cohort=cohort), 303)


def show(cohort: str, form: BaseForm) -> Response:
    """The cohort's own page; with the words of a refusal where a button on it was refused."""
    words: dict[str, Any] = {"letter_names": LETTER_NAMES, "language_name": language_name}
    words["may_arm"] = can(current_actor(), Permission.ARM_COHORT)
    return render("secretariat/cohorts/page.html", cohort=load(cohort), form=form, **words)


def _kind(name: str, language: str) -> LetterKind:
    """The kind of letter that an address names. Raises NotFound for one, or for a language, that does not exist."""
    found = next((kind for kind in LetterKind if kind.value == name), None)
    if found is None or language not in LETTER_LANGUAGES:
        raise NotFound
    return found


@blueprint.get("/secretariat/cohorts")
@requires(Permission.PREPARE_COHORT)
def index() -> Response:
    """Calls and their cohorts."""
    return render(calls=choices.calls(current_actor(), clock.now()))


@blueprint.route("/secretariat/calls/<call>/cohort", methods=["GET", "POST"])
@requires(Permission.PREPARE_COHORT, is_once=True)
def new(call: str) -> BaseResponse:
    """Begin the cohort of a call."""
    form = NewForm()
    if form.accepts(lambda: cohorts.create(actor=current_actor(), call=call, title=form.title.data or "")):
        return done(_("The cohort is begun. Set its instant, write its texts and letters."), form.result)
    found = next((line for line in choices.calls(current_actor(), clock.now()) if line.call == call), None)
    if found is None:
        raise NotFound
    return render(form=form, call=found)


@blueprint.get("/secretariat/cohorts/<cohort>")
@requires(Permission.PREPARE_COHORT)
def page(cohort: str) -> Response:
    """Where the cohort stands, what is unfinished, what comes next."""
    return show(cohort, BaseForm())


@blueprint.route("/secretariat/cohorts/<cohort>/texts", methods=["GET", "POST"])
@requires(Permission.PREPARE_COHORT, is_once=True)
def texts(cohort: str) -> BaseResponse:
    """The instant, the event and the texts of the release."""
    found = load(cohort)
    form = TextsForm(found.row)
    actor, reason = current_actor(), form.reason.data or ""
    if form.accepts(lambda: cohorts.change(actor=actor, cohort=cohort, values=form.values(), reason=reason)):
        return done(_("Saved."), cohort)
    return render(form=form, cohort=found)


@blueprint.route("/secretariat/cohorts/<cohort>/letters/<kind>/<text_language>", methods=["GET", "POST"])
@requires(Permission.PREPARE_COHORT, is_once=True)
def letter(cohort: str, kind: str, text_language: str) -> BaseResponse:
    """A letter's text in one language, with a true preview beside it."""
    which = _kind(kind, text_language)
    subject, body = choices.letter(current_actor(), cohort, which, text_language, clock.now())
    form = LetterForm(data={"subject": subject, "body": body})
    is_saving = request.form.get("step") != "preview"
    if is_saving and form.accepts(lambda: _save(cohort, which, text_language, form)):
        flash(_("The letter is saved."), "success")
        return redirect(url_for("secretariat.cohorts.letter", **(request.view_args or {})), 303)
    return _letter_page(cohort, which, text_language, form)


def _letter_page(cohort: str, kind: LetterKind, language: str, form: LetterForm) -> Response:
    text = (language, form.subject.data or "", form.body.data or "")
    about = request.values.get("about", "")
    return render(
        form=form,
        cohort=load(cohort),
        kind=kind,
        text_language=language,
        preview=rehearsing.letter_preview(current_actor(), cohort, kind, text, about, clock.now()),
        language_name=language_name,
        letter_names=LETTER_NAMES,
        placeholders=PLACEHOLDERS[kind],
        all_languages=LETTER_LANGUAGES,
    )


def _save(cohort: str, kind: LetterKind, language: str, form: LetterForm) -> None:
    cohorts.edit_letter(
        actor=current_actor(),
        cohort=cohort,
        kind=kind,
        language=language,
        subject=form.subject.data or "",
        body=form.body.data or "",
        reason=form.reason.data or "",
    )


@blueprint.get("/secretariat/cohorts/<cohort>/dry-run")
@requires(Permission.PREPARE_COHORT)
def dry_run(cohort: str) -> Response:
    """Exactly what the announcement will change, and every message it will send."""
    found = load(cohort, "looked_at_dry_run")
    plan = rehearsing.dry_run(current_actor(), cohort, clock.now())
    return render(cohort=found, plan=plan, letter_names=LETTER_NAMES, language_name=language_name)


@blueprint.get("/secretariat/cohorts/<cohort>/release")
@requires(Permission.PREPARE_COHORT)
def release(cohort: str) -> Response:
    """The release as it will be."""
    found = load(cohort, "looked_at_release")
    shown, hidden = rehearsing.release_preview(current_actor(), cohort, clock.now())
    return render(cohort=found, release=shown, hidden=hidden)


@blueprint.route("/secretariat/cohorts/<cohort>/spelling", methods=["GET", "POST"])
@requires(Permission.PREPARE_COHORT, is_once=True)
def spelling(cohort: str) -> BaseResponse:
    """Correct how a city's name is spelled in the release and the letters."""
    found, form, actor = load(cohort), SpellingForm(), current_actor()
    form.application.choices = offered((file.reference, file.name) for file in found.files if file.is_visible)

    def act() -> None:
        cohorts.correct_spelling(
            actor=actor, cohort=cohort, application=form.application.data, name=form.name.data or ""
        )

    if form.accepts(act):
        return done(_("The spelling is corrected. If the list is locked, the secretariat has been told."), cohort)
    return render(form=form, cohort=found)


@blueprint.get("/secretariat/cohorts/<cohort>/progress")
@requires(Permission.PREPARE_COHORT)
def progress(cohort: str) -> Response:
    """After the announcement: letters sent and failed, and who did not get one."""
    found = load(cohort)
    return render(cohort=found, progress=sending.progress(current_actor(), cohort, clock.now()))
