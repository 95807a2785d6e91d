"""Pages of whoever signs for the city, opened by a personal link."""

from flask import Blueprint

from gnlc_apply.web.signatory import signing

blueprint = Blueprint("signatory", __name__)
blueprint.register_blueprint(signing.blueprint)
