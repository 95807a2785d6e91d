"""The cookie of a juror's remembered device: random, bound to a row on the server."""

from __future__ import annotations

from datetime import datetime

from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply import config


def cookie_name() -> str:
    """Bound to the host where the public address is https."""
    return "__Host-gnlc-device" if config.current().is_https else "gnlc-device"


def remember(response: BaseResponse, token: str, expires_at: datetime) -> None:
    """Give the browser the device's secret."""
    response.set_cookie(
        cookie_name(),
        token,
        expires=expires_at,
        path="/",
        httponly=True,
        secure=config.current().is_https,
        samesite="Lax",
    )


def forget(response: BaseResponse) -> None:
    """Take the device's secret back."""
    response.delete_cookie(cookie_name(), path="/", secure=config.current().is_https, httponly=True, samesite="Lax")
