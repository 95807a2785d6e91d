"""One file on the Commission's desk: the text as it was submitted, and what can be done with it."""

from __future__ import annotations

from flask import Blueprint, Response

from gnlc_apply.core.errors import NotFound
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import file as files
from gnlc_apply.queries import file_record
from gnlc_apply.queries.attachment import served
from gnlc_apply.services import endorsement, offers
from gnlc_apply.web import reading
from gnlc_apply.web.access import requires
from gnlc_apply.web.handing_out import hand_out
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("files", __name__)


@blueprint.get("/commission/files/<application>")
@requires(Permission.READ_AS_COMMISSION)
def page(application: str) -> Response:
    """The whole application as it was submitted. The first opening is recorded: the city sees that there was one."""
    actor = current_actor()
    file = files.summary(actor, Permission.READ_AS_COMMISSION, application)
    if file.opened_at is None:
        endorsement.record_opening(actor=actor, reference=application)
    text = files.text(file)
    return render(
        file=file,
        text=text,
        sections=reading.sections(text),
        attachments=files.attachments(file, text),
        endorsements=file_record.endorsements(file),
        objections=file_record.objections(file),
        requests=file_record.requests(file),
        missing_signatures=file_record.missing_signatures(file, text.answers),
        offers=offers.offers(actor, application),
        label_of=lambda key: reading.label_of(text.form, key),
    )


@blueprint.get("/commission/files/<application>/versions/<int:number>")
@requires(Permission.READ_AS_COMMISSION)
def version(application: str, number: int) -> Response:
    """A version that was submitted, and what it changed."""
    file = files.summary(current_actor(), Permission.READ_AS_COMMISSION, application)
    text = files.text(file, number)
    return render(
        file=file,
        text=text,
        sections=reading.sections(text),
        changes=reading.changes(text.form, text.changes),
    )


@blueprint.get("/commission/files/<application>/attachments/<attachment>")
@requires(Permission.READ_AS_COMMISSION)
def attachment(application: str, attachment: str) -> Response:
    """An attached file of the version that is before the Commission."""
    file = files.summary(current_actor(), Permission.READ_AS_COMMISSION, application)
    if attachment not in {row.reference for row in files.attachments(file, files.text(file))}:
        raise NotFound()
    return hand_out(served(application, attachment, with_removed=True))
