"""Pages of the administrators, and the director's page of what waits for a second person."""

from flask import Blueprint

from gnlc_apply.core.text import Text
from gnlc_apply.permissions import Permission
from gnlc_apply.web.administration import accounts, hold, invitations, requests
from gnlc_apply.web.rendering import add_room

blueprint = Blueprint("administration", __name__)
for part in (accounts, invitations, requests, hold):
    blueprint.register_blueprint(part.blueprint)

add_room(Permission.MANAGE_ACCOUNTS, "administration.accounts.index", Text("Accounts"))
add_room(Permission.CONFIRM_ACCOUNT_ACT, "administration.requests.index", Text("To confirm"))
