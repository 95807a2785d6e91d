"""After the announcement: what came of the application, and the letter. Before it there is no such page."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import decisions, feedback
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("outcome", __name__)


@blueprint.get("/applications/<application>/outcome")
@requires(Permission.READ_AS_CITY)
def page(application: str) -> BaseResponse:
    """The outcome, the letter, and what the jury's reading tells the city, for the city's own people."""
    found = sheet(application)
    if not found.has_outcome:
        raise NotFound()
    actor, now = current_actor(), clock.now()
    outcome = decisions.outcome_for_city(actor, application, now)
    told = feedback.for_city(actor, application, now, besides=outcome.letter if outcome else "")
    return render(sheet=found, outcome=outcome, feedback=told)
