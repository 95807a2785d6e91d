"""To be filled: every message of the demonstration, with working links."""

from flask import Response

from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render


@public(is_before_second_factor=True)
def page() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})
