"""Inspection of an attachment: what it is, whether we take it, and a clean copy. The reading is done by a child process."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from gnlc_apply.core.errors import Unavailable
from gnlc_apply.core.text import Text
from gnlc_apply.core.zygote import Zygote, ZygoteLost
from gnlc_apply.storage.findings import Finding
from gnlc_apply.storage.limits import CHILD_SECONDS, MAX_BYTES, MAX_PAGES, MAX_PIXELS
from gnlc_apply.storage.media_types import SIGNATURE_LENGTH, MediaType, by_name, by_signature

log = logging.getLogger(__name__)

CHILD = "gnlc_apply.storage.inspection_child"
_child = Zygote(CHILD)


class Outcome(StrEnum):
    """Taken, or not."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Inspection:
    """What came out of one inspection.

    ``reason``: in words, when refused. ``clean_path``: the copy to serve, when accepted. ``pages``: of a PDF.
    ``sha256_original`` and ``sha256_clean``: hexadecimal. ``peak_kib``: memory the child used, when it came to its end.
    """

    outcome: Outcome
    finding: Finding
    reason: Text | None = None
    media_type: MediaType | None = None
    clean_path: Path | None = None
    pages: int | None = None
    sha256_original: str | None = None
    sha256_clean: str | None = None
    peak_kib: int | None = None


class InspectionFailed(Unavailable):
    """The child process could not do its work for a reason that lies with us, not with the file."""

    def __init__(self) -> None:
        super().__init__(Text("The file could not be looked at just now. Nothing is lost: add it again in a moment."))


def inspect(source: Path, *, original_name: str, clean_path: Path) -> Inspection:
    """Inspect ``source`` and write a clean copy to ``clean_path`` (which must not exist; nothing is left there if refused).

    PDF, JPEG and PNG are taken, where the end of ``original_name``, the first bytes and a real parser agree. Takes up to
    ten seconds: call it before a transaction. Raises InspectionFailed if the child does not run at all, and OSError if
    ``source`` cannot be read.
    """
    media_type, finding = _at_first_sight(source, original_name)
    if media_type is None:
        return _refused(finding)
    digest = sha256_of(source)
    report = _ask_child(media_type, source, clean_path)
    finding = Finding(report["finding"])
    if finding is not Finding.CLEAN:
        clean_path.unlink(missing_ok=True)
        return replace(_refused(finding), media_type=media_type, sha256_original=digest, peak_kib=report["peak_kib"])
    return Inspection(
        Outcome.ACCEPTED,
        finding,
        media_type=media_type,
        clean_path=clean_path,
        pages=report["pages"],
        sha256_original=digest,
        sha256_clean=sha256_of(clean_path),
        peak_kib=report["peak_kib"],
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _at_first_sight(source: Path, original_name: str) -> tuple[MediaType | None, Finding]:
    """What needs no parser: the size, and whether name and first bytes agree."""
    size = source.stat().st_size
    if size == 0:
        return None, Finding.EMPTY
    if size > MAX_BYTES:
        return None, Finding.TOO_LARGE
    promised = by_name(original_name)
    if promised is None:
        return None, Finding.TYPE_NOT_ALLOWED
    with source.open("rb") as stream:
        found = by_signature(stream.read(SIGNATURE_LENGTH))
    return (promised, Finding.CLEAN) if found is promised else (None, Finding.NOT_WHAT_ITS_NAME_SAYS)


def _ask_child(media_type: MediaType, source: Path, target: Path) -> Mapping[str, Any]:
    try:
        done = _child.run(media_type.value, str(source.resolve()), str(target.resolve()), seconds=CHILD_SECONDS)
    except ZygoteLost as problem:
        raise InspectionFailed() from problem
    if done.status is None or done.status < 0:
        # It took too long, or was ended by a signal: out of processor time or memory, or a parser that fell over.
        return {"finding": Finding.TOO_HEAVY.value, "pages": None, "peak_kib": None}
    try:
        report: Mapping[str, Any] = json.loads(done.answer)
    except ValueError as problem:
        log.error("the inspection of a file ended with code %s and no answer", done.status)
        raise InspectionFailed() from problem
    return report


def _refused(finding: Finding) -> Inspection:
    return Inspection(Outcome.REFUSED, finding, reason=reason_for(finding))


def reason_for(finding: Finding) -> Text | None:
    """Why a file is refused and what to do about it, in words for the person who added it; None for CLEAN."""
    return _REASONS[finding]


_REASONS: dict[Finding, Text | None] = {
    Finding.CLEAN: None,
    Finding.EMPTY: Text("The file is empty. Check it on your computer, then add it again"),
    Finding.TOO_LARGE: Text("The file must be smaller than %(megabytes)s MB", megabytes=MAX_BYTES // 1_000_000),
    Finding.TYPE_NOT_ALLOWED: Text("The file must be a PDF, JPEG or PNG"),
    Finding.NOT_WHAT_ITS_NAME_SAYS: Text(
        "The content of the file is not what its name says. Save it again as a PDF, JPEG or PNG, then add it"
    ),
    Finding.UNREADABLE: Text("The file is damaged or incomplete. Open it on your computer, save it again, then add it"),
    Finding.PROTECTED: Text(
        "The PDF is protected by a password or against changes. Remove the protection: open it, choose Print, then Save as PDF"
    ),
    Finding.HAS_ATTACHMENTS: Text(
        "The PDF contains other files. Add each of them as a file of its own, and the PDF without them"
    ),
    Finding.HAS_DYNAMIC_FORM: Text(
        "The PDF is a dynamic form. Open it, choose Print, then Save as PDF, and add the result"
    ),
    Finding.HAS_MEDIA: Text(
        "The PDF contains sound, film or 3D. Save it without them, and give a link to the film instead"
    ),
    Finding.TOO_MANY_PAGES: Text(
        "The PDF must have %(pages)s pages or fewer. Add the pages that matter", pages=MAX_PAGES
    ),
    Finding.TOO_MANY_PIXELS: Text(
        "The picture must have %(megapixels)s million pixels or fewer. Make it smaller, then add it again",
        megapixels=MAX_PIXELS // 1_000_000,
    ),
    Finding.ANIMATED: Text("The picture is animated. Add a still picture"),
    Finding.TOO_HEAVY: Text(
        "The file takes too much time or memory to open. Save a simpler version: in most programs Print, then Save as PDF"
    ),
}
