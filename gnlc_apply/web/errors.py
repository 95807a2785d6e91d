"""A refusal becomes a status and a page, here, once."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply import config
from gnlc_apply.core.errors import Refusal, SignInNeeded, Unavailable
from gnlc_apply.extensions import is_machine_fault
from gnlc_apply.web import headers, keeping, languages
from gnlc_apply.web.rendering import bare_page, build_page

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorWords:
    """What an error page says."""

    code: int
    title: str
    text: str
    reference: str | None = None
    problems: Any = None
    link: Any = None
    # What was typed, as fields to send again: (name, value, is_words).
    again: tuple[tuple[str, str, bool], ...] = ()


def _words(status: int) -> tuple[str, str]:
    known = {
        400: (_("This request could not be read"), _("Go back and try again.")),
        403: (_("You cannot do this"), _("Your account does not allow this act.")),
        404: (_("Page not found"), _("Check the address. If you followed a link, it may be out of date.")),
        405: (_("This cannot be done here"), _("Go back and use the buttons on the page.")),
        408: (_("This took too long"), _("Not everything arrived. Nothing was saved: go back and send it again.")),
        409: (_("This is not possible now"), _("Look at the page again: somebody else may have been faster.")),
        413: (_("This is too large"), _("Send less at once. One file may have up to 10 MB.")),
        414: (_("This address is too long"), _("Search for fewer words, or use the links of the pages.")),
        422: (_("Something is not right yet"), _("Go back and check what you entered.")),
        429: (_("Too many tries"), _("Wait a quarter of an hour and try again.")),
        431: (_("Your browser sent too much"), _("Delete the cookies of this site and try again.")),
        500: (_("Something went wrong"), _("It is our fault, not yours. Try again in a few minutes.")),
        503: (_("The system is busy"), _("Nothing was lost. Wait a moment and send it again.")),
    }
    return known.get(status, known[400 if status < 500 else 500])


def _has_no_addresses() -> bool:
    """Whether the request came for another host, so that no address of ours can be built for a page."""
    try:
        return current_app.create_url_adapter(request) is None
    except SecurityError:
        return True


def error_page(status: int, text: str | None = None, reference: str | None = None) -> Response:
    """The one error page. For 404 it has no navigation and no account, so that it is the same for everybody."""
    title, usual = _words(status)
    if _has_no_addresses():
        return make_response(title, status, {"Content-Type": "text/plain; charset=utf-8"})
    words = ErrorWords(status, title, text or usual, reference)
    page = build_page(title, has_errors=False)
    if status == 404:
        page.navigation, page.person, page.session, page.languages, page.flashes = [], None, None, [], []
    return make_response(render_template("error.html", page=page, error=words), status)


def _away_page(reference: str) -> Response:
    """The machine fails: a page that asks the database nothing and holds what was typed, ready to be sent again."""
    if _has_no_addresses():
        return error_page(503)
    if "language" not in g:
        g.language = languages.preferred()
    title, usual = _words(503)
    typed = keeping.to_send_again() if request.method == "POST" else []
    # Words are shown, whatever script they are in; ours (numbers, choices, marks of the form) go along unseen.
    again = tuple((name, value, any(c.isspace() for c in value) or not value.isascii()) for name, value in typed)
    words = ErrorWords(503, title, usual, reference, again=again)
    return make_response(render_template("error.html", page=bare_page(title), error=words), 503)


def page_for_nobody(app: Flask, status: int) -> Response:
    """The error page, with its headers, for what the server could not read as a request. The database is not asked."""
    with app.test_request_context(base_url=config.current().public_url):
        g.language = languages.preferred()
        title, text = _words(status)
        page = render_template("error.html", page=bare_page(title), error=ErrorWords(status, title, text))
        return headers.add(make_response(page, status))


def _sign_in(refusal: SignInNeeded) -> BaseResponse:
    """To the sign-in page and back; what was typed is kept."""
    if request.method == "POST":
        keeping.keep()
    target = request.full_path if request.query_string else request.path
    session["after_sign_in"] = target
    endpoint = {
        "second_factor": "account.second_factor.form",
        "set_up_second_factor": "account.second_factor.set_up",
        "confirm": "account.confirm.form",
    }.get(refusal.step, "account.signin.form")
    return redirect(url_for(endpoint), 303)


def _refused(refusal: Refusal) -> BaseResponse:
    if isinstance(refusal, SignInNeeded):
        return _sign_in(refusal)
    if refusal.status == 404:
        return error_page(404)
    return error_page(refusal.status, languages.translate(refusal.message))


def _csrf_missing(_error: CSRFError) -> BaseResponse:
    """The page stood open too long, or another session began: keep the text and open the page again."""
    keeping.keep()
    return error_page(
        400,
        _(
            "This page stood open for too long: a session ends after some time without use. Open it again: what you typed "
            "was kept."
        ),
    )


def _http(error: HTTPException) -> BaseResponse:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        # Before or after the view: in opening or saving the session, or in writing another error's page.
        return _fault(error.original_exception)
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    return error_page(error.code or 500)


def _fault(error: Exception) -> BaseResponse:
    reference = secrets.token_hex(4).upper()
    log.error("fault %s at %s", reference, request.endpoint, exc_info=error)
    return _away_page(reference) if is_machine_fault(error) else error_page(500, reference=reference)


def init_app(app: Flask) -> None:
    """Register all of them."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Unavailable, _refused)
    app.register_error_handler(CSRFError, _csrf_missing)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
