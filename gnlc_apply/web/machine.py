"""Addresses for machines: health, robots, who to write to about security."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Blueprint, Response, jsonify

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.queries import readiness
from gnlc_apply.web.access import public

blueprint = Blueprint("machine", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/healthz")
@public(reads_login=False)
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public(reads_login=False)
def readyz() -> tuple[Response, int]:
    """Database, migrations, storage and worker are in order; says only yes or no to each."""
    found = readiness.look()
    if found.database and not found.worker:
        log.warning(
            "the worker has given no sign of life for %s: mail and announcements wait", readiness.WORKER_SILENCE
        )
    return jsonify(found.as_dict()), 200 if found.is_ready else 503


@blueprint.get("/robots.txt")
@public(cache="revalidate")
def robots() -> Response:
    """Robots may read what is public; signed-in rooms refuse them anyway."""
    return Response("User-agent: *\nDisallow: /static/\n", mimetype="text/plain")


@blueprint.get("/.well-known/security.txt")
@public(cache="revalidate")
def security_txt() -> Response:
    """Where to report a weakness."""
    settings = config.current()
    contact = (settings.mail.reply_to or settings.mail.sender).rpartition("<")[2].rstrip(">")
    # Readers must look again from time to time; the day changes, so that an installation that runs never runs out.
    expires = clock.today() + timedelta(days=180)
    text = f"Contact: mailto:{contact}\nPreferred-Languages: en, fr\nExpires: {expires.isoformat()}T00:00:00Z\n"
    return Response(text, mimetype="text/plain")
