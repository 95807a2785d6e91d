"""Pages of the jurors and the chair."""

from flask import Blueprint

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.web.jury import calibration, files, home, profile, recommendation, reviews
from gnlc_apply.web.rendering import add_room

blueprint = Blueprint("jury", __name__)
for part in (home, profile, calibration, files, reviews, recommendation):
    blueprint.register_blueprint(part.blueprint)

add_room(Permission.SEE_JURY_HOME, "jury.home.page", Text("Jury"))
