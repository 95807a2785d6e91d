"""Handing out attached files: saved, never shown by the browser, never run, never kept by anybody in between."""

from __future__ import annotations

from flask import Response, send_file

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
