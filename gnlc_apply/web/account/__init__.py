"""Accounts: registering, signing in, second factors, one's own sessions."""

from flask import Blueprint

from gnlc_apply.web.account import (
    address,
    confirm,
    invitation,
    mailed_code,
    password,
    privacy,
    profile,
    registration,
    second_factor,
    sessions,
    signin,
    signout,
)

blueprint = Blueprint("account", __name__)
for part in (
    signin,
    mailed_code,
    signout,
    registration,
    invitation,
    password,
    second_factor,
    confirm,
    profile,
    privacy,
    address,
    sessions,
):
    blueprint.register_blueprint(part.blueprint)
