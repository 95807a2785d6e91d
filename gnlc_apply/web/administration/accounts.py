"""Accounts: the list, one account, and what an administrator may do with it. No page here shows what anybody wrote."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import accounts
from gnlc_apply.services import account as verbs
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.administration.forms import ActForm, ReasonForm, RoleForm, number_of
from gnlc_apply.web.handing_out import as_file
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("accounts", __name__)


def _back(person: str, words: str) -> BaseResponse:
    flash(words, "success")
    return redirect(url_for(".page", person=person), 303)


def said(outcome: str) -> str:
    """What happened to a wish for a role."""
    words: dict[str, str] = {
        "asked": _("A director has been asked to confirm the role."),
        "granted": _("The role is given."),
        "invited": _("The invitation is on its way."),
    }
    return words[outcome]


@blueprint.get("/administration/accounts")
@requires(Permission.MANAGE_ACCOUNTS)
def index() -> BaseResponse:
    """Search, filters and pages live in the address."""
    filters = {name: request.args.get(name, "").strip() for name in ("search", "role", "state")}
    found = accounts.page(**filters, number=request.args.get("page", 1, type=int))
    return render(found=found, filters=filters, kept={k: v for k, v in filters.items() if v})


@blueprint.get("/administration/accounts/<person>")
@requires(Permission.MANAGE_ACCOUNTS)
def page(person: str) -> BaseResponse:
    """One account: state, roles, sessions, invitations."""
    return render(account=accounts.account(person), language_name=languages.name_of)


@blueprint.route("/administration/accounts/<person>/role", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS, is_fresh=True, is_once=True)
def give(person: str) -> BaseResponse:
    """Give a role; one in the secretariat waits for a director."""
    seen, form = accounts.account(person), RoleForm()
    form.offer()
    if form.accepts(
        lambda: verbs.give_role(
            actor=current_actor(), wish=form.wish(seen.email, seen.name, seen.language), person=person
        )
    ):
        return _back(person, said(form.result))
    return render(form=form, account=seen)


@blueprint.post("/administration/accounts/<person>/role/revoke")
@requires(Permission.MANAGE_ACCOUNTS, is_once=True)
def revoke(person: str) -> BaseResponse:
    """Take a role back."""
    verbs.revoke(actor=current_actor(), person=person, grant_id=number_of("grant"))
    return _back(person, _("The role is taken back."))


@blueprint.post("/administration/accounts/<person>/sessions/end")
@requires(Permission.MANAGE_ACCOUNTS, is_once=True)
def end_sessions(person: str) -> BaseResponse:
    """End all sessions of somebody."""
    count = verbs.end_sessions_of(actor=current_actor(), person=person)
    return _back(person, _("Sessions ended: %(count)s.", count=languages.number(count)))


@blueprint.route("/administration/accounts/<person>/second-factor", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS, is_fresh=True, is_once=True)
def reset_second_factor(person: str) -> BaseResponse:
    """Ask a director to confirm that a lost second factor is taken away."""
    seen, form = accounts.account(person), ReasonForm()
    if form.accepts(
        lambda: verbs.ask_second_factor_reset(actor=current_actor(), person=person, reason=form.reason.data or "")
    ):
        return _back(person, _("A director has been asked to confirm."))
    return render(form=form, account=seen)


@blueprint.route("/administration/accounts/<person>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS, is_fresh=True, is_once=True)
def deactivate(person: str) -> BaseResponse:
    """Close an account."""
    seen, form = accounts.account(person), ReasonForm()
    if form.accepts(lambda: verbs.deactivate(actor=current_actor(), person=person, reason=form.reason.data or "")):
        return _back(person, _("The account is closed."))
    return render(form=form, account=seen, owned=accounts.owned_at_work(person))


@blueprint.post("/administration/accounts/<person>/export")
@requires(Permission.MANAGE_ACCOUNTS)
def export(person: str) -> BaseResponse:
    """Everything that is kept of somebody, as a file to hand over."""
    return as_file(verbs.export_person(actor=current_actor(), person=person), f"{person}.json")


@blueprint.route("/administration/accounts/<person>/erase", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS, is_fresh=True, is_once=True)
def erase(person: str) -> BaseResponse:
    """Ask a director to confirm that somebody's personal data are erased."""
    seen, form = accounts.account(person), ReasonForm()
    if form.accepts(lambda: verbs.ask_erasure(actor=current_actor(), person=person, reason=form.reason.data or "")):
        return _back(person, _("A director has been asked to confirm."))
    return render(form=form, account=seen)


@blueprint.route("/administration/accounts/<person>/open", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS, is_fresh=True, is_once=True)
def reactivate(person: str) -> BaseResponse:
    """Open a closed account again."""
    seen, form = accounts.account(person), ActForm()
    if form.accepts(lambda: verbs.reactivate(actor=current_actor(), person=person)):
        return _back(person, _("The account is open again. Roles in the secretariat have to be given anew."))
    return render(form=form, account=seen)
