"""Pages for everybody."""

from flask import Blueprint

from gnlc_apply.core.text import Text
from gnlc_apply.web.public import accessibility, calls, cohorts, help, home, privacy, registry
from gnlc_apply.web.public.open_data import plain
from gnlc_apply.web.public.words import minute, zone_name
from gnlc_apply.web.rendering import add_room

__all__ = ["blueprint", "plain"]

blueprint = Blueprint("public", __name__)
for part in (home, registry, cohorts, calls, help, accessibility, privacy):
    blueprint.register_blueprint(part.blueprint)

blueprint.add_app_template_filter(minute, "minute")
blueprint.add_app_template_filter(zone_name, "zone_name")

add_room(None, "public.registry.index", Text("Member cities"))
add_room(None, "public.calls.index", Text("Calls"))
