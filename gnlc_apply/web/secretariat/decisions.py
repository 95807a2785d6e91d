"""Decisions of a call: what the jury recommends, what is proposed, what a director has approved."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from gnlc_apply.core import clock
from gnlc_apply.core.text import Text
from gnlc_apply.models import Outcome
from gnlc_apply.permissions import Permission, can
from gnlc_apply.queries.embargoed import decisions as queries
from gnlc_apply.queries.embargoed.decisions import Board, DecisionLine
from gnlc_apply.services import decision
from gnlc_apply.services.record import notice
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import Link, render
from gnlc_apply.web.scores import two_places

blueprint = Blueprint("decisions", __name__)

STAGES: dict[str, Text] = {
    "": Text("All files"),
    "undecided": Text("Without a decision"),
    "proposed": Text("Proposed, to be approved"),
    "approved": Text("Approved by a director"),
    "departing": Text("Not as the jury recommends"),
}


class ChosenForm(BaseForm):
    """The files that were ticked, or all of the list that was shown; ``step`` tells the second page from the first."""

    references = SelectMultipleField(_l("Applications"), validate_choice=False)
    is_everything = BooleanField(_l("All files of this list"))
    stage = HiddenField(default="")
    step = HiddenField(default="")
    digest = HiddenField(default="")
    sign = HiddenField(default="")

    def pick(self, call: str) -> Board:
        """The files this form is about; that somebody looked at what they get is kept."""
        whole = queries.board(current_actor(), call, clock.now())
        notice("looked_at_chosen_decisions", person_id=current_actor().person_id, noun="call", note=whole.call)
        if self.is_everything.data:
            self.references.data = [line.reference for line in whole.shown(self.stage.data or "") if line.is_visible]
        return queries.chosen(current_actor(), call, self.references.data or [], clock.now())

    @property
    def is_confirmed(self) -> bool:
        """Whether the page that names each city has been seen."""
        return bool(self.step.data == "confirmed")


class ProposeForm(ChosenForm):
    """What the chosen files get, and why where that is not what the jury recommends."""

    wanted = RadioField(
        _l("What the files get"),
        choices=[
            SelectChoice("recommended", _l("As the jury recommends")),
            SelectChoice(Outcome.APPROVED.value, _l("Approve")),
            SelectChoice(Outcome.NOT_APPROVED.value, _l("Do not approve")),
        ],
        default="recommended",
    )

    def outcome(self, line: DecisionLine) -> Outcome:
        """What one file gets."""
        if self.wanted.data == "recommended":
            return Outcome.APPROVED if line.is_recommended else Outcome.NOT_APPROVED
        return Outcome(self.wanted.data)

    def departs(self, line: DecisionLine) -> bool:
        """Whether a reason is needed."""
        return (self.outcome(line) is Outcome.APPROVED) is not bool(line.is_recommended)

    @staticmethod
    def reason(line: DecisionLine) -> str:
        """What was typed for one file."""
        return request.form.get(f"reason-{line.reference}", line.departure_reason).strip()[:2000]


def _done(words: str, call: str) -> BaseResponse:
    flash(words, "success")
    return redirect(url_for("secretariat.decisions.index", call=call), 303)


def _shown(board: Board, form: ChosenForm, **more: Any) -> Response:
    g.time_zone = board.time_zone
    return render(board=board, form=form, two_places=two_places, **more)


@blueprint.get("/secretariat/calls/<call>/decisions")
@requires(Permission.SEE_SECRETARIAT)
def index(call: str) -> Response:
    """Every file with the jury, with recommendation, average and decision."""
    actor, stage = current_actor(), request.args.get("show", "")
    board = queries.board(actor, call, clock.now())
    notice("looked_at_decisions", person_id=actor.person_id, noun="call", note=board.call)
    pills = [
        Link(str(words), url_for("secretariat.decisions.index", call=call, show=name or None), name == stage, code=name)
        for name, words in STAGES.items()
    ]
    is_director = can(actor, Permission.ARM_COHORT)
    return _shown(
        board, ChosenForm(), stage=stage, pills=pills, stages=STAGES, lines=board.shown(stage), is_director=is_director
    )


@blueprint.route("/secretariat/calls/<call>/decisions/propose", methods=["GET", "POST"])
@requires(Permission.SEE_SECRETARIAT, is_once=True)
def propose(call: str) -> BaseResponse:
    """Propose decisions on the chosen files, on a page that names each city and what it will get."""
    form = ProposeForm()
    board = form.pick(call)

    def act() -> None:
        decision.prepare(
            actor=current_actor(),
            outcomes={line.reference: form.outcome(line) for line in board.lines},
            reasons={line.reference: form.reason(line) for line in board.lines},
            seen=form.sign.data or "",
        )

    if form.is_confirmed and form.accepts(act):
        return _done(_("The decisions are proposed. A director who did not propose them must approve."), call)
    return _shown(board, form)


@blueprint.route("/secretariat/calls/<call>/decisions/approve", methods=["GET", "POST"])
@requires(Permission.ARM_COHORT, is_once=True)
def approve(call: str) -> BaseResponse:
    """Approve what somebody else proposed."""
    form = ChosenForm()
    board = form.pick(call)
    references, digest = [line.reference for line in board.lines], form.digest.data or ""
    if form.is_confirmed and form.accepts(
        lambda: decision.approve(actor=current_actor(), references=references, digest=digest)
    ):
        return _done(_("The decisions are approved. Nobody outside the secretariat learns of them yet."), call)
    return _shown(board, form)


@blueprint.route("/secretariat/calls/<call>/decisions/undo", methods=["GET", "POST"])
@requires(Permission.SEE_SECRETARIAT, is_once=True)
def undo(call: str) -> BaseResponse:
    """One step back: an approval becomes a proposal, a proposal is removed."""
    form = ChosenForm()
    board = form.pick(call)
    references = [line.reference for line in board.lines]
    if form.is_confirmed and form.accepts(lambda: decision.undo(actor=current_actor(), references=references)):
        return _done(_("Done. The decisions are one step back."), call)
    return _shown(board, form)
