"""The start page."""

from flask import Blueprint, Response

from gnlc_apply.core import clock
from gnlc_apply.queries import public_call, registry
from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public(cache="revalidate")
def page() -> Response:
    """What the network is, which call is open, who may apply, who is a member."""
    calls = public_call.index()
    overview = registry.overview(clock.today())
    return render(
        calls=[call for call in calls if call.stage in ("coming", "open")],
        last=next((call for call in calls if call.stage not in ("coming", "open")), None),
        overview=overview,
    )
