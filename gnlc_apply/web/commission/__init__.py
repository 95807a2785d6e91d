"""Pages of the National Commissions."""

from flask import Blueprint

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.web.commission import acts, desk, files
from gnlc_apply.web.rendering import add_room

blueprint = Blueprint("commission", __name__)
for part in (desk, files, acts):
    blueprint.register_blueprint(part.blueprint)

add_room(Permission.SEE_COMMISSION_DESK, "commission.desk.index", Text("National Commission"))
