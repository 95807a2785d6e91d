"""Where one is signed in, and ending that."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import account as accounts
from gnlc_apply.services import account
from gnlc_apply.web.access import public, requires
from gnlc_apply.web.account import device
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.sessions import running

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/account/sessions")
@requires(Permission.USE_ACCOUNT)
def index() -> BaseResponse:
    """Every browser in which one is signed in."""
    actor = current_actor()
    person_id = actor.person_id or 0
    return render(
        sessions=accounts.sessions_of(person_id, actor.session_hash), devices=accounts.profile(person_id).devices
    )


@blueprint.get("/account/sessions/stay")
@public
def stay() -> BaseResponse:
    """The notice before the end asks: stay signed in. The seconds from now on; 0 for somebody who is not signed in any more."""
    session = running()
    session.stay()
    limits = session.limits if current_actor().kind == "person" else None
    return jsonify(seconds=limits.seconds if limits else 0, last=limits.last if limits else None)


@blueprint.post("/account/sessions/end")
@requires(Permission.USE_ACCOUNT, is_once=True)
def end() -> BaseResponse:
    """End one of them."""
    account.end_session(actor=current_actor(), handle=request.form.get("session", ""))
    flash(_("Signed out there."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/account/sessions/end-others")
@requires(Permission.USE_ACCOUNT, is_once=True)
def end_others() -> BaseResponse:
    """End all but this one."""
    account.end_other_sessions(actor=current_actor())
    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/account/sessions/forget-devices")
@requires(Permission.USE_ACCOUNT, is_once=True)
def forget_devices() -> BaseResponse:
    """Ask for the second factor again on every device."""
    account.forget_devices(actor=current_actor())
    flash(_("Your devices are forgotten: the second factor is asked for again at the next sign-in."), "success")
    response = redirect(url_for(".index"), 303)
    device.forget(response)
    return response
