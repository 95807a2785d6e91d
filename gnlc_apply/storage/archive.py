"""One file that holds many: a tar archive written and read in one pass, each member hashed on its way, sealed if there is a key.

The last member lists all others with their hashes, so that writing needs no second pass and reading can tell what is
missing, what was added and what was changed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from gnlc_apply.core import sealed_stream

MANIFEST = "manifest.json"
_BLOCK = 1024 * 1024


class Unreadable(ValueError):
    """The archive cannot be used; the words say why and what to do."""


@dataclass(frozen=True)
class Member:
    """One file in an archive."""

    size: int
    sha256: str


class _Hashing(io.RawIOBase):
    """A file that is hashed while somebody reads it."""

    def __init__(self, below: BinaryIO) -> None:
        super().__init__()
        self._below, self.hash = below, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        piece = self._below.read(size)
        self.hash.update(piece)
        return piece


@dataclass
class Writer:
    """An archive on its way to disk."""

    _tar: tarfile.TarFile
    members: dict[str, Member] = field(default_factory=dict)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Put these bytes in under a name."""
        self.add(name, len(content), io.BytesIO(content))

    def add(self, name: str, size: int, source: BinaryIO) -> str:
        """Put a file of this size in under a name; its SHA-256."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        hashing = _Hashing(source)
        self._tar.addfile(entry, cast(BinaryIO, hashing))
        member = Member(size, hashing.hash.hexdigest())
        self.members[name] = member
        return member.sha256

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the list of all members, with further facts beside it. Nothing can be added afterwards."""
        listed = {name: [member.size, member.sha256] for name, member in self.members.items()}
        content = json.dumps({**facts, "members": listed}, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, io.BytesIO(content))


@contextmanager
def writing(target: Path, key: str = "") -> Iterator[Writer]:
    """An archive that stands at ``target`` when the block ends well, and nowhere otherwise. Readable by its owner only.

    Raises FileExistsError when there is one.
    """
    if target.exists():
        raise FileExistsError(f"{target} exists already")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sealer = sealed_stream.Sealer(file, key) if key else None
            below = cast(BinaryIO, _Counted(sealer or file))
            with tarfile.open(fileobj=below, mode="w", format=tarfile.PAX_FORMAT) as tar:
                # Files go through in pieces of this size.
                tar.copybufsize = _BLOCK  # type: ignore[attr-defined]  # an attribute tarfile has but does not declare
                yield Writer(tar)
            if sealer is not None:
                sealer.close()
            file.flush()
            os.fsync(file.fileno())
        # A link, where a rename would silently replace what came to stand there meanwhile.
        os.link(beside, target)
    finally:
        beside.unlink(missing_ok=True)


class _Counted:
    """What tarfile asks of a file it writes to: where it stands, without seeking."""

    def __init__(self, below: Any) -> None:
        self._below, self._at = below, 0

    def write(self, piece: bytes) -> int:
        self._below.write(piece)
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at


def unpack(
    source: Path, key: str, target_of: Callable[[str], Path | None], seen: Callable[[str, int], None]
) -> dict[str, Any]:
    """Unpack an archive to the places that ``target_of`` names (None: no such member belongs here); its manifest.

    Everything is checked: what is missing, added or changed raises Unreadable. ``seen`` is told each name and size.
    """
    try:
        with _opened(source, key) as stream, tarfile.open(fileobj=stream, mode="r|", bufsize=_BLOCK) as tar:
            found, manifest = _unpack_members(tar, target_of, seen)
    except sealed_stream.WrongKey as error:
        raise Unreadable(
            "the archive is sealed with another key: set GNLC_BACKUP_KEY to the one it was made with"
        ) from error
    except sealed_stream.Damaged as error:
        raise Unreadable("the archive is damaged: a part of it was cut off or changed") from error
    except (tarfile.TarError, EOFError, json.JSONDecodeError) as error:
        raise Unreadable(f"the archive is damaged: {error}") from error
    _compare(found, manifest)
    return manifest


@contextmanager
def _opened(source: Path, key: str) -> Iterator[BinaryIO]:
    with source.open("rb") as file:
        is_sealed = sealed_stream.is_sealed(file.read(len(sealed_stream.MAGIC)))
        file.seek(0)
        if not is_sealed:
            yield file
        elif not key:
            raise Unreadable("the archive is sealed: set GNLC_BACKUP_KEY to the key it was made with")
        else:
            yield cast(BinaryIO, io.BufferedReader(sealed_stream.Opener(file, key), _BLOCK))


def _unpack_members(
    tar: tarfile.TarFile, target_of: Callable[[str], Path | None], seen: Callable[[str, int], None]
) -> tuple[dict[str, Member], dict[str, Any]]:
    found: dict[str, Member] = {}
    manifest: dict[str, Any] | None = None
    for entry in tar:
        content = tar.extractfile(entry) if entry.isreg() else None
        target = None if entry.name == MANIFEST else target_of(entry.name)
        if content is None or entry.name in found or manifest is not None:
            raise Unreadable(f"the archive holds something that does not belong there: {entry.name}")
        if entry.name == MANIFEST:
            manifest = json.loads(content.read())
            continue
        if target is None:
            raise Unreadable(f"the archive holds something that does not belong there: {entry.name}")
        found[entry.name] = _copy(cast(BinaryIO, content), target)
        seen(entry.name, entry.size)
    if manifest is None:
        raise Unreadable("the archive is not whole: its list of contents is missing")
    return found, manifest


def _copy(content: BinaryIO, target: Path) -> Member:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashing, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := content.read(_BLOCK):
            hashing.update(piece)
            file.write(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return Member(size, hashing.hexdigest())


def _compare(found: dict[str, Member], manifest: dict[str, Any]) -> None:
    listed = {name: Member(size, sha256) for name, (size, sha256) in manifest["members"].items()}
    wrong = {
        "missing": sorted(listed.keys() - found.keys()),
        "not in the list": sorted(found.keys() - listed.keys()),
        "changed": sorted(name for name in listed.keys() & found.keys() if listed[name] != found[name]),
    }
    for problem, names in wrong.items():
        if names:
            raise Unreadable(f"the archive is damaged: {problem}: {', '.join(names[:3])} ({len(names)} in all)")
