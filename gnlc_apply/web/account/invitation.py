"""The personal link of an invitation."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import PasswordField
from wtforms.validators import Length

from gnlc_apply.core.passwords import LONGEST
from gnlc_apply.queries import account as accounts
from gnlc_apply.queries import person as people
from gnlc_apply.services import account
from gnlc_apply.web.access import public
from gnlc_apply.web.account.fields import PASSWORD_HINT, name_field
from gnlc_apply.web.entering import enter, require_open, where_next
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("invitation", __name__)


class NewPersonForm(BaseForm):
    """Somebody without an account: how to be called, and a password."""

    name = name_field()
    password = PasswordField(
        _l("Password"),
        validators=[Length(max=LONGEST, message=_l("Use at most %(longest)s characters.", longest=LONGEST))],
    )


def _form(seen: accounts.InvitationSeen) -> BaseForm:
    return BaseForm() if seen.has_account else NewPersonForm(data={"name": seen.name})


@blueprint.route("/account/invitation/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> BaseResponse:
    """What one is invited to, and the button that accepts; a new person sets a name and a password."""
    seen = accounts.invitation(token)
    require_open(seen.state if seen else None)
    assert seen is not None  # noqa: S101 (require_open refused it)
    actor, form = current_actor(), _form(seen)
    if form.accepts(
        lambda: account.accept_invitation(
            actor=actor,
            token=token,
            name=form["name"].data if "name" in form else "",
            password=form["password"].data if "password" in form else None,
        )
    ):
        return _after(form.result)
    if seen.has_account and actor.email != seen.email:
        session["after_sign_in"] = request.path
    return render(form=form, seen=seen, actor=actor, hint=PASSWORD_HINT)


def _after(person_id: int) -> BaseResponse:
    """Into the system: on in the running session, or in a fresh one for a new person."""
    if current_actor().person_id != person_id:
        return enter(person_id)
    flash(_("You accepted the invitation."), "success")
    actor = people.actor(person_id)
    return redirect(where_next(actor or current_actor()), 303)
