"""The second factor: showing it, setting it up, recovery codes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField

from gnlc_apply.models import Role
from gnlc_apply.permissions import Actor, Permission
from gnlc_apply.services import account
from gnlc_apply.web.access import requires
from gnlc_apply.web.account import device, enrolment
from gnlc_apply.web.account.fields import code_field
from gnlc_apply.web.entering import first_room, where_next
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.sessions import running

blueprint = Blueprint("second_factor", __name__)


class CodeForm(BaseForm):
    """The app's code, and whether to remember this device."""

    code = code_field(_l("Code from your authenticator app"), _l("Enter the six digits that your app shows."))
    remembers = BooleanField(_l("Remember this device until the jury's work is over"))


class RecoveryForm(BaseForm):
    """One of the recovery codes."""

    code = code_field(_l("Recovery code"), _l("Enter one of your recovery codes."))


def _may_remember(actor: Actor) -> bool:
    return actor.holds(Role.JUROR, Role.CHAIR) and not actor.is_staff


def _onwards(actor: Actor, *, remembers: bool) -> BaseResponse:
    """After the second factor was shown: a new number for the session, and on to where the person wanted to go."""
    known = account.remember_device(actor=actor, browser=request.user_agent.string) if remembers else None
    running().show_second_factor()
    response = redirect(where_next(actor), 303)
    if known is not None:
        device.remember(response, *known)
    return response


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_before_second_factor=True)
def form() -> BaseResponse:
    """Type the app's code."""
    actor, form = current_actor(), CodeForm()
    if not actor.has_second_factor:
        return redirect(url_for(".set_up"), 303)
    if form.accepts(lambda: account.show_second_factor(actor=actor, code=form.code.data or "")):
        return _onwards(actor, remembers=bool(form.remembers.data) and _may_remember(actor))
    return render(form=form, may_remember=_may_remember(actor))


@blueprint.route("/account/second-factor/recovery", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_before_second_factor=True)
def recovery() -> BaseResponse:
    """Type a recovery code in place of the app's."""
    actor, form = current_actor(), RecoveryForm()
    if form.accepts(lambda: account.use_recovery_code(actor=actor, code=form.code.data or "")):
        flash(_("Recovery codes left: %(count)s. Set up your new app now.", count=form.result), "warning")
        return _onwards(actor, remembers=False)
    return render(form=form)


@blueprint.route("/account/second-factor/set-up", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_before_second_factor=True)
def set_up() -> BaseResponse:
    """Show the secret as a picture and as text; confirm it by the app's first code."""
    actor, form = current_actor(), CodeForm()
    enrolment.require_present_factor(actor)
    secret = enrolment.pending_secret()
    if form.accepts(lambda: account.confirm_second_factor(actor=actor, secret=secret, code=form.code.data or "")):
        running().show_second_factor()
        enrolment.keep_codes(form.result)
        return redirect(url_for(".codes"), 303)
    return render(form=form, secret=enrolment.in_groups(secret), picture=enrolment.picture(secret, actor.email))


@blueprint.route("/account/second-factor/codes", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT)
def codes() -> BaseResponse:
    """The recovery codes, until the person says that they are kept; then never again."""
    actor, form, kept = current_actor(), BaseForm(), enrolment.kept_codes()
    if not kept:
        # Nothing to read here: where somebody wanted to go stays remembered for the step that leads there.
        return redirect(first_room(actor), 303)
    if form.validate_on_submit():
        enrolment.drop_codes()
        return redirect(where_next(actor), 303)
    return render(form=form, codes=kept)


@blueprint.route("/account/second-factor/renew", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_fresh=True, is_once=True)
def renew() -> BaseResponse:
    """Ten new recovery codes in place of the old ones."""
    form = BaseForm()
    if form.accepts(lambda: account.renew_recovery_codes(actor=current_actor())):
        enrolment.keep_codes(form.result)
        session["after_sign_in"] = url_for("account.profile.page")
        return redirect(url_for(".codes"), 303)
    return render(form=form)


@blueprint.route("/account/second-factor/turn-off", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT, is_fresh=True, is_once=True)
def turn_off() -> BaseResponse:
    """Take the second factor away, where the role does not demand it."""
    form = BaseForm()
    if form.accepts(lambda: account.turn_off_second_factor(actor=current_actor())):
        flash(_("Your second factor is turned off."), "success")
        return redirect(url_for("account.profile.page"), 303)
    return render(form=form)
