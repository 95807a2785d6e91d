"""What each route demands, declared where it is defined. Deny by default: an undeclared route stops the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from flask import Flask, current_app, g, request

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Forbidden, NotFound, SignInNeeded
from gnlc_apply.permissions import (
    ANONYMOUS,
    NEEDS_SECOND_FACTOR,
    Actor,
    Permission,
    can,
    require_fresh,
    step_to_show,
)
from gnlc_apply.queries.access import SEES, require_on_application
from gnlc_apply.services.record import notice
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.sessions import running

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """What a route demands. ``cache`` is how its answers may be kept: not at all, ``revalidate`` or ``immutable``."""

    permission: Permission | None = None
    cache: str = ""
    is_fresh: bool = False
    is_once: bool = False
    is_before_second_factor: bool = False
    reads_login: bool = True


@overload
def public(view: V) -> V: ...
@overload
def public(
    *, cache: str = "", is_once: bool = False, is_before_second_factor: bool = False, reads_login: bool = True
) -> Callable[[V], V]: ...
def public(
    view: V | None = None,
    *,
    cache: str = "",
    is_once: bool = False,
    is_before_second_factor: bool = False,
    reads_login: bool = True,
) -> V | Callable[[V], V]:
    """Anybody may open this. ``cache="revalidate"`` adds an ETag; ``"immutable"`` is for hashed file names.

    Without ``reads_login`` it is the same for everybody, and answered though nobody can be recognised.
    """

    def mark(function: V) -> V:
        function.access = Access(  # type: ignore[attr-defined]  # a view carries its declaration
            cache=cache,
            is_once=is_once,
            is_before_second_factor=is_before_second_factor,
            reads_login=reads_login and cache != "immutable",
        )
        return function

    return mark(view) if view is not None else mark


def requires(
    permission: Permission, *, is_fresh: bool = False, is_once: bool = False, is_before_second_factor: bool = False
) -> Callable[[V], V]:
    """Only with this permission. On an application the address must carry ``<application>``, its reference.

    ``is_fresh``: a second factor younger than five minutes. ``is_once``: the form's key makes the act happen once.
    """

    def mark(function: V) -> V:
        function.access = Access(  # type: ignore[attr-defined]  # a view carries its declaration
            permission=permission, is_fresh=is_fresh, is_once=is_once, is_before_second_factor=is_before_second_factor
        )
        return function

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """The declaration of an endpoint; for a method view, of its class."""
    view = app.view_functions.get(endpoint)
    return getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)


def check_all_declared(app: Flask) -> None:
    """Raise RuntimeError naming every route without a declaration, and object permissions without an object."""
    problems = []
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access is None:
            problems.append(f"{rule.rule} ({rule.endpoint}) declares no access")
        elif access.permission in SEES and "application" not in rule.arguments:
            problems.append(f"{rule.rule} ({rule.endpoint}) needs <application> in its address")
    if problems:
        raise RuntimeError("; ".join(problems))


def _second_factor_missing(actor: Actor, access: Access) -> bool:
    """Whether a second factor, demanded by the role or chosen by the person, still has to be shown or set up."""
    if access.is_before_second_factor or actor.kind != "person":
        return False
    if actor.has_second_factor:
        return actor.second_factor_at is None
    return actor.holds(*NEEDS_SECOND_FACTOR)


def require_session() -> None:
    """Before everything else: where the database could not say whose session this is, nothing is done for anybody."""
    fault = running().fault
    access = access_of(current_app, request.endpoint) if request.endpoint is not None else None
    if fault is not None and (access is None or access.reads_login):
        raise fault


def enforce() -> None:
    """Before each request: refuse what the route's declaration does not allow."""
    if request.endpoint is None:
        return
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise NotFound()
    g.access = access
    if access.permission is not None:
        _demand(access, access.permission, current_actor())
    elif access.reads_login and _second_factor_missing(current_actor(), access):
        # Half-way in is not in: public pages stay what they are for anybody.
        g.actor = ANONYMOUS


def _demand(access: Access, permission: Permission, actor: Actor) -> None:
    if actor.kind == "anonymous":
        raise SignInNeeded()
    if _second_factor_missing(actor, access):
        raise SignInNeeded(step_to_show(actor))
    if permission in SEES:
        _demand_on_application(actor, permission, (request.view_args or {})["application"])
    elif not can(actor, permission):
        raise NotFound()
    if access.is_fresh:
        require_fresh(actor, clock.now())


def _demand_on_application(actor: Actor, permission: Permission, reference: str) -> None:
    """Refuse as the query does; who sees a file and reaches for what is not theirs to do is kept for the operator."""
    try:
        require_on_application(actor, permission, reference)
    except Forbidden:
        notice("refused", person_id=actor.person_id, noun="application", note=f"{reference} {request.endpoint}")
        raise
