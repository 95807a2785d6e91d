"""The headers of every answer, whatever the route and status."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Response, g, request

from gnlc_apply import config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Content-Security-Policy": CSP,
}


_FIXED = [(name.lower(), (name, value)) for name, value in FIXED.items()]


def with_fixed(application: WSGIApplication) -> WSGIApplication:
    """The application with the headers that never differ, given to the server as they are; what a view has set stays."""

    def answering(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def begin(status: str, given: list[tuple[str, str]], *fault: Any) -> Callable[[bytes], object]:
            names = {name.lower() for name, _value in given}
            given += [header for name, header in _FIXED if name not in names]
            return start_response(status, given, *fault)

        return application(environ, begin)

    return answering


def add(response: Response) -> Response:
    """``no-store`` unless the route was declared public with a way of caching."""
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", "5")
    if config.current().is_https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    access = g.get("access")
    cache = access.cache if access is not None and response.status_code in (200, 304) else ""
    if cache == "immutable":
        response.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
    elif cache == "revalidate":
        # The same page with somebody's name on it is for that browser alone.
        actor = g.get("actor")
        is_shared = actor is None or actor.kind == "anonymous"
        response.headers["Cache-Control"] = "no-cache" if is_shared else "private, no-cache"
        if response.status_code == 200 and not response.is_streamed:
            response.add_etag()
            response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers.remove("ETag")
    return response
