"""How accessible this is, and whom to tell when it is not."""

from flask import Blueprint, Response

from gnlc_apply.web.access import public
from gnlc_apply.web.public.words import contact
from gnlc_apply.web.rendering import render

blueprint = Blueprint("accessibility", __name__)


@blueprint.get("/accessibility")
@public(cache="revalidate")
def page() -> Response:
    """How accessible this is, and whom to tell when it is not."""
    return render(contact=contact())
