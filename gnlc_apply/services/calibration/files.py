"""The files of a round: added as text or PDF, put in order, taken off. They come from earlier calls, without names."""

from __future__ import annotations

from typing import Any, BinaryIO

from sqlalchemy import delete

from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import CalibrationFile
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed.calibration_rows import files_of
from gnlc_apply.questionnaire.cleaning import clean_line, clean_text
from gnlc_apply.services.application.attach import storage
from gnlc_apply.services.calibration.finding import file_of, of_officer, refuse_unless_preparing
from gnlc_apply.services.command import Unit, command
from gnlc_apply.storage.intake import Kept, take_in
from gnlc_apply.storage.media_types import MediaType
from gnlc_apply.workflow.calibration import MOST_FILES

LONGEST_TITLE, LONGEST_TEXT = 200, 60_000


def _take_in(
    *, actor: Actor, title: str, words: str = "", stream: BinaryIO | None = None, name: str = "", **_others: Any
) -> dict[str, Any]:
    """What costs nothing is refused before the file is inspected."""
    require(actor, Permission.RUN_CALL)
    tidy_title, tidy_words, problems = clean_line(title), clean_text(words), {}
    if not tidy_title or len(tidy_title) > LONGEST_TITLE:
        problems["title"] = Text("Give the file a title that names no city (up to %(limit)s characters).", limit=200)
    if len(tidy_words) > LONGEST_TEXT:
        problems["words"] = Text("This is too long.")
    if bool(tidy_words) == (stream is not None):
        problems["file"] = Text("Give either a text or a PDF.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    kept = take_in(storage(), stream, original_name=name) if stream is not None else None
    if kept is not None and kept.media_type is not MediaType.PDF:
        words_against = Text("The file must be a PDF.")
        raise Invalid(words_against, {"file": words_against})
    return {"kept": kept, "tidy": (tidy_title, tidy_words)}


@command(_take_in)
def add_file(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    title: str,
    words: str = "",
    stream: BinaryIO | None = None,
    name: str = "",
    kept: Kept | None = None,
    tidy: tuple[str, str] = ("", ""),
) -> str:
    """Add a calibration file at the end, as text or as PDF; its reference.

    Raises TooLarge or Invalid with what is wrong with the file, Conflict once the round is open or has enough files.
    """
    _row, found = of_officer(unit, call)
    refuse_unless_preparing(found)
    files = files_of(unit.session, found.id)
    if len(files) >= MOST_FILES:
        raise Conflict(Text("A round has %(most)s calibration files or fewer.", most=MOST_FILES))
    row = CalibrationFile(reference=reference_number.create("CAL", 7), round_id=found.id, added_at=unit.now)
    row.position = max((file.position for file in files), default=0) + 1
    row.title, row.words = tidy
    if kept is not None:
        row.storage_key, row.size, row.pages = kept.key, kept.size_clean, kept.pages
        row.sha256_original, row.sha256_clean = kept.sha256_original, kept.sha256_clean
    unit.session.add(row)
    unit.session.flush()
    unit.note("added_file", "calibration", found.id, file=row.reference)
    return row.reference


@command()
def remove_file(unit: Unit, *, actor: Actor, call: str, file: str) -> None:
    """Take a file off a round that is in preparation."""
    _row, found = of_officer(unit, call)
    refuse_unless_preparing(found)
    row = file_of(unit.session, found.id, file)
    unit.session.execute(delete(CalibrationFile).where(CalibrationFile.id == row.id))
    unit.note("removed_file", "calibration", found.id, file=file)


@command()
def move_up(unit: Unit, *, actor: Actor, call: str, file: str) -> None:
    """Let a file change places with the one before it; nothing happens to the first."""
    _row, found = of_officer(unit, call)
    refuse_unless_preparing(found)
    files = files_of(unit.session, found.id)
    row = file_of(unit.session, found.id, file)
    before = [one for one in files if one.position < row.position]
    if before:
        before[-1].position, row.position = row.position, before[-1].position
        unit.note("moved_file", "calibration", found.id, file=file)
