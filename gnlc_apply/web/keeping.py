"""Text that somebody typed and could not send, because the session had ended: kept until the page opens again."""

from __future__ import annotations

from flask import flash, request, session
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

LIMIT = 200_000
KEY = "kept_form"
_OURS = ("csrf_token", "idempotency_key")
_SECRET = ("csrf_token", "idempotency_key", "password", "code", "token")


def keep() -> None:
    """Put this request's form aside, in the server's session, without secrets and files."""
    fields = [(k, v) for k, v in request.form.items(multi=True) if not any(word in k for word in _SECRET)]
    if fields and sum(len(k) + len(v) for k, v in fields) <= LIMIT:
        session[KEY] = {"path": request.path, "fields": fields}


def to_send_again() -> list[tuple[str, str]]:
    """Everything that this request's form holds, to be sent once more as it is.

    Nothing where it held a password or the like, or a file, which no page can hold, or where it did not arrive whole.
    """
    try:
        fields, has_files = list(request.form.items(multi=True)), any(one.filename for one in request.files.values())
    except (OSError, HTTPException):
        return []
    own = [name for name, _value in fields if name not in _OURS]
    has_secret = any(word in name for name in own for word in _SECRET)
    return [] if has_files or has_secret or not own else fields


def take() -> MultiDict[str, str] | None:
    """What was kept for this page, once."""
    kept = session.get(KEY)
    if not kept or kept["path"] != request.path:
        return None
    session.pop(KEY)
    flash(_("We kept what you typed. Check it and save it."), "info")
    return MultiDict([(k, v) for k, v in kept["fields"]])
