"""Inviting people to roles, and taking invitations back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import accounts
from gnlc_apply.services import account as verbs
from gnlc_apply.web.access import requires
from gnlc_apply.web.administration.accounts import said
from gnlc_apply.web.administration.forms import InvitationForm, number_of
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("invitations", __name__)


@blueprint.get("/administration/invitations")
@requires(Permission.MANAGE_ACCOUNTS)
def index() -> BaseResponse:
    """Invitations that nobody accepted yet."""
    return render(invitations=accounts.open_invitations())


@blueprint.route("/administration/invitations/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS, is_fresh=True, is_once=True)
def form() -> BaseResponse:
    """Invite somebody to a role; one in the secretariat waits for a director first."""
    form = InvitationForm()
    form.offer()
    if form.accepts(
        lambda: verbs.give_role(
            actor=current_actor(),
            wish=form.wish(form.email.data or "", form.name.data or "", form.language.data),
        )
    ):
        flash(said(form.result), "success")
        return redirect(url_for(".index"), 303)
    return render(form=form)


@blueprint.post("/administration/invitations/revoke")
@requires(Permission.MANAGE_ACCOUNTS, is_once=True)
def revoke() -> BaseResponse:
    """Make an invitation's link worthless."""
    verbs.revoke_invitation(actor=current_actor(), invitation_id=number_of("invitation"))
    flash(_("The invitation is taken back."), "success")
    return redirect(url_for(".index"), 303)
