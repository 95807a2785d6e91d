"""A file on its way in: received up to the limit, inspected, and kept twice, as it came and as it is served."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gnlc_apply.core.errors import Invalid, TooLarge
from gnlc_apply.core.text import Text
from gnlc_apply.storage.findings import Finding
from gnlc_apply.storage.inspection import Inspection, Outcome, inspect, reason_for
from gnlc_apply.storage.limits import MAX_BYTES
from gnlc_apply.storage.media_types import MediaType
from gnlc_apply.storage.names import download_name, plain_name
from gnlc_apply.storage.store import Area, LocalStorage, new_key

_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Kept:
    """What a row about a kept file needs. ``key`` is the same in both areas; sizes in bytes; digests hexadecimal."""

    key: str
    original_name: str
    download_name: str
    media_type: MediaType
    pages: int | None
    size_original: int
    size_clean: int
    sha256_original: str
    sha256_clean: str


def receive(stream: BinaryIO, target: Path) -> int:
    """Write at most ``MAX_BYTES`` of ``stream`` to ``target``; returns the size. Raises TooLarge one byte after that."""
    size = 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as outgoing:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise TooLarge(reason_for(Finding.TOO_LARGE) or Text("The file is too large"))
            outgoing.write(chunk)
    return size


def take_in(storage: LocalStorage, stream: BinaryIO, *, original_name: str, field: str = "file") -> Kept:
    """Receive, inspect and keep one file. Takes seconds: for the ``prepare`` step of a command, before its transaction.

    Raises TooLarge, or Invalid with the reason at ``field``; then nothing is kept. If the transaction that follows does
    not come to its row, the sweep of orphans removes both copies.
    """
    name = plain_name(original_name)
    with storage.workspace() as folder:
        source, clean = folder / "original", folder / "clean"
        size = receive(stream, source)
        found = inspect(source, original_name=name, clean_path=clean)
        if found.reason is not None:
            raise Invalid(found.reason, fields={field: found.reason})
        return _keep(storage, found, source, name, size)


def _keep(storage: LocalStorage, found: Inspection, source: Path, name: str, size: int) -> Kept:
    if found.outcome is not Outcome.ACCEPTED or found.clean_path is None or found.media_type is None:
        raise ValueError("only an accepted file is kept")
    key = new_key()
    storage.put(Area.QUARANTINE, source, key)
    storage.put(Area.SERVED, found.clean_path, key)
    return Kept(
        key=key,
        original_name=name,
        download_name=download_name(name, found.media_type),
        media_type=found.media_type,
        pages=found.pages,
        size_original=size,
        size_clean=found.clean_path.stat().st_size,
        sha256_original=found.sha256_original or "",
        sha256_clean=found.sha256_clean or "",
    )
