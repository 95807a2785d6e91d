"""The start page."""

from flask import Blueprint, Response

from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def page() -> Response:
    """The start page."""
    return render()
