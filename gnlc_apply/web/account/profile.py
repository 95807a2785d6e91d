"""To be filled: profile."""

from flask import Blueprint, Response

from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render

blueprint = Blueprint("profile", __name__)


@blueprint.get("/account")
@public(is_before_second_factor=True)
def page() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})
