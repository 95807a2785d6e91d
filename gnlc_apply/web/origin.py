"""A second line behind the form tokens: nothing is done at the request of a page of somebody else."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import BadRequest

from gnlc_apply import config

_READING = ("GET", "HEAD", "OPTIONS", "TRACE")
_OURS = ("same-origin", "none")


def refuse_elsewhere() -> None:
    """Before each request: raise BadRequest where the browser says that another site's page sent an act.

    ``Origin: null`` says nothing: our own forms send it, since our pages give no referrer.
    """
    if request.method in _READING:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in _OURS:
            raise BadRequest()
        return
    origin = request.headers.get("Origin", "null")
    if origin not in ("null", config.current().public_url.rstrip("/"), request.host_url.rstrip("/")):
        raise BadRequest()
