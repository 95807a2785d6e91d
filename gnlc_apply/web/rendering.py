"""``render()``: the template from the endpoint's name, and what every page has around it."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    get_flashed_messages,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.templating import Environment
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Actor, Permission, can
from gnlc_apply.queries import instance
from gnlc_apply.web import languages, template_functions
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.once import new_idempotency_key
from gnlc_apply.web.sessions import Limits, running
from gnlc_apply.web.template_functions import address_of


@dataclass(frozen=True)
class Link:
    """A way to another page."""

    label: str
    href: str
    is_current: bool = False
    code: str = ""
    name: str = ""


@dataclass
class Page:
    """What surrounds the content: see templates/layout.html."""

    title: str = ""
    language: str = "en"
    direction: str = "ltr"
    navigation: list[Link] = field(default_factory=list)
    person: Any = None
    session: Limits | None = None
    languages: list[Link] = field(default_factory=list)
    is_demo: bool = False
    demo_clock: datetime | None = None
    held_since: datetime | None = None
    is_hold_mine: bool = False
    asks_privacy: bool = False
    flashes: list[tuple[str, str]] = field(default_factory=list)
    has_errors: bool = False


# What url_for takes for itself: from an address it could lead to another scheme, or nowhere.
_NOT_OURS = frozenset({"endpoint", "language", "self", "_anchor", "_external", "_method", "_scheme"})
# Work first, what everybody sees last.
AUDIENCES = ("secretariat", "jury", "commission", "applicant", "administration", "public")
# (permission, endpoint, words): who has which rooms to go to; the first words of the endpoint mark the current one.
ROOMS: list[tuple[Permission | None, str, Text]] = []


def add_room(permission: Permission | None, endpoint: str, label: Text) -> None:
    """An audience adds its door to the navigation."""
    ROOMS.append((permission, endpoint, label))
    ROOMS.sort(key=lambda room: AUDIENCES.index(room[1].split(".", 1)[0]))


def _is_offered(actor: Actor, permission: Permission | None) -> bool:
    """Everybody may begin an application, but those with a role of another kind find it in their account."""
    if permission is Permission.BEGIN_APPLICATION and actor.grants:
        return False
    return permission is None or can(actor, permission)


def _navigation() -> list[Link]:
    actor = current_actor()
    here = (request.endpoint or "").rsplit(".", 1)[0]
    links = []
    for permission, endpoint, label in ROOMS:
        if _is_offered(actor, permission):
            room = endpoint.rsplit(".", 1)[0]
            links.append(Link(languages.translate(label), address_of(endpoint), is_current=here == room))
    return links


def own_args() -> dict[str, str]:
    """The address's arguments for links back to this page; not those that would mean something to ``url_for`` itself."""
    return {name: value for name, value in request.args.items() if name.isidentifier() and name not in _NOT_OURS}


def _language_links() -> list[Link]:
    if request.endpoint is None or not current_app.url_map.is_endpoint_expecting(request.endpoint, "language"):
        return []
    links, own = [], own_args()
    # What anybody may type into an address is not kept.
    make = url_for if own else address_of
    for code in config.current().languages:
        href = make(request.endpoint, **{**own, **(request.view_args or {}), "language": code})
        name = languages.name_of(code)
        links.append(Link(name, href, is_current=code == languages.code(), code=code, name=name))
    return links


def _flashes() -> list[tuple[str, str]]:
    flashed: Any = get_flashed_messages(with_categories=True)
    news: list[tuple[str, str]] = g.get("news", [])
    return [*news, *((category, str(words)) for category, words in flashed)]


def build_page(title: str = "", *, has_errors: bool = False) -> Page:
    """The surroundings of a page for this request."""
    actor = current_actor()
    return Page(
        title=title,
        language=languages.code(),
        direction=languages.direction_of(languages.code()),
        navigation=_navigation(),
        person=actor if actor.kind == "person" else None,
        session=running().limits if actor.kind == "person" else None,
        languages=_language_links(),
        is_demo=instance.is_demo(),
        demo_clock=None,
        held_since=actor.held_since if actor.is_staff else None,
        is_hold_mine=can(actor, Permission.RELEASE_HOLD),
        # The people of a demonstration are invented.
        asks_privacy=actor.kind == "person" and not actor.has_accepted_privacy and not instance.is_demo(),
        flashes=_flashes(),
        has_errors=has_errors,
    )


def bare_page(title: str) -> Page:
    """The surroundings of a page for a moment at which the database cannot be asked who is there."""
    code = languages.code()
    is_demo = instance.is_known_as_demo()
    return Page(title=title, language=code, direction=languages.direction_of(code), is_demo=is_demo)


def template_of(endpoint: str) -> str:
    """``secretariat.cohorts.announce`` is templates/secretariat/cohorts/announce.html."""
    return endpoint.replace(".", "/") + ".html"


def _problems(values: Iterable[Any]) -> int:
    """The status that the forms on this page ask for: 200, or that of a refusal, or 422 for bad input."""
    for value in values:
        status = getattr(value, "refusal_status", None)
        if status:
            return int(status)
        if request.method == "POST" and getattr(value, "form_errors", None) is not None and value.errors:
            return 422
    return 200


def render(template: str | None = None, /, *, title: str = "", status: int | None = None, **values: Any) -> Response:
    """The page of this endpoint. A form with errors among the values makes the status 422 (or that of its refusal)."""
    found = _problems(values.values()) if status is None else status
    page = build_page(title, has_errors=found >= 400)
    name = template or template_of(request.endpoint or "error")
    return make_response(render_template(name, page=page, **values), found)


class Templates(Environment):
    """Jinja as Flask has it, with what every template knows in one plain mapping: it is gone through for each of them."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """All of it is there before the first template is read."""
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    """Templates from their folder (checkout or wheel), GOV.UK macros, filters and functions for every template."""
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(config.asset_dir("templates")),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    template_functions.init_app(app)
    app.add_template_filter(languages.translate, "words")
    app.add_template_filter(languages.moment, "datetime")
    app.add_template_filter(languages.day, "date")
    app.add_template_filter(languages.number, "number")
    app.add_template_filter(languages.percent, "percent")
    app.add_template_filter(languages.country, "country")
    app.add_template_global(new_idempotency_key, "new_idempotency_key")
    app.add_template_global(clock.now, "now")
