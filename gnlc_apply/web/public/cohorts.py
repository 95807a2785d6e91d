"""Announced cohorts for everybody: the list, and each with the release of its day."""

from __future__ import annotations

from flask import Blueprint, Response

from gnlc_apply.queries import registry_history
from gnlc_apply.queries.cohort import release
from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render

blueprint = Blueprint("cohorts", __name__, url_prefix="/cohorts")


@blueprint.get("/")
@public(cache="revalidate")
def index() -> Response:
    """The cohorts that have been announced, the newest first."""
    return render(cohorts=registry_history.cohorts())


@blueprint.get("/<cohort>")
@public(cache="revalidate")
def page(cohort: str) -> Response:
    """One cohort with its release; one not yet announced is not there."""
    return render(release=release(cohort))
