"""Accounts: registering, signing in, second factors, one's own sessions."""

from flask import Blueprint

from gnlc_apply.web.account import profile, second_factor, signin, signout

blueprint = Blueprint("account", __name__)
for part in (signin, signout, profile, second_factor):
    blueprint.register_blueprint(part.blueprint)
