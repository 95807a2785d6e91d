"""To be filled: second_factor."""

from flask import Blueprint, Response

from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render

blueprint = Blueprint("second_factor", __name__)


@blueprint.get("/account/second-factor")
@public(is_before_second_factor=True)
def form() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})


@blueprint.get("/account/second-factor/set-up")
@public(is_before_second_factor=True)
def set_up() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})
