"""The way to the announcement: lock, change by two persons, arm; then "now" and "hold" on a page for a telephone."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import cohort_choices as choices
from gnlc_apply.queries.embargoed.cohorts import CohortPage
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.cohort_forms import (
    ArmForm,
    ChangeForm,
    ReasonForm,
    TextsSeenForm,
    language_name,
    offered,
)
from gnlc_apply.web.secretariat.cohorts import done, load, show

blueprint = Blueprint("announcement", __name__)


@blueprint.route("/secretariat/cohorts/<cohort>/lock", methods=["GET", "POST"])
@requires(Permission.PREPARE_COHORT, is_once=True)
def lock(cohort: str) -> BaseResponse:
    """Lock the list, on a page that says what is unfinished."""
    form = BaseForm()
    if form.accepts(lambda: cohorts.lock(actor=current_actor(), cohort=cohort)):
        return done(_("The list is locked. Another person, a director, can arm the announcement."), cohort)
    return render(form=form, cohort=load(cohort))


@blueprint.route("/secretariat/cohorts/<cohort>/unlock", methods=["GET", "POST"])
@requires(Permission.APPROVE_COHORT_CHANGE, is_once=True)
def unlock(cohort: str) -> BaseResponse:
    """Ask for the list to be unlocked; somebody else confirms."""
    form, actor = ReasonForm(), current_actor()
    if form.accepts(lambda: cohorts.ask_to_unlock(actor=actor, cohort=cohort, reason=form.reason.data or "")):
        return done(_("You have asked to unlock the list. A second person must confirm it."), cohort)
    return render(form=form, cohort=load(cohort))


@blueprint.route("/secretariat/cohorts/<cohort>/change", methods=["GET", "POST"])
@requires(Permission.PREPARE_COHORT, is_once=True)
def change(cohort: str) -> BaseResponse:
    """Ask for one change to the locked list; somebody else confirms."""
    found, form, actor = load(cohort), ChangeForm(), current_actor()
    form.application.choices = offered((file.reference, file.name) for file in found.files if file.is_visible)
    asked = {"kind": form.kind.data, "application": form.application.data, "reason": form.reason.data}
    if form.accepts(lambda: cohorts.ask_for_change(actor=actor, cohort=cohort, **asked)):
        return done(_("You have asked for a change. A second person must confirm it."), cohort)
    return render(form=form, cohort=found)


def _act(cohort: str, act: Callable[[], object], words: str) -> BaseResponse:
    """One button's act: done, or back to the cohort's page with the words of the refusal."""
    form = BaseForm()
    if form.accepts(act):
        return done(words, cohort)
    return show(cohort, form)


@blueprint.post("/secretariat/cohorts/<cohort>/unlock/confirm")
@requires(Permission.APPROVE_COHORT_CHANGE, is_once=True)
def confirm_unlock(cohort: str) -> BaseResponse:
    """The second person's yes to unlocking."""
    words = _("The list is unlocked. Decisions can change again; it must be locked and armed anew.")
    return _act(cohort, lambda: cohorts.unlock(actor=current_actor(), cohort=cohort), words)


@blueprint.post("/secretariat/cohorts/<cohort>/changes/<kind>/<file>/confirm")
@requires(Permission.APPROVE_COHORT_CHANGE, is_once=True)
def confirm_change(cohort: str, kind: str, file: str) -> BaseResponse:
    """The second person's yes to one change."""
    actor = current_actor()
    words = _("The change is made and the list locked as it is now.")
    return _act(cohort, lambda: cohorts.confirm_change(actor=actor, cohort=cohort, kind=kind, application=file), words)


@blueprint.post("/secretariat/cohorts/<cohort>/changes/<kind>/drop", defaults={"file": None})
@blueprint.post("/secretariat/cohorts/<cohort>/changes/<kind>/<file>/drop")
@requires(Permission.APPROVE_COHORT_CHANGE, is_once=True)
def drop_change(cohort: str, kind: str, file: str | None) -> BaseResponse:
    """Take a request back, or turn it down."""
    actor = current_actor()
    words = _("The request is gone; nothing has changed.")
    return _act(cohort, lambda: cohorts.drop_change(actor=actor, cohort=cohort, kind=kind, application=file), words)


