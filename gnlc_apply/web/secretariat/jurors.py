"""The jurors of a call: invited, with their profile and conflicts, leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, EmailField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, InputRequired, Length

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import roster
from gnlc_apply.services import assignment
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.juror_form import ProfileForm, context_choices, language_name, topic_choices
from gnlc_apply.web.rendering import render

blueprint = Blueprint("jurors", __name__)

_needed = InputRequired(_l("Fill in this field."))


class InvitationForm(ProfileForm):
    """A person, the role in the jury, and the profile as far as it is known."""

    name = StringField(_l("Name"), filters=[stripped], validators=[_needed, Length(max=200)])
    email = EmailField(_l("E-mail address"), filters=[stripped], validators=[_needed, Length(max=254)])
    mail_language = SelectField(_l("Language of the messages to this person"), default="en")
    is_chair = BooleanField(_l("Chairs the jury, or stands in for the chair"))

    def __init__(self, offered: tuple[str, ...]) -> None:
        super().__init__(offered)
        self.mail_language.choices = [
            SelectChoice(code, languages.name_of(code)) for code in config.current().languages
        ]

    def invitation(self) -> dict[str, Any]:
        """All that the command takes."""
        person = {"name": self.name.data, "email": self.email.data, "language": self.mail_language.data}
        return {**person, "is_chair": self.is_chair.data, **self.values()}


class LeaveForm(BaseForm):
    """Why a juror leaves."""

    reason = TextAreaField(_l("Why does this person leave the jury?"), filters=[stripped])


class TieForm(BaseForm):
    """What the secretariat decides on one question."""

    file = HiddenField()
    code = HiddenField()
    has_tie = HiddenField(validators=[AnyOf(("yes", "no"))])


@blueprint.get("/secretariat/calls/<call>/jurors")
@requires(Permission.RUN_CALL)
def index(call: str) -> Response:
    """Everybody who was invited to this jury."""
    actor, now = current_actor(), clock.now()
    head = roster.call_head(actor, now, call)
    return render(call=head, jurors=roster.jurors(actor, now, head), language_name=language_name)


@blueprint.route("/secretariat/calls/<call>/jurors/invite", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def invite(call: str) -> BaseResponse:
    """Invite a person to the jury."""
    head = roster.call_head(current_actor(), clock.now(), call)
    form = InvitationForm(head.languages)
    if form.accepts(lambda: assignment.invite_juror(actor=current_actor(), call=call, **form.invitation())):
        flash(
            _("%(name)s is invited. The message with the personal link is on its way.", name=form.name.data), "success"
        )
        return redirect(url_for(".index", call=call), 303)
    return render(form=form, call=head)


@blueprint.get("/secretariat/calls/<call>/jurors/<juror>")
@requires(Permission.RUN_CALL)
def page(call: str, juror: str) -> Response:
    """One juror: profile, files, and what keeps this person from which file."""
    actor, now = current_actor(), clock.now()
    head = roster.call_head(actor, now, call)
    return render(
        call=head,
        juror=roster.juror(actor, now, head, juror),
        conflicts=roster.conflicts_of(actor, now, head, juror),
        language_name=language_name,
        topics=dict(topic_choices()),
        contexts=dict(context_choices()),
    )


@blueprint.post("/secretariat/calls/<call>/jurors/<juror>/ties")
@requires(Permission.RUN_CALL, is_once=True)
def decide_tie(call: str, juror: str) -> BaseResponse:
    """Decide for a juror whether a tie keeps this person from a file."""
    actor, form = current_actor(), TieForm()
    head = roster.call_head(actor, clock.now(), call)
    row = roster.juror(actor, clock.now(), head, juror)
    if not form.validate_on_submit():
        raise Invalid(Text("Choose from the list."))
    has_tie, code = form.has_tie.data == "yes", form.code.data or ""
    assignment.decide_tie(actor=actor, reference=form.file.data or "", juror=row.reference, code=code, has_tie=has_tie)
    flash(_("The reading has ended.") if has_tie else _("The juror can go on, and is told."), "success")
    return redirect(url_for(".page", call=call, juror=juror), 303)


@blueprint.route("/secretariat/calls/<call>/jurors/<juror>/end", methods=["GET", "POST"])
@requires(Permission.RUN_CALL, is_once=True)
def end(call: str, juror: str) -> BaseResponse:
    """A juror leaves the jury."""
    actor, now, form = current_actor(), clock.now(), LeaveForm()
    head = roster.call_head(actor, now, call)
    row = roster.juror(actor, now, head, juror)
    if form.accepts(lambda: assignment.end_juror(actor=actor, juror=juror, reason=form.reason.data or "")):
        flash(_("%(name)s has left the jury. Look at which files need another reader.", name=row.name), "success")
        return redirect(url_for("secretariat.assignments.index", call=call), 303)
    return render(form=form, call=head, juror=row)
