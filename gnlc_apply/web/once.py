"""Acts that must happen once: the hidden key of a form, remembered with the answer it got."""

from __future__ import annotations

import hmac
import logging
import secrets
import time

from flask import Response, g, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import is_machine_fault
from gnlc_apply.services import form_keys

log = logging.getLogger(__name__)

WAIT_SECONDS = 5.0


def new_idempotency_key() -> str:
    """A fresh key for a form."""
    return secrets.token_urlsafe(16)


def _body_hash() -> str:
    """What was sent, so that another body under the same key is seen; under our key, because there may be a password in it."""
    pairs = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
    return hmac.new(config.current().secret_key.encode(), repr((request.path, pairs)).encode(), "sha256").hexdigest()


def claim() -> BaseResponse | None:
    """Before an act that happens once: take the key, or give the answer it got before.

    Raises Conflict when the same key comes with another body, or the first request has not finished in time.
    """
    access = g.get("access")
    if request.method != "POST" or access is None or not access.is_once:
        return None
    key = request.form.get("idempotency_key", "")[:64]
    if not key:
        return None
    body = _body_hash()
    holder = session.id_hash  # type: ignore[attr-defined]  # our session has one
    if form_keys.claim(key, holder, body):
        g.claimed_key = (key, holder)
        return None
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        used = form_keys.find(key, holder)
        if used is not None and used.body_hash != body:
            raise Conflict(Text("This form was sent before with other contents. Open the page again."))
        if used is not None and used.location:
            return redirect(used.location, 303)
        if used is None or time.monotonic() > deadline:
            raise Conflict(Text("This form is being worked on already. Look at the page again in a moment."))
        time.sleep(0.1)


def settle(response: Response) -> Response:
    """After the act: remember where it led, or give the key back when nothing happened."""
    claimed = g.pop("claimed_key", None)
    if claimed is None:
        return response
    try:
        _settle(claimed, response)
    except Exception as error:
        # The act has happened or has been refused; whoever asked must read that, and not of the key.
        if not is_machine_fault(error):
            raise
        log.exception("the key of a form could not be settled")
    return response


def _settle(claimed: tuple[str, str], response: Response) -> None:
    if response.status_code in (302, 303):
        form_keys.keep(*claimed, location=response.headers["Location"])
    else:
        form_keys.give_back(*claimed)
