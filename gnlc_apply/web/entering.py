"""Coming in: the session begins, and the way to where the person wanted to go."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from urllib.parse import unquote, urlsplit

from flask import current_app, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict, NotFound, SignInNeeded
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import NEEDS_SECOND_FACTOR, Actor, can
from gnlc_apply.queries import person as people
from gnlc_apply.web import rendering
from gnlc_apply.web.sessions import running

# What everybody who is signed in may do says nothing about where somebody belongs.
_ANYBODY = Actor(kind="person", person_id=0)
# Somebody with several roles begins where the work is.
_RANKS = ("secretariat", "jury", "commission", "administration", "applicant", "signatory", "public")
_CLOSED = {
    "used": Text("This link is good no longer: it was used, or something newer took its place. Ask for a new one."),
    "accepted": Text("This invitation was accepted already. Sign in instead."),
    "revoked": Text("This invitation was taken back. Ask the person who invited you."),
    "over": Text("The time of this link is over. Ask for a new one."),
}


def network() -> str:
    """Where this request comes from, as the configured number of proxies says."""
    return request.remote_addr or ""


def require_open(state: str | None) -> None:
    """Raise NotFound for a link that never was, Conflict (without data) for one whose time is over."""
    if state is None:
        raise NotFound()
    if state != "open":
        raise Conflict(_CLOSED[state])


def _is_plain(text: str) -> bool:
    return not any(c == "\\" or unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") for c in text)


def is_own_path(target: object) -> bool:
    """Whether this is the path of a page of ours that can be opened: nothing that a browser could take for elsewhere."""
    if not isinstance(target, str) or not target.startswith("/") or target.startswith("//"):
        return False
    parts = urlsplit(target)
    path = unquote(parts.path)
    if parts.scheme or parts.netloc or path.startswith("//") or not (_is_plain(target) and _is_plain(path)):
        return False
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return True


def first_room(actor: Actor) -> str:
    """The address of the first room that this person has and not everybody; else any of theirs; else the start page."""
    theirs = [(p, e) for p, e, _label in rendering.ROOMS if p is not None and can(actor, p)]
    own = [endpoint for permission, endpoint in theirs if not can(_ANYBODY, permission)]
    own.sort(key=lambda endpoint: _RANKS.index(endpoint.split(".")[0]))
    found = own or [endpoint for _permission, endpoint in theirs]
    return url_for(found[0]) if found else url_for("public.home.page")


def where_next(actor: Actor) -> str:
    """Where the person wanted to go before signing in, or their first room."""
    target = session.pop("after_sign_in", None)
    return str(target) if is_own_path(target) else first_room(actor)


def enter(person_id: int, second_factor_at: datetime | None = None) -> BaseResponse:
    """Begin the person's session under a new number, and lead on: to the second factor where one is needed."""
    actor = people.actor(person_id, second_factor_at=second_factor_at)
    if actor is None:
        raise SignInNeeded()
    settings = config.current()
    idle = settings.staff_idle_minutes if actor.holds(*NEEDS_SECOND_FACTOR) else settings.session_idle_minutes
    running().sign_in(person_id, second_factor_at=second_factor_at, idle_minutes=idle)
    return redirect(_next_step(actor), 303)


def _next_step(actor: Actor) -> str:
    if actor.has_second_factor and actor.second_factor_at is None:
        return url_for("account.second_factor.form")
    if actor.holds(*NEEDS_SECOND_FACTOR) and not actor.has_second_factor:
        return url_for("account.second_factor.set_up")
    return where_next(actor)
