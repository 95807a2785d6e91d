"""The log: one line of JSON for each request and each fault, without addresses, queries, tokens or names."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from gnlc_apply import config

log = logging.getLogger("gnlc_apply.requests")

# Links in mails carry secrets as one long segment of the path; reference numbers are shorter.
_SECRET_SEGMENT = re.compile(r"[A-Za-z0-9_-]{24,}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def masked_path(path: str) -> str:
    """The path with every segment that may be a secret replaced."""
    return "/".join("***" if _SECRET_SEGMENT.fullmatch(part) else part for part in path.split("/"))


class JsonLines(logging.Formatter):
    """Each record as one JSON object on one line, so that nothing logged can pretend to be another line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["fault"] = self.formatException(record.exc_info)
        # In ASCII: JSON alone would leave marks that turn the direction, U+2028 and C1 controls as they are, and a lone
        # surrogate could not be written at all.
        return json.dumps(entry)


def configure() -> None:
    """Send the product's log to standard error as JSON. For servers and workers; tests and commands leave it alone."""
    # No line shows them, and to look them up takes longer than to write the line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    ours = logging.getLogger("gnlc_apply")
    ours.handlers = [handler]
    ours.setLevel(logging.INFO)
    ours.propagate = False


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "") if config.current().proxy_count else ""
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.request_began = time.monotonic()


def _end(response: Response) -> Response:
    request_id = g.get("request_id", "")
    response.headers["X-Request-ID"] = request_id
    actor = g.get("actor")
    log.info(
        "request",
        extra={
            "fields": {
                "request": request_id,
                "method": request.method,
                "path": masked_path(request.path)[:300],
                "endpoint": request.endpoint or "",
                "status": response.status_code,
                "milliseconds": round((time.monotonic() - g.get("request_began", time.monotonic())) * 1000),
                "person": actor.person_id if actor is not None else None,
            }
        },
    )
    return response


def init_app(app: Flask) -> None:
    """Number every request and write a line about it when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)
