"""When a request had arrived complete: the moment that counts for a deadline, taken before anything else is done."""

from __future__ import annotations

from flask import Flask, current_app, request
from gunicorn.http.errors import NoMoreData, ParseException  # type: ignore[import-untyped]  # it has no types
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout

from gnlc_apply.core import clock

MOST_FIELDS = 10_000
"""Fields of one form: several for each file of the largest call that one page shows. A multipart form has a limit of its own."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
"""What the body of a request may be."""


def init_app(app: Flask) -> None:
    """Look at the clock once the whole request is there, before anything else can take time."""
    app.before_request(record)
    app.teardown_request(forget)


def record() -> None:
    """Read the whole body, of whatever kind, then look at the clock. Whoever asks what counts asks ``clock.arrived``."""
    # A thread serves one request after another: what the last one left must not count for this one.
    clock.set_arrival(None)
    if request.method not in ("GET", "HEAD"):
        if request.mimetype != "multipart/form-data":
            # Read in one piece, which the limit for the fields of a multipart form does not touch.
            request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
        _read_all()
    clock.set_arrival(clock.now())
    if request.method not in ("GET", "HEAD"):
        _require_a_form()


def _read_all() -> None:
    """Read the body. Raises BadRequest where it comes in pieces that are not as long as they say, or ends before its end,
    RequestTimeout where nothing more comes.
    """
    try:
        request.get_data(parse_form_data=True)
    except TimeoutError as error:
        raise RequestTimeout() from error
    except (ParseException, NoMoreData) as error:
        # The server finds out only while it is read; it is no fault of ours.
        raise BadRequest() from error


def _require_a_form() -> None:
    """Raise what fits where the body is no form, its fields are endless, or a part has no name: no page of ours sends it."""
    # JSON would be taken for the fields of a form, whatever it is made of.
    if request.mimetype not in FORMS and request.get_data():
        raise BadRequest()
    if sum(map(len, request.form.listvalues())) > MOST_FIELDS:
        raise RequestEntityTooLarge()
    if None in request.form or None in request.files:
        raise BadRequest()


def forget(_error: BaseException | None) -> None:
    """The request is answered: what this thread does next did not arrive with it."""
    clock.set_arrival(None)
