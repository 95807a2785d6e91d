"""Who works on the application: invite, change, hand over, remove; and whoever asks to join."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import EmailField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from gnlc_apply.models import MemberRole
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import colleagues
from gnlc_apply.services import account
from gnlc_apply.services import application as applications
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("colleagues", __name__)
ROLES = [
    SelectChoice(MemberRole.EDITOR.value, _l("Editor: reads and writes, submits")),
    SelectChoice(MemberRole.VIEWER.value, _l("Viewer: reads")),
]


class InviteForm(BaseForm):
    """Whom to invite."""

    name = StringField(_l("Name"), filters=[stripped])
    email = EmailField(_l("E-mail address"), filters=[stripped])
    role = RadioField(_l("What may this person do?"), choices=ROLES, default=MemberRole.EDITOR.value)


class ColleagueForm(BaseForm):
    """One colleague, chosen by a button."""

    email = HiddenField(filters=[stripped])
    role = HiddenField()


class JoinForm(BaseForm):
    """One request, answered by a button."""

    request = HiddenField()
    answer = HiddenField()


def _show(application: str, form: BaseForm) -> BaseResponse:
    return render(
        "applicant/colleagues/page.html", form=form, sheet=sheet(application), people=colleagues.colleagues(application)
    )


def _acted(application: str, form: BaseForm, act: Callable[[], object], words: str) -> BaseResponse:
    if form.accepts(act):
        flash(words, "success")
        return redirect(url_for(".page", application=application), 303)
    shown = InviteForm(formdata=None)
    shown.form_errors, shown.refusal_status = (
        form.form_errors or [e for f in form for e in f.errors],
        form.refusal_status,
    )
    return _show(application, shown)


@blueprint.route("/applications/<application>/colleagues", methods=["GET"])
@requires(Permission.READ_AS_CITY)
def page(application: str) -> BaseResponse:
    """Everybody who works on it."""
    return _show(application, InviteForm())


@blueprint.post("/applications/<application>/colleagues")
@requires(Permission.OWN_AS_CITY, is_once=True)
def invite(application: str) -> BaseResponse:
    """Invite somebody by mail."""
    form = InviteForm()
    if form.accepts(
        lambda: account.invite_colleague(
            actor=current_actor(),
            reference=application,
            email=form.email.data or "",
            name=form.name.data or "",
            member_role=form.role.data or "",
        )
    ):
        flash(_("The invitation is on its way to %(email)s.", email=form.email.data or ""), "success")
        return redirect(url_for(".page", application=application), 303)
    return _show(application, form)


@blueprint.post("/applications/<application>/colleagues/role")
@requires(Permission.OWN_AS_CITY, is_once=True)
def change_role(application: str) -> BaseResponse:
    """Make a colleague an editor or a viewer."""
    form = ColleagueForm()
    role = MemberRole.VIEWER if form.role.data == MemberRole.VIEWER.value else MemberRole.EDITOR
    return _acted(
        application,
        form,
        lambda: applications.change_role(
            actor=current_actor(), reference=application, email=form.email.data or "", role=role
        ),
        _("Changed."),
    )


@blueprint.post("/applications/<application>/colleagues/remove")
@requires(Permission.OWN_AS_CITY, is_once=True)
def remove(application: str) -> BaseResponse:
    """End a colleague's access."""
    form = ColleagueForm()
    return _acted(
        application,
        form,
        lambda: applications.remove_colleague(
            actor=current_actor(), reference=application, email=form.email.data or ""
        ),
        _("This person has no access any more."),
    )


@blueprint.post("/applications/<application>/colleagues/leave")
@requires(Permission.READ_AS_CITY, is_once=True)
def leave(application: str) -> BaseResponse:
    """Leave the application oneself."""
    form, actor = ColleagueForm(), current_actor()
    if form.accepts(lambda: applications.remove_colleague(actor=actor, reference=application, email=actor.email)):
        flash(_("You have left the application."), "success")
        return redirect(url_for("applicant.applications.index"), 303)
    return _acted(application, form, lambda: None, "")


@blueprint.post("/applications/<application>/colleagues/owner")
@requires(Permission.OWN_AS_CITY, is_once=True)
def hand_over(application: str) -> BaseResponse:
    """Make a colleague the owner."""
    form = ColleagueForm()
    return _acted(
        application,
        form,
        lambda: applications.hand_over_ownership(
            actor=current_actor(), reference=application, email=form.email.data or ""
        ),
        _("The application has a new owner. You can still read and write."),
    )


@blueprint.post("/applications/<application>/colleagues/owner/take-over")
@requires(Permission.EDIT_AS_CITY, is_once=True)
def take_over(application: str) -> BaseResponse:
    """Become the owner where the owner's account is closed."""
    return _acted(
        application,
        ColleagueForm(),
        lambda: applications.take_over_ownership(actor=current_actor(), reference=application),
        _("You are the owner of this application now."),
    )


@blueprint.post("/applications/<application>/colleagues/join")
@requires(Permission.OWN_AS_CITY, is_once=True)
def answer(application: str) -> BaseResponse:
    """Let somebody in who asked, or not."""
    form = JoinForm()
    typed = form.request.data or ""
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else 0
    return _acted(
        application,
        form,
        lambda: applications.answer_join_request(
            actor=current_actor(), reference=application, request=number, is_accepted=form.answer.data == "yes"
        ),
        _("The answer is on its way."),
    )
