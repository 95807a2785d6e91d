"""To be filled: signin."""

from flask import Blueprint, Response

from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render

blueprint = Blueprint("signin", __name__)


@blueprint.get("/account/sign-in")
@public(is_before_second_factor=True)
def form() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})
