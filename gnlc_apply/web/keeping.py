"""Text that somebody typed and could not send, because the session had ended: kept until the page opens again."""

from __future__ import annotations

from flask import flash, request, session
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

LIMIT = 200_000
KEY = "kept_form"
_SECRET = ("csrf_token", "idempotency_key", "password", "code", "token")


def keep() -> None:
    """Put this request's form aside, in the server's session, without secrets and files."""
    fields = [(k, v) for k, v in request.form.items(multi=True) if not any(word in k for word in _SECRET)]
    if fields and sum(len(k) + len(v) for k, v in fields) <= LIMIT:
        session[KEY] = {"path": request.path, "fields": fields}


def take() -> MultiDict[str, str] | None:
    """What was kept for this page, once."""
    kept = session.get(KEY)
    if not kept or kept["path"] != request.path:
        return None
    session.pop(KEY)
    flash(_("We kept what you typed. Check it and save it."), "info")
    return MultiDict([(k, v) for k, v in kept["fields"]])
