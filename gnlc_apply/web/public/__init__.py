"""Pages for everybody."""

from flask import Blueprint

from gnlc_apply.web.public import accessibility, help, home, privacy

blueprint = Blueprint("public", __name__)
for part in (home, help, accessibility, privacy):
    blueprint.register_blueprint(part.blueprint)
