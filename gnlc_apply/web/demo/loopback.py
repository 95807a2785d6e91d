"""A demonstration answers only on the machine it runs on, whatever server stands in front of it."""

from __future__ import annotations

import ipaddress

from flask import request

from gnlc_apply.core.errors import Forbidden
from gnlc_apply.core.text import Text
from gnlc_apply.queries import instance


def _is_loopback(address: str | None) -> bool:
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def refuse_elsewhere() -> None:
    """Before each request: raise Forbidden when a demonstration is asked from another machine."""
    if not _is_loopback(request.remote_addr) and instance.is_demo():
        raise Forbidden(Text("This is a demonstration. It answers only on the machine it runs on."))
