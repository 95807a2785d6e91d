"""Pages of the city officials."""

from flask import Blueprint

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.web.applicant import (
    applications,
    check,
    colleagues,
    eligibility,
    files,
    outcome,
    place,
    requests,
    sections,
    signature,
    submission,
    withdrawal,
)
from gnlc_apply.web.rendering import add_room

blueprint = Blueprint("applicant", __name__)
for part in (
    eligibility,
    place,
    applications,
    sections,
    files,
    outcome,
    check,
    signature,
    submission,
    colleagues,
    requests,
    withdrawal,
):
    blueprint.register_blueprint(part.blueprint)

add_room(Permission.BEGIN_APPLICATION, "applicant.applications.index", Text("My applications"))
