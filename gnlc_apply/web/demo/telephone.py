"""What the authenticator apps of the invented people show at this moment."""

from __future__ import annotations

from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock, totp
from gnlc_apply.queries import demonstration
from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render


@public(is_before_second_factor=True)
def page() -> BaseResponse:
    """The codes and the seconds they still have."""
    left = totp.PERIOD - int(clock.now().timestamp()) % totp.PERIOD
    return render(telephones=demonstration.telephones(), seconds=left)
