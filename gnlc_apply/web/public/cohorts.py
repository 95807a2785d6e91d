"""Announced cohorts for everybody: the list, and each with the release of its day."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from markupsafe import Markup

from gnlc_apply.core import clock
from gnlc_apply.queries import registry_history
from gnlc_apply.queries.cohort import announced_at, release
from gnlc_apply.queries.kept import kept
from gnlc_apply.web import languages
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
    # Whether it is public is asked every time; only what it says is kept.
    announced = announced_at(cohort)
    shown = kept("release", lambda: _shown(cohort), cohort, languages.code(), clock.today(), announced)
    return render(reference=cohort, shown=shown)


@dataclass(frozen=True)
class ShownRelease:
    """A release that was written out: it stays as it is until the registry changes."""

    title: str
    content: Markup


def _shown(cohort: str) -> ShownRelease:
    found = release(cohort)
    return ShownRelease(found.words.title, Markup(render_template("public/cohorts/_release.html", release=found)))  # noqa: S704 (a template's own output)
