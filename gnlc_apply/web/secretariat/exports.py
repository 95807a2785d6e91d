"""Everything of a call to take away, as a table and as one document, for the secretariat and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Blueprint, Response
from flask_babel import gettext as _

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import call as calls
from gnlc_apply.queries.embargoed import call_record
from gnlc_apply.queries.embargoed.call_record import ApplicationRecord, CallRecord
from gnlc_apply.services.record import notice
from gnlc_apply.storage.names import content_disposition
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat import export_files

blueprint = Blueprint("exports", __name__)

Written = Callable[[CallRecord, Iterator[ApplicationRecord]], Iterator[bytes]]


@blueprint.get("/secretariat/calls/<call>/export")
@requires(Permission.EXPORT_CALL, is_fresh=True)
def page(call: str) -> Response:
    """What the files hold, and the way to them."""
    return render(call=calls.page(call))


def _handed_out(call: str, ending: str, media_type: str, written: Written) -> Response:
    """The file, row by row as it is written; that somebody takes it away is kept first."""
    actor, now = current_actor(), clock.now()
    head = call_record.call_record(actor, now, call)
    notice("exported_call", person_id=actor.person_id, noun="call", note=f"{head.reference} {ending}")
    rows = call_record.applications(actor, now, head)
    response = Response(written(head, rows), mimetype=media_type)
    response.headers["Content-Disposition"] = content_disposition(f"{head.reference}-{_('everything')}.{ending}")
    return response


@blueprint.get("/secretariat/calls/<call>/export.json")
@requires(Permission.EXPORT_CALL, is_fresh=True)
def as_json(call: str) -> Response:
    """The call with its forms, guide and applications as one document."""
    return _handed_out(call, "json", "application/json", export_files.as_json)


@blueprint.get("/secretariat/calls/<call>/export.csv")
@requires(Permission.EXPORT_CALL, is_fresh=True)
def as_csv(call: str) -> Response:
    """The applications as a table for spreadsheets, one line each."""
    return _handed_out(call, "csv", "text/csv", export_files.as_csv)
