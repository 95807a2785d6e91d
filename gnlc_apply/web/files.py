"""Files through the web: taken from a form; documents of our own making handed out."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, request

from gnlc_apply.core.errors import Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.storage.names import content_disposition


def stream_of(name: str) -> BinaryIO:
    """The stream of an uploaded file. Raises Invalid where none was chosen."""
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        words = Text("Choose a file.")
        raise Invalid(words, {name: words})
    return cast(BinaryIO, sent.stream)


def name_of(name: str) -> str:
    """The name under which a file was sent; empty where none was chosen."""
    sent = request.files.get(name)
    return (sent.filename or "") if sent is not None else ""


def hand_out_pdf(content: bytes, name: str) -> Response:
    """A document of our own making, to save."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = content_disposition(name)
    return response
