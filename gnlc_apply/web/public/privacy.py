"""What is kept of whom, why and for how long."""

from flask import Blueprint, Response

from gnlc_apply.core.privacy_notice import VERSION
from gnlc_apply.web.access import public
from gnlc_apply.web.public.words import contact
from gnlc_apply.web.rendering import render

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
@public(cache="revalidate")
def page() -> Response:
    """What is kept of whom, why and for how long."""
    return render(contact=contact(), version=VERSION)
