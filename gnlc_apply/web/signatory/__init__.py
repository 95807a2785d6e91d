"""Pages of whoever signs for the city, opened by a personal link."""

from flask import Blueprint

blueprint = Blueprint("signatory", __name__)
