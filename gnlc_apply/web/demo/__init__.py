"""To be filled: demo."""

from flask import Blueprint, Response

from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render

blueprint = Blueprint("demo", __name__)


@blueprint.get("/demo/people")
@public(is_before_second_factor=True)
def people() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})


@blueprint.get("/demo/mailbox")
@public(is_before_second_factor=True)
def mailbox() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})


@blueprint.get("/demo/telephone")
@public(is_before_second_factor=True)
def telephone() -> Response:
    """."""
    return render("error.html", error={"title": "-", "text": "-"})
