"""A demonstration answers only on the machine it runs on, whatever server stands in front of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from gnlc_apply import config
from gnlc_apply.core.errors import Forbidden
from gnlc_apply.core.text import Text
from gnlc_apply.queries import instance


def _is_asked_at_home() -> bool:
    # Behind a server on the same machine everybody comes from here: then the name that was asked for tells, and where
    # that server puts another name in its place, the public address.
    try:
        asked = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False
    return config.is_loopback(request.remote_addr) and config.is_loopback(asked) and config.current().is_at_home


def refuse_elsewhere() -> None:
    """Before each request: raise Forbidden when a demonstration is asked from another machine, or by another name."""
    if not _is_asked_at_home() and instance.is_demo():
        raise Forbidden(Text("This is a demonstration. It answers only on the machine it runs on."))
