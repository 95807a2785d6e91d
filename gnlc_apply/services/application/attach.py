"""Files with captions: taken in before the transaction, limits inside it, so that no row is ever without its file."""

from __future__ import annotations

from typing import Any, BinaryIO

from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.models import ApplicationState, Attachment
from gnlc_apply.permissions import Actor
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire import Form, Kind, Question, UnknownQuestion
from gnlc_apply.questionnaire.cleaning import clean_line
from gnlc_apply.services.application.content import LETTER
from gnlc_apply.services.application.opening import NOT_NAMED, is_open, refuse_unless_editable, returned_keys
from gnlc_apply.services.application.submit import load_for_city
from gnlc_apply.services.application.voiding import void_if_changed
from gnlc_apply.services.command import Unit, command
from gnlc_apply.storage.intake import Kept, take_in
from gnlc_apply.storage.store import LocalStorage
from gnlc_apply.workflow.guards import ApplicationCase

LONGEST_CAPTION = 300


def storage() -> LocalStorage:
    """Where this installation keeps its files."""
    return LocalStorage(config.current().attachments)


def _caption(typed: str) -> str:
    caption = clean_line(typed)
    if not caption or len(caption) > LONGEST_CAPTION:
        words = Text("Say in one sentence what the file shows (up to %(limit)s characters).", limit=LONGEST_CAPTION)
        raise Invalid(words, {"caption": words})
    return caption


def _take_in(*, stream: BinaryIO, name: str, caption: str, **_others: Any) -> dict[str, Any]:
    return {"kept": take_in(storage(), stream, original_name=name), "tidy_caption": _caption(caption)}


def check_and_take_in(*, stream: BinaryIO, name: str, caption: str, **others: Any) -> dict[str, Any]:
    """The prepare step: the caption first, since it costs nothing, then the file."""
    _caption(caption)
    return _take_in(stream=stream, name=name, caption=caption, **others)


@command(check_and_take_in)
def attach(
    unit: Unit,
    *,
    actor: Actor,
    reference: str,
    question_key: str,
    name: str,
    stream: BinaryIO,
    caption: str,
    kept: Kept | None = None,
    tidy_caption: str = "",
) -> str:
    """Attach a file to a question; the attachment's reference.

    Raises TooLarge or Invalid with what is wrong with the file, Conflict where the text is locked or the limit reached.
    """
    case = load_for_city(unit, reference)
    question = _open_question(unit, case, question_key)
    _refuse_beyond_limits(unit, case, question)
    row = keep_row(unit, case.row.id, question_key, kept, tidy_caption)
    unit.note("attached", "application", case.row.id, attachment=row.reference, question=question_key)
    void_if_changed(unit, case.row)
    return row.reference


@command()
def remove_attachment(unit: Unit, *, actor: Actor, reference: str, attachment: str) -> None:
    """Take a file off the application. Versions that were frozen with it keep it."""
    case = load_for_city(unit, reference)
    row = _attached(unit, case, attachment)
    _open_question(unit, case, row.question_key)
    row.removed_at = unit.now
    unit.note("removed_attachment", "application", case.row.id, attachment=attachment)
    void_if_changed(unit, case.row)


@command()
def describe_attachment(unit: Unit, *, actor: Actor, reference: str, attachment: str, caption: str) -> None:
    """Give a file another caption."""
    case = load_for_city(unit, reference)
    row = _attached(unit, case, attachment)
    _open_question(unit, case, row.question_key)
    row.caption = _caption(caption)
    unit.note("described_attachment", "application", case.row.id, attachment=attachment)
    void_if_changed(unit, case.row)


def keep_row(unit: Unit, application_id: int, question_key: str, kept: Kept | None, caption: str) -> Attachment:
    """The row of a file that has been taken in."""
    if kept is None:
        raise ValueError("the file was not taken in")
    row = Attachment(
        reference=reference_number.create("FILE", 7),
        application_id=application_id,
        question_key=question_key,
        name=kept.original_name,
        media_type=kept.media_type.value,
        size=kept.size_clean,
        pages=kept.pages,
        caption=caption,
        storage_key=kept.key,
        sha256_original=kept.sha256_original,
        sha256_clean=kept.sha256_clean,
        uploaded_at=unit.now,
        uploaded_by_id=unit.actor.person_id,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def _attached(unit: Unit, case: ApplicationCase, attachment: str) -> Attachment:
    row = unit.session.scalar(
        select(Attachment).where(
            Attachment.reference == attachment,
            Attachment.application_id == case.row.id,
            Attachment.removed_at.is_(None),
            Attachment.question_key != LETTER,
        )
    )
    if row is None:
        raise NotFound()
    return row


def _open_question(unit: Unit, case: ApplicationCase, key: str) -> Question:
    row = case.row
    until = case.return_due_at if row.state is ApplicationState.RETURNED else case.cities_deadline
    refuse_unless_editable(row.state, case.now, until or case.cities_deadline)
    question = _files_question(form_of(unit.session, row.form_version_id), key)
    named = returned_keys(unit.session, row.id) if row.state is ApplicationState.RETURNED else None
    if not is_open(question, named):
        raise Conflict(NOT_NAMED)
    return question


def _files_question(form: Form, key: str) -> Question:
    try:
        question = form.expand(key)
    except UnknownQuestion as unknown:
        raise NotFound() from unknown
    if question.kind is not Kind.FILES:
        raise NotFound()
    return question


def _refuse_beyond_limits(unit: Unit, case: ApplicationCase, question: Question) -> None:
    form = form_of(unit.session, case.row.form_version_id)
    keys = unit.session.scalars(
        select(Attachment.question_key).where(
            Attachment.application_id == case.row.id,
            Attachment.removed_at.is_(None),
            Attachment.question_key != LETTER,
        )
    ).all()
    if len(keys) >= form.maximum_attachments:
        words = Text("An application can have %(limit)s attachments or fewer", limit=form.maximum_attachments)
        raise Conflict(words, {"file": words})
    if question.maximum is not None and keys.count(question.key) >= question.maximum:
        words = Text("This question can have %(limit)s attachments or fewer", limit=question.maximum)
        raise Conflict(words, {"file": words})
