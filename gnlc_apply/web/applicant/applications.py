"""The city's own applications: the list, the task list or timeline of one, its PDF."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Actor, Permission
from gnlc_apply.queries import application as applications
from gnlc_apply.queries import colleagues, public_call
from gnlc_apply.queries.sheet import Sheet, case_for_page
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant import documents, timeline
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.applicant.tasks import tasks
from gnlc_apply.web.files import hand_out_pdf
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.engine import offered

blueprint = Blueprint("applications", __name__)
# Where each act of the city has its page.
_DOORS = {
    "submit": "applicant.submission.form",
    "resubmit": "applicant.submission.again",
    "take_back": "applicant.submission.take_back",
    "discard": "applicant.withdrawal.form",
    "withdraw": "applicant.withdrawal.form",
}


def offers(found: Sheet, actor: Actor) -> list[tuple[str, Text, str, Text | None]]:
    """Name, label, address and obstacle of what this person may do with the application."""
    case = case_for_page(found, actor)
    return [
        (t.name, t.label, url_for(_DOORS[t.name], application=found.reference), obstacle)
        for t, obstacle in offered(APPLICATION, case, actor)
        if t.name in _DOORS
    ]


@blueprint.get("/applications")
@requires(Permission.BEGIN_APPLICATION)
def index() -> BaseResponse:
    """All applications in which one takes part."""
    return render(
        rows=applications.of_person(current_actor()),
        calls=[call for call in public_call.index() if call.stage == "open"],
        labels=APPLICATION.labels,
    )


@blueprint.get("/applications/<application>")
@requires(Permission.READ_AS_CITY)
def page(application: str) -> BaseResponse:
    """The task list while it can be changed, the timeline afterwards."""
    found = sheet(application)
    return render(
        sheet=found,
        label=APPLICATION.labels[found.state][1],
        tasks=tasks(found) if found.is_with_city else [],
        steps=timeline.steps(found) if documents.is_submitted(found) and found.withdrawn_at is None else [],
        offers=offers(found, current_actor()),
        contacts=colleagues.commission_contacts(found.country) if found.is_waiting else [],
    )


@blueprint.get("/applications/<application>/application.pdf")
@requires(Permission.READ_AS_CITY)
def pdf(application: str) -> BaseResponse:
    """The whole application as it stands, to keep and to print."""
    found = sheet(application)
    return hand_out_pdf(documents.application_pdf(found, with_people=True), f"{application}.pdf")