@blueprint.route("/secretariat/cohorts/<cohort>/arm", methods=["GET", "POST"])
@requires(Permission.ARM_COHORT, is_fresh=True, is_once=True)
def arm(cohort: str) -> BaseResponse:
    """Arm the announcement: a director other than whoever locked, with the title typed."""
    found, form, actor = load(cohort), ArmForm(), current_actor()
    form.stand_by.choices = offered(choices.secretariat(actor, clock.now()))

    def act() -> None:
        title, people = form.typed_title.data or "", form.stand_by.data or []
        seen = form.texts_seen.data or ""
        cohorts.arm(actor=actor, cohort=cohort, typed_title=title, stand_by=people, seen=seen)

    if form.accepts(act):
        return done(_("The announcement is armed."), cohort)
    return _texts_page(form, found)


def _texts_page(form: TextsSeenForm, found: CohortPage) -> Response:
    """A page that shows the texts, and carries which."""
    form.texts_seen.data = found.row.texts_hash or ""
    return render(form=form, cohort=found, language_name=language_name)


@blueprint.route("/secretariat/cohorts/<cohort>/texts/confirm", methods=["GET", "POST"])
@requires(Permission.ARM_COHORT, is_fresh=True, is_once=True)
def confirm_texts(cohort: str) -> BaseResponse:
    """After a correction: a director confirms the armed announcement with the texts as they are now."""
    form, actor = TextsSeenForm(), current_actor()
    if form.accepts(lambda: cohorts.confirm_texts(actor=actor, cohort=cohort, seen=form.texts_seen.data or "")):
        return done(_("The texts are confirmed. The announcement stays armed."), cohort)
    return _texts_page(form, load(cohort))


@blueprint.post("/secretariat/cohorts/<cohort>/disarm")
@requires(Permission.PREPARE_COHORT, is_once=True)
def disarm(cohort: str) -> BaseResponse:
    """Disarm; the list stays locked."""
    words = _("The announcement is disarmed. The list stays locked.")
    return _act(cohort, lambda: cohorts.disarm(actor=current_actor(), cohort=cohort), words)


@blueprint.get("/secretariat/cohorts/<cohort>/now")
@requires(Permission.PREPARE_COHORT)
def now(cohort: str) -> Response:
    """The page for the telephone: the instant, "now" once it has come, "hold"."""
    return _now_page(cohort, BaseForm())


def _now_page(cohort: str, form: BaseForm) -> Response:
    found, moment = load(cohort), clock.now()
    has_come = found.row.announce_at is not None and moment >= found.row.announce_at
    return render("secretariat/announcement/now.html", cohort=found, form=form, has_come=has_come, moment=moment)


def _press(cohort: str, act: Callable[[], object], words: str) -> BaseResponse:
    form = BaseForm()
    if form.accepts(act):
        flash(words, "success")
        return redirect(url_for("secretariat.announcement.now", cohort=cohort), 303)
    return _now_page(cohort, form)


@blueprint.post("/secretariat/cohorts/<cohort>/now/announce")
@requires(Permission.PREPARE_COHORT, is_once=True)
def announce(cohort: str) -> BaseResponse:
    """Announce: now."""
    return _press(cohort, lambda: cohorts.announce(actor=current_actor(), cohort=cohort), _("Announced."))


@blueprint.post("/secretariat/cohorts/<cohort>/now/hold")
@requires(Permission.PREPARE_COHORT, is_once=True)
def hold(cohort: str) -> BaseResponse:
    """Hold: nothing is announced until somebody releases it."""
    words = _("Held. Nothing is announced until it is released.")
    return _press(cohort, lambda: cohorts.hold(actor=current_actor(), cohort=cohort), words)


@blueprint.post("/secretariat/cohorts/<cohort>/now/release")
@requires(Permission.PREPARE_COHORT, is_once=True)
def release_hold(cohort: str) -> BaseResponse:
    """Let go of the hold."""
    words = _("Released. If the instant has come, the next press or the worker announces.")
    return _press(cohort, lambda: cohorts.release_hold(actor=current_actor(), cohort=cohort), words)
