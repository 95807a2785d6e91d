"""Where to find help."""

from flask import Blueprint, Response

from gnlc_apply.web.access import public
from gnlc_apply.web.public.words import contact
from gnlc_apply.web.rendering import render

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
@public(cache="revalidate")
def page() -> Response:
    """Where to find help."""
    return render(contact=contact())
