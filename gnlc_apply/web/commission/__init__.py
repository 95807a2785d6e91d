"""Pages of the National Commissions."""

from flask import Blueprint

blueprint = Blueprint("commission", __name__)
