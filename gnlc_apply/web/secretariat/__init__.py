"""Pages of the secretariat."""

from flask import Blueprint

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.web.rendering import add_room
from gnlc_apply.web.secretariat import (
    announcement,
    applications,
    assignments,
    calibration,
    calls,
    cohorts,
    decisions,
    exports,
    extensions,
    extra_readers,
    feedback,
    gates,
    home,
    jurors,
    jury_report,
    mail,
    papers,
    places,
    ranking,
    screening,
)

blueprint = Blueprint("secretariat", __name__)
for part in (
    home,
    calls,
    gates,
    extensions,
    places,
    applications,
    screening,
    papers,
    mail,
    decisions,
    feedback,
    cohorts,
    announcement,
    jurors,
    calibration,
    assignments,
    ranking,
    extra_readers,
    jury_report,
    exports,
):
    blueprint.register_blueprint(part.blueprint)

add_room(Permission.SEE_SECRETARIAT, "secretariat.home.page", Text("Today"))
add_room(Permission.RUN_CALL, "secretariat.calls.index", Text("Calls and files"))
add_room(Permission.SEE_MAIL, "secretariat.mail.index", Text("Mail"))
add_room(Permission.PREPARE_COHORT, "secretariat.cohorts.index", Text("Cohorts"))
