"""Mail as the secretariat sees it: the outbox with filters, each message as it is read, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.mail import kinds
from gnlc_apply.mail.outbox import masked
from gnlc_apply.mail.render import MASK
from gnlc_apply.mail.wording import MailLanguage
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import instance
from gnlc_apply.queries import mail as queries
from gnlc_apply.services import delivery, outbox
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import Link, render

blueprint = Blueprint("mail", __name__)

# (words, tone) of each state, in the order of the pills.
STATES = {
    "queued": (Text("Waiting"), "info"),
    "sending": (Text("Leaving now"), "info"),
    "held": (Text("Held"), "caution"),
    "dead": (Text("Not delivered"), "bad"),
    "sent": (Text("Sent"), "good"),
    "discarded": (Text("Discarded"), "quiet"),
}
# What may be done with a message in each state.
ACTS = {
    "queued": ("hold", "discard"),
    "held": ("retry", "discard"),
    "dead": ("retry", "discard"),
}


@dataclass(frozen=True)
class Preview:
    """A message as its reader sees it, secrets masked; or why it cannot be written."""

    subject: str
    text: str
    language: str
    direction: str
    problem: str = ""


def _wanted() -> queries.Wanted:
    page = request.args.get("page", "1")
    return queries.Wanted(
        state=request.args.get("state", ""),
        kind=request.args.get("kind", "")[:60],
        query=request.args.get("query", "").strip()[:254],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _address(wanted: queries.Wanted, **changed: str | int) -> str:
    values: dict[str, Any] = {"state": wanted.state, "kind": wanted.kind, "query": wanted.query, **changed}
    return url_for("secretariat.mail.index", **{name: value for name, value in values.items() if value})


def _pills(found: queries.Listed) -> list[Link]:
    total = sum(found.states.values())
    every = _("All (%(number)s)", number=languages.number(total))
    links = [Link(every, _address(found.wanted, state=""), not found.wanted.state)]
    for state, (words, _tone) in STATES.items():
        number = found.states.get(state, 0)
        if number or found.wanted.state == state:
            label = _("%(state)s (%(number)s)", state=languages.translate(words), number=languages.number(number))
            links.append(Link(label, _address(found.wanted, state=state), found.wanted.state == state))
    return links


def _preview(opened: queries.Opened) -> Preview:
    line = opened.line
    # A demonstration keeps the whole text, secrets too, for its mailbox; it is written anew here, without them.
    if opened.body and not instance.is_demo():
        return Preview(line.subject, opened.body, line.language, MailLanguage(line.language).direction)
    try:
        made = delivery.words_of(line.kind, line.language, masked(opened.values, MASK), are_sealed=False)
    except delivery.Unwritable as error:
        return Preview("", "", line.language, "ltr", str(error))
    return Preview(made.subject, made.body_text, made.language, made.direction)


@blueprint.get("/secretariat/mail")
@requires(Permission.SEE_MAIL)
def index() -> Response:
    """The outbox, with its filters in the address."""
    found = queries.listed(current_actor(), _wanted())
    page = found.wanted.page
    return render(
        found=found,
        mark=queries.instance_mark(),
        pills=_pills(found),
        kinds=[("", _("Every kind")), *((kind, languages.translate(kinds.label(kind))) for kind in found.kinds)],
        label=kinds.label,
        states=STATES,
        previous=_address(found.wanted, page=page - 1) if page > 1 else None,
        next=_address(found.wanted, page=page + 1) if page < found.pages else None,
    )


@blueprint.get("/secretariat/mail/<message>")
@requires(Permission.SEE_MAIL)
def message(message: str) -> Response:
    """One message, as its reader sees it."""
    opened = queries.message(current_actor(), message)
    if opened is None:
        raise NotFound()
    return render(
        message=opened.line,
        preview=_preview(opened),
        language=languages.name_of(opened.line.language),
        label=kinds.label,
        states=STATES,
        acts=ACTS.get(opened.line.state, ()),
    )


def _back_to(message: str, words: str) -> BaseResponse:
    flash(words, "success")
    return redirect(url_for("secretariat.mail.message", message=message), 303)


@blueprint.post("/secretariat/mail/<message>/hold")
@requires(Permission.SEE_MAIL, is_once=True)
def hold(message: str) -> BaseResponse:
    """Keep a waiting message back."""
    outbox.hold(actor=current_actor(), message=message)
    return _back_to(message, _("The message is held."))


@blueprint.post("/secretariat/mail/<message>/retry")
@requires(Permission.SEE_MAIL, is_once=True)
def retry(message: str) -> BaseResponse:
    """Let a held or dead message go out."""
    outbox.retry(actor=current_actor(), message=message)
    return _back_to(message, _("The message is waiting to leave."))


@blueprint.post("/secretariat/mail/<message>/discard")
@requires(Permission.SEE_MAIL, is_once=True)
def discard(message: str) -> BaseResponse:
    """Decide that it never will."""
    outbox.discard(actor=current_actor(), message=message)
    return _back_to(message, _("The message will not be sent."))


@blueprint.post("/secretariat/mail/test")
@requires(Permission.SEE_MAIL, is_once=True)
def test() -> BaseResponse:
    """A test message to oneself."""
    outbox.send_test(actor=current_actor())
    flash(_("A test message to you is in the outbox."), "success")
    return redirect(url_for("secretariat.mail.index", query=current_actor().email), 303)


@blueprint.post("/secretariat/mail/hold-all")
@requires(Permission.SEE_MAIL, is_once=True)
def hold_all() -> BaseResponse:
    """Hold or release all mail of the installation."""
    is_held = request.form.get("is_held") == "yes"
    outbox.hold_all(actor=current_actor(), is_held=is_held)
    flash(_("All mail is held.") if is_held else _("Mail leaves again."), "success")
    return redirect(url_for("secretariat.mail.index"), 303)
