"""Handing out attached files: saved, never shown by the browser, never run, never kept by anybody in between."""

from __future__ import annotations

from typing import Any

from flask import Response, json, send_file

from gnlc_apply.queries.attachment import Served


def hand_out(file: Served) -> Response:
    """An attachment as a download in a sandbox of its own."""
    response = send_file(
        file.stream,
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
        conditional=False,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = file.size
    return response


def as_file(values: dict[str, Any], name: str) -> Response:
    """Values as a JSON file to keep; nobody in between keeps it."""
    response = Response(json.dumps(values, indent=1) + "\n", mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response
