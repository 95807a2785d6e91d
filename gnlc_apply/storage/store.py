"""Where files are kept. One interface, so that a folder can become an object store without a change above it."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

_KEY = re.compile(r"[0-9a-f]{32}")


class Area(StrEnum):
    """``QUARANTINE``: what was sent, byte for byte, handed out to nobody. ``SERVED``: the cleaned copy."""

    QUARANTINE = "quarantine"
    SERVED = "served"


@dataclass(frozen=True)
class Stat:
    """Size in bytes and the time of storing, aware, in UTC."""

    size: int
    stored_at: datetime


class Missing(LookupError):
    """No file is kept under this key in this area."""


class Storage(Protocol):
    """What a store of files can do. Keys are random and mean nothing; a file, once kept, is never changed."""

    def put(self, area: Area, source: Path, key: str) -> None:
        """Keep a copy of ``source`` under ``key``, safe against a power cut when this returns. FileExistsError if taken."""

    def open(self, area: Area, key: str) -> BinaryIO:
        """The file, for reading; the caller closes it. Raises Missing."""

    def stat(self, area: Area, key: str) -> Stat:
        """Size and age. Raises Missing."""

    def delete(self, area: Area, key: str) -> None:
        """Forget the file; nothing happens if there is none."""

    def keys(self, area: Area) -> Iterator[str]:
        """Every key of an area, in no order."""


def new_key() -> str:
    """A random key of 128 bits: no file can be guessed, and none is named after what somebody typed."""
    return secrets.token_hex(16)


class LocalStorage:
    """Files in a folder of the installation: ``quarantine/`` and ``served/`` (keys spread over 256 folders), ``incoming/``.

    Files have mode 0600 and folders 0700. A file appears under its key whole or not at all: written beside, synced, linked.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, area: Area, source: Path, key: str) -> None:
        """See Storage."""
        target = self._path(area, key)
        self._make_folder(target.parent)
        with self.workspace() as folder:
            copy = folder / key
            with source.open("rb") as incoming, copy.open("xb") as outgoing:
                shutil.copyfileobj(incoming, outgoing, 1024 * 1024)
                outgoing.flush()
                os.fsync(outgoing.fileno())
            copy.chmod(0o600)
            # A link, where a rename would silently replace: two uploads never meet under one key.
            os.link(copy, target)
        _sync_folder(target.parent)

    def open(self, area: Area, key: str) -> BinaryIO:
        """See Storage."""
        try:
            return self._path(area, key).open("rb")
        except FileNotFoundError as problem:
            raise Missing(f"{area.value}/{key}") from problem

    def stat(self, area: Area, key: str) -> Stat:
        """See Storage."""
        try:
            found = self._path(area, key).stat()
        except FileNotFoundError as problem:
            raise Missing(f"{area.value}/{key}") from problem
        return Stat(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, area: Area, key: str) -> None:
        """See Storage."""
        path = self._path(area, key)
        with suppress(FileNotFoundError):
            path.unlink()
            _sync_folder(path.parent)

    def keys(self, area: Area) -> Iterator[str]:
        """See Storage."""
        for path in (self._root / area.value).glob("??/*"):
            if _KEY.fullmatch(path.name):
                yield path.name

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A private folder for a file on its way in; it is gone with all its content when the block ends."""
        incoming = self._root / "incoming"
        self._make_folder(incoming)
        with tempfile.TemporaryDirectory(dir=incoming, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def sweep_incoming(self, *, before: datetime) -> int:
        """Remove folders that a killed process left in ``incoming/`` before that time; returns how many."""
        removed = 0
        for folder in (self._root / "incoming").glob("*"):
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < before.timestamp():
                    shutil.rmtree(folder)
                    removed += 1
        return removed

    @contextmanager
    def kept_whole(self) -> Iterator[None]:
        """While this block runs (a backup is made), no sweep deletes a file; several may run at once."""
        self._make_folder(self._root)
        with (self._root / ".keep").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    @contextmanager
    def sweeping(self) -> Iterator[bool]:
        """Whether files may be deleted in this block: not while somebody needs them all."""
        self._make_folder(self._root)
        with (self._root / ".keep").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _path(self, area: Area, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("a key is 32 hexadecimal digits")
        return self._root / area.value / key[:2] / key

    def _make_folder(self, folder: Path) -> None:
        """Make the folder and those above it up to our root, each for nobody but us."""
        missing = [folder, *folder.parents]
        for one in reversed(missing[: missing.index(self._root) + 1]):
            if not one.is_dir():
                one.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync_folder(one.parent)


def _sync_folder(folder: Path) -> None:
    """Make the entry of a new file in its folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep_orphans(storage: Storage, known: Collection[str], *, before: datetime) -> tuple[tuple[Area, str], ...]:
    """Delete the files stored before ``before`` whose key is not in ``known`` (the keys of all rows); returns them, sorted.

    A file is kept before its row is committed, so a young file without a row may be on its way: leave an hour. Take
    ``known`` from the database first and call this at once: a row that was deleted meanwhile only waits for the next sweep.
    """
    rows = frozenset(known)
    orphans: list[tuple[Area, str]] = []
    for area in Area:
        for key in list(storage.keys(area)):
            if key in rows:
                continue
            with suppress(Missing):
                if storage.stat(area, key).stored_at < before:
                    storage.delete(area, key)
                    orphans.append((area, key))
    return tuple(sorted(orphans))
