"""Files to hand out: the cleaned copy, to whoever may see the application. The address alone opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Attachment
from gnlc_apply.storage.media_types import MediaType
from gnlc_apply.storage.names import download_name
from gnlc_apply.storage.store import Area, LocalStorage, Missing


@dataclass(frozen=True)
class Served:
    """An open file with what its headers need; the caller closes the stream."""

    stream: BinaryIO
    name: str
    media_type: str
    size: int


def served(application: str, attachment: str, *, with_removed: bool = False) -> Served:
    """The file of this application with this reference, open for reading. Raises NotFound, also for a lost file.

    ``with_removed``: files that were taken off after a version was frozen with them, for readers of that version. Whoever
    calls has made sure that the reader may see the application.
    """
    conditions = [Application.reference == application, Attachment.reference == attachment]
    if not with_removed:
        conditions.append(Attachment.removed_at.is_(None))
    row = db.reader.execute(
        select(Attachment.storage_key, Attachment.name, Attachment.media_type, Attachment.size)
        .join(Application, Application.id == Attachment.application_id)
        .where(*conditions)
    ).one_or_none()
    if row is None:
        raise NotFound()
    media_type = MediaType(row.media_type)
    return _opened(row.storage_key, download_name(row.name, media_type), media_type, row.size)


def served_pdf(key: str | None, name: str, size: int | None) -> Served:
    """The PDF that is kept under this key, under another name. Raises NotFound where there is none, and for a lost file."""
    if key is None or size is None:
        raise NotFound()
    return _opened(key, name, MediaType.PDF, size)


def _opened(key: str, name: str, media_type: MediaType, size: int) -> Served:
    try:
        stream = LocalStorage(config.current().attachments).open(Area.SERVED, key)
    except Missing as missing:
        raise NotFound() from missing
    return Served(stream, name, media_type.value, size)
