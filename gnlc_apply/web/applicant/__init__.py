"""Pages of the city officials."""

from flask import Blueprint

blueprint = Blueprint("applicant", __name__)
