"""Feedback to cities: all drafts in one act, each text edited with its preview; read by the city after the announcement."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import feedback as queries
from gnlc_apply.services import feedback
from gnlc_apply.services.record import notice
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.scores import two_places
from gnlc_apply.web.secretariat.cohort_forms import language_name

blueprint = Blueprint("feedback", __name__)


class FeedbackForm(BaseForm):
    """What one city will read; ``revision`` is that of the text that was shown."""

    body = TextAreaField(_l("Text"), filters=[stripped])
    reason = StringField(_l("Why this is corrected"), filters=[stripped], validators=[Length(max=500)])
    revision = HiddenField(default="0")

    @property
    def shown(self) -> int:
        """The revision that was shown; one that no text has, where the field was tampered with."""
        typed = str(self.revision.data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else -1


@blueprint.get("/secretariat/calls/<call>/feedback")
@requires(Permission.SEE_SECRETARIAT)
def index(call: str) -> Response:
    """Every file with its decision, and how its feedback stands."""
    return _index(call, BaseForm())


def _index(call: str, form: BaseForm) -> Response:
    actor = current_actor()
    board = queries.board(actor, call, clock.now())
    notice("looked_at_feedback", person_id=actor.person_id, noun="call", note=board.call)
    g.time_zone = board.time_zone
    return render("secretariat/feedback/index.html", board=board, form=form)


@blueprint.post("/secretariat/calls/<call>/feedback/draft")
@requires(Permission.SEE_SECRETARIAT, is_once=True)
def draft(call: str) -> BaseResponse:
    """Draft the feedback of every file that is not approved and that nobody has edited."""
    form = BaseForm()
    if form.accepts(lambda: feedback.draft_all(actor=current_actor(), call=call)):
        words = ngettext("%(num)s draft is made. Read it.", "%(num)s drafts are made. Read them.", form.result)
        flash(words, "success")
        return redirect(url_for("secretariat.feedback.index", call=call), 303)
    return _index(call, form)


@blueprint.route("/secretariat/applications/<application>/feedback", methods=["GET", "POST"])
@requires(Permission.PREPARE_DECISION, is_once=True)
def page(application: str) -> BaseResponse:
    """What one city will read, with its preview and whatever keeps the text from being kept."""
    actor, now = current_actor(), clock.now()
    line = queries.page(actor, application, now).line
    notice("looked_at_feedback", person_id=actor.person_id, noun="application", note=application)
    form = FeedbackForm(data={"body": line.body, "revision": str(line.revision)})
    is_saving = request.form.get("step") != "preview"
    if is_saving and form.accepts(lambda: _save(application, form)):
        flash(_("The feedback is saved. Nobody outside the secretariat reads it before the announcement."), "success")
        return redirect(url_for("secretariat.feedback.page", application=application), 303)
    found = queries.page(actor, application, now, form.body.data or "")
    is_overtaken = form.shown != found.line.revision
    form.revision.data = str(found.line.revision)
    g.time_zone = found.board.time_zone
    return render(form=form, found=found, is_overtaken=is_overtaken, language_name=language_name, two_places=two_places)


def _save(application: str, form: FeedbackForm) -> None:
    feedback.write(
        actor=current_actor(),
        application=application,
        body=form.body.data or "",
        revision=form.shown,
        reason=form.reason.data or "",
    )
