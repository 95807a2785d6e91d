"""Pages of the jurors and the chair."""

from flask import Blueprint

blueprint = Blueprint("jury", __name__)
