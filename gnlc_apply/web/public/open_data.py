"""Open data: the registry and the cohorts for machines, below no language, free to use from any page."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.queries import open_data, registry, registry_history
from gnlc_apply.queries.cohort import release
from gnlc_apply.queries.kept import kept
from gnlc_apply.queries.public_call import index as opened_calls
from gnlc_apply.web.access import public
from gnlc_apply.web.projection import place

plain = Blueprint("open_data", __name__)


@plain.after_request
def _open_to_all(response: Response) -> Response:
    """Scripts of any site may read these answers; no cookie is looked at for them."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@plain.get("/registry.json")
@public(cache="revalidate")
def registry_json() -> Response:
    """The member cities as of a day (``?on=2024-02-14``; today if none is given)."""
    return _handed_out(open_data.registry_json(registry.day_asked(request.args.get("on", ""))), "application/json")


@plain.get("/registry.csv")
@public(cache="revalidate")
def registry_csv() -> Response:
    """The same for spreadsheets."""
    response = _handed_out(open_data.registry_csv(registry.day_asked(request.args.get("on", ""))), "text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="registry.csv"'
    return response


@lru_cache(maxsize=16)
def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _handed_out(content: bytes, mimetype: str) -> Response:
    """Bytes that stay the same until the registry changes, with a digest that is taken once and not in every request."""
    response = Response(content, mimetype=mimetype)
    response.set_etag(_digest(content))
    return response


@plain.get("/cohorts/<reference>.json")
@public(cache="revalidate")
def cohort_json(reference: str) -> Response:
    """The figures of a release and its cities with the names of the day."""
    return jsonify(release(reference).as_json())


@plain.get("/registry/map.svg")
@public(cache="revalidate")
def map_svg() -> Response:
    """The member cities of today as dots on the world's land: a picture for the start page and for others."""
    today = clock.today()
    return Response(kept("map.svg", _picture, today), mimetype="image/svg+xml")


def _picture() -> str:
    members = registry.members(clock.today())
    dots = [place(m.latitude, m.longitude) for m in members if m.latitude is not None and m.longitude is not None]
    return render_template("public/open_data/map.svg", dots=dots)


@plain.get("/sitemap.xml")
@public(cache="revalidate")
def sitemap() -> Response:
    """Every public page in every language, for search engines."""
    fixed = ("home.page", "registry.index", "registry.on_map", "registry.figures", "calls.index", "cohorts.index")
    pages: list[tuple[str, dict[str, Any]]] = [(f"public.{name}", {}) for name in (*fixed, "help.page")]
    pages += [("public.calls.page", {"call": call.reference}) for call in opened_calls()]
    pages += [("public.cohorts.page", {"cohort": cohort.reference}) for cohort in registry_history.cohorts()]
    pages += [("public.registry.city", {"city": member.reference}) for member in registry.members(clock.today())]
    root = config.current().public_url.rstrip("/")
    addresses = [
        root + url_for(endpoint, language=language, **values)
        for endpoint, values in pages
        for language in config.current().languages
    ]
    return Response(render_template("public/open_data/sitemap.xml", addresses=addresses), mimetype="application/xml")
