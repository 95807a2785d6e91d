"""The calibration round of a call: set up, followed, talked about, closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Invalid, NotFound
from gnlc_apply.core.moments import day_there
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.attachment import served_pdf
from gnlc_apply.queries.embargoed import calibration_desk as queries
from gnlc_apply.queries.embargoed import roster
from gnlc_apply.queries.embargoed.calibration_comparison import FLAGS
from gnlc_apply.queries.embargoed.calibration_desk import Desk
from gnlc_apply.services import calibration
from gnlc_apply.services.record import notice
from gnlc_apply.web.access import requires
from gnlc_apply.web.files import name_of, stream_of
from gnlc_apply.web.handing_out import hand_out
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.scores import two_places
from gnlc_apply.web.secretariat.calibration_forms import FileForm, PlanForm, StepForm, TalkForm

blueprint = Blueprint("calibration", __name__)

STEPS: Mapping[str, tuple[Callable[..., None], Any]] = {
    "open": (calibration.open_round, _l("The round is open. The jurors are told.")),
    "end_scoring": (calibration.end_scoring, _l("The scoring has ended. The jurors are told, and see how all scored.")),
    "open_second": (calibration.open_second, _l("The second scoring is open. The jurors are told.")),
    "close": (calibration.close, _l("The round is closed.")),
}


def _head(call: str) -> roster.CallHead:
    return roster.call_head(current_actor(), clock.now(), call)


def _desk(head: roster.CallHead) -> Desk:
    found = queries.desk(current_actor(), clock.now(), head)
    if found is None:
        raise NotFound()
    return found


def _back(call: str) -> BaseResponse:
    return redirect(url_for(".page", call=call), 303)


@blueprint.get("/secretariat/calls/<call>/calibration")
@requires(Permission.RUN_CALL)
def page(call: str) -> Response:
    """The round: its files, the talk, who has scored, and the next step."""
    head = _head(call)
    return render(call=head, desk=queries.desk(current_actor(), clock.now(), head))


@blueprint.route("/secretariat/calls/<call>/calibration/plan", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def plan(call: str) -> BaseResponse:
    """Set the round up, or plan its talk anew."""
    head = _head(call)
    found = queries.desk(current_actor(), clock.now(), head)
    form, act = PlanForm(found, head.time_zone), calibration.begin if found is None else calibration.change
    if form.accepts(lambda: act(actor=current_actor(), call=call, plan=form.plan())):
        flash(_("Saved."), "success")
        return _back(call)
    return render(form=form, call=head, desk=found)


@blueprint.route("/secretariat/calls/<call>/calibration/files/add", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def add(call: str) -> BaseResponse:
    """Add a file, as text or as PDF."""
    head, form = _head(call), FileForm()
    found = _desk(head)

    def act() -> None:
        stream = stream_of("file") if name_of("file") else None
        given: dict[str, Any] = {
            "title": form.title.data or "",
            "words": form.words.data or "",
            "name": name_of("file"),
        }
        calibration.add_file(actor=current_actor(), call=call, stream=stream, **given)

    if form.accepts(act):
        flash(_("The file was added."), "success")
        return _back(call)
    return render(form=form, call=head, desk=found)


@blueprint.get("/secretariat/calls/<call>/calibration/files/<calibration_file>")
@requires(Permission.RUN_CALL)
def file(call: str, calibration_file: str) -> Response:
    """One file as the jurors read it."""
    head = _head(call)
    return render(call=head, file=_desk(head).file(calibration_file))


@blueprint.get("/secretariat/calls/<call>/calibration/files/<calibration_file>/pdf")
@requires(Permission.RUN_CALL)
def download(call: str, calibration_file: str) -> Response:
    """The cleaned PDF of a file, under a name that says nothing."""
    found = _desk(_head(call)).file(calibration_file)
    return hand_out(served_pdf(found.storage_key, f"{found.reference}.pdf", found.size))


@blueprint.post("/secretariat/calls/<call>/calibration/files/<calibration_file>/remove")
@requires(Permission.RUN_CALL, is_once=True)
def remove(call: str, calibration_file: str) -> BaseResponse:
    """Take a file off a round in preparation."""
    calibration.remove_file(actor=current_actor(), call=call, file=calibration_file)
    flash(_("The file was removed."), "success")
    return _back(call)


@blueprint.post("/secretariat/calls/<call>/calibration/files/<calibration_file>/up")
@requires(Permission.RUN_CALL, is_once=True)
def move_up(call: str, calibration_file: str) -> BaseResponse:
    """Let a file change places with the one before it."""
    calibration.move_up(actor=current_actor(), call=call, file=calibration_file)
    return _back(call)


@blueprint.post("/secretariat/calls/<call>/calibration/go-on")
@requires(Permission.RUN_CALL, is_once=True)
def go_on(call: str) -> BaseResponse:
    """Take the next step: open, end the scoring, open the second one, close."""
    _desk(_head(call))
    act, words = STEPS.get(StepForm().step.data or "", (None, ""))
    if act is None:
        raise Invalid(Text("Choose from the list."))
    act(actor=current_actor(), call=call)
    flash(str(words), "success")
    return _back(call)


@blueprint.route("/secretariat/calls/<call>/calibration/talk", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def talk(call: str) -> BaseResponse:
    """Record the talk: when, who was there, what was agreed."""
    head = _head(call)
    found = _desk(head)
    form = TalkForm(found, day_there(clock.now(), found.row.time_zone))

    def act() -> None:
        record: dict[str, Any] = {
            "held_on": form.held_on.data,
            "present": form.present.data or (),
            "notes": form.notes.data or "",
        }
        calibration.record_talk(actor=current_actor(), call=call, **record)

    if form.accepts(act):
        flash(_("The talk is recorded."), "success")
        return _back(call)
    return render(form=form, call=head, desk=found)


@blueprint.get("/secretariat/calls/<call>/calibration/report")
@requires(Permission.RUN_CALL)
def report(call: str) -> Response:
    """How the jury scored: what to talk about first, each file, and each juror beside the others. Who looks is kept."""
    actor, head = current_actor(), _head(call)
    found = _desk(head)
    notice("looked_at_calibration", person_id=actor.person_id, noun="call", note=call)
    turn = request.args.get("scoring", type=int)
    reports = queries.reports(actor, clock.now(), head, found)
    shown = next((one for one in reports if one.turn == turn), reports[0] if reports else None)
    return render(call=head, desk=found, reports=reports, report=shown, flags=FLAGS, two_places=two_places)
