"""Who reads what: the state of all files, the proposal, changes by hand, conflicts recorded."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import assignments as queries
from gnlc_apply.queries.embargoed import proposals, roster
from gnlc_apply.services import assignment
from gnlc_apply.web import dated
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.juror_form import language_name
from gnlc_apply.web.rendering import render

blueprint = Blueprint("assignments", __name__)

PAGE = 100

_choose = InputRequired(_l("Choose one."))


class ProposalForm(BaseForm):
    """Confirming the proposal that was looked at: its seed says which."""

    seed = HiddenField()
    reading_deadline_on = DateField(_l("Jurors should have read by the end of this day"), validators=[Optional()])

    def confirm(self, call: roster.CallHead) -> None:
        """Confirm, unless another proposal has taken the place of the one that was shown."""
        shown = proposals.proposal(current_actor(), clock.now(), call)
        if shown is None or str(shown.seed) != self.seed.data:
            raise Conflict(Text("A newer proposal took the place of this one. Look at it first."))
        day = self.reading_deadline_on.data
        deadline = dated.end_of(day, call.time_zone, "reading_deadline_on") if day else None
        assignment.confirm(actor=current_actor(), proposal=shown.id, reading_deadline_at=deadline)


class ReaderForm(BaseForm):
    """A juror for a file."""

    juror = SelectField(_l("Juror"), validators=[_choose])


class ReasonForm(BaseForm):
    """Why a file is taken from a juror."""

    reason = TextAreaField(_l("Why is this file taken from this juror?"), filters=[stripped])


class ConflictForm(ReaderForm):
    """A conflict that somebody reported."""

    code = RadioField(
        _l("What does the tie concern?"),
        choices=[
            SelectChoice("declared_application", _l("This city only")),
            SelectChoice("declared_country", _l("Every city of its country")),
        ],
        validators=[_choose],
    )
    detail = TextAreaField(_l("What is the tie, and who says so?"), filters=[stripped])


class DeadlineForm(BaseForm):
    """By when jurors should have read."""

    reading_deadline_on = DateField(
        _l("Jurors should have read by the end of this day"), validators=[InputRequired(_l("Enter a date."))]
    )


def _head(call: str) -> roster.CallHead:
    return roster.call_head(current_actor(), clock.now(), call)


def _offered(form: ReaderForm, head: roster.CallHead) -> None:
    jurors = roster.jurors(current_actor(), clock.now(), head)
    rows = [
        SelectChoice(row.reference, _("%(name)s (%(number)s files)", name=row.name, number=row.files))
        for row in jurors
        if row.is_active
    ]
    form.juror.choices = [SelectChoice("", _("Choose")), *rows]


@blueprint.get("/secretariat/calls/<call>/assignments")
@requires(Permission.RUN_CALL)
def index(call: str) -> Response:
    """Every file that can be read, with its readers, a page at a time."""
    head = _head(call)
    overview = queries.overview(current_actor(), clock.now(), head)
    last = max(1, -(-len(overview.files) // PAGE))
    current = min(max(request.args.get("page", 1, type=int), 1), last)
    return render(
        call=head,
        overview=overview,
        files=overview.files[(current - 1) * PAGE : current * PAGE],
        previous=url_for(".index", call=call, page=current - 1) if current > 1 else None,
        following=url_for(".index", call=call, page=current + 1) if current < last else None,
        language_name=language_name,
    )


@blueprint.post("/secretariat/calls/<call>/assignments/propose")
@requires(Permission.RUN_CALL, is_once=True)
def propose(call: str) -> BaseResponse:
    """Work out a proposal, by chance and by the published rules."""
    assignment.propose(actor=current_actor(), call=call)
    return redirect(url_for(".proposal", call=call), 303)


@blueprint.route("/secretariat/calls/<call>/assignments/proposal", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def proposal(call: str) -> BaseResponse:
    """The proposal with its reasons, loads and shortages; confirmed as a whole."""
    head, form = _head(call), ProposalForm()
    if form.accepts(lambda: form.confirm(head)):
        flash(_("The assignment is confirmed. The jurors are told."), "success")
        return redirect(url_for(".index", call=call), 303)
    shown = proposals.proposal(current_actor(), clock.now(), head)
    if shown is not None:
        form.seed.data = str(shown.seed)
    return render(form=form, call=head, proposal=shown, language_name=language_name)


@blueprint.route("/secretariat/calls/<call>/assignments/deadline", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def deadline(call: str) -> BaseResponse:
    """By when jurors should have read."""
    head, form = _head(call), DeadlineForm()

    def act() -> None:
        until = dated.end_of(form.reading_deadline_on.data, head.time_zone, "reading_deadline_on")
        assignment.set_reading_deadline(actor=current_actor(), call=call, until_at=until)

    if form.accepts(act):
        flash(_("Saved. Jurors see the date and are reminded of it."), "success")
        return redirect(url_for(".index", call=call), 303)
    return render(form=form, call=head)


@blueprint.route("/secretariat/calls/<call>/assignments/files/<file>", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def add(call: str, file: str) -> BaseResponse:
    """Give a file to one more juror."""
    head, form = _head(call), ReaderForm()
    row = queries.file(current_actor(), clock.now(), head, file)
    _offered(form, head)
    if form.accepts(lambda: assignment.assign(actor=current_actor(), reference=file, juror=form.juror.data)):
        flash(_("The juror reads %(place)s and is told.", place=row.place_name), "success")
        return redirect(url_for(".index", call=call), 303)
    return render(form=form, call=head, file=row)


@blueprint.route("/secretariat/calls/<call>/assignments/readings/<reading>/end", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def remove(call: str, reading: str) -> BaseResponse:
    """Take a file from a juror, with a reason."""
    head, form = _head(call), ReasonForm()
    row, reader = queries.reading(current_actor(), clock.now(), head, reading)
    if form.accepts(
        lambda: assignment.unassign(actor=current_actor(), assignment=reading, reason=form.reason.data or "")
    ):
        flash(_("%(name)s does not read %(place)s any more.", name=reader.name, place=row.place_name), "success")
        return redirect(url_for(".index", call=call), 303)
    return render(form=form, call=head, file=row, reader=reader)


@blueprint.route("/secretariat/calls/<call>/assignments/files/<file>/conflict", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def conflict(call: str, file: str) -> BaseResponse:
    """Record a conflict that somebody reported; it ends a reading at once."""
    head, form = _head(call), ConflictForm()
    row = queries.file(current_actor(), clock.now(), head, file)
    _offered(form, head)
    given = {"juror": form.juror.data, "code": form.code.data, "detail": form.detail.data or ""}
    if form.accepts(lambda: assignment.record_conflict(actor=current_actor(), reference=file, **given)):
        flash(_("The conflict is recorded. It keeps this juror from the file for good."), "success")
        return redirect(url_for(".index", call=call), 303)
    return render(form=form, call=head, file=row)
