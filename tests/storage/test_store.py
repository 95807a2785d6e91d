"""Where files are kept: whole or not at all, for nobody else to read, under names that mean nothing."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gnlc_apply.storage.store import Area, LocalStorage, Missing, Storage, new_key, sweep_orphans


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "attachments"


@pytest.fixture
def storage(root: Path) -> LocalStorage:
    return LocalStorage(root)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"content" * 1000)
    return path


def kept(storage: Storage, area: Area) -> list[str]:
    return sorted(storage.keys(area))


def test_what_is_put_can_be_opened_in_its_area_only(storage: LocalStorage, source: Path) -> None:
    key = new_key()
    before = datetime.now(UTC) - timedelta(seconds=2)
    storage.put(Area.SERVED, source, key)
    with storage.open(Area.SERVED, key) as stream:
        assert stream.read() == source.read_bytes()
    found = storage.stat(Area.SERVED, key)
    assert found.size == 7000
    assert before <= found.stored_at <= datetime.now(UTC) + timedelta(seconds=2)
    assert kept(storage, Area.SERVED) == [key]
    assert kept(storage, Area.QUARANTINE) == []
    with pytest.raises(Missing):
        storage.open(Area.QUARANTINE, key)
    with pytest.raises(Missing):
        storage.stat(Area.QUARANTINE, key)


def test_nobody_else_may_read(storage: LocalStorage, root: Path, source: Path) -> None:
    source.chmod(0o644)
    before = os.umask(0)
    try:
        storage.put(Area.QUARANTINE, source, new_key())
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in root.rglob("*") if p.is_file()}
    folders = {stat.S_IMODE(p.stat().st_mode) for p in [root, *root.rglob("*")] if p.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_a_file_is_never_overwritten(storage: LocalStorage, source: Path, tmp_path: Path) -> None:
    key = new_key()
    storage.put(Area.SERVED, source, key)
    other = tmp_path / "other"
    other.write_bytes(b"other")
    with pytest.raises(FileExistsError):
        storage.put(Area.SERVED, other, key)
    with storage.open(Area.SERVED, key) as stream:
        assert stream.read() == source.read_bytes()


def test_keys_are_random_and_nothing_else_is_a_key(storage: LocalStorage, source: Path) -> None:
    assert len({new_key() for _ in range(1000)}) == 1000
    for key in ("../../etc/passwd", "", "x" * 32, "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"):
        with pytest.raises(ValueError, match="32 hexadecimal"):
            storage.put(Area.SERVED, source, key)
        with pytest.raises(ValueError, match="32 hexadecimal"):
            storage.open(Area.SERVED, key)


def test_deleting_twice_is_deleting_once(storage: LocalStorage, source: Path) -> None:
    key = new_key()
    storage.put(Area.SERVED, source, key)
    storage.delete(Area.SERVED, key)
    storage.delete(Area.SERVED, key)
    assert kept(storage, Area.SERVED) == []


def test_nothing_half_is_left_when_the_disk_is_full(
    storage: LocalStorage, root: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        storage.put(Area.SERVED, source, new_key())
    assert [p for p in root.rglob("*") if p.is_file()] == []


def test_a_file_and_its_folder_are_synced_before_put_returns(
    storage: LocalStorage, root: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    synced: list[tuple[bool, bool]] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append((is_folder, (root / "served" / key[:2] / key).exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    storage.put(Area.SERVED, source, key)
    # The content before its name appears, the folder after.
    assert (False, False) in synced
    assert (False, True) not in synced
    assert synced[-1] == (True, True)


def test_a_workspace_is_gone_with_its_content(storage: LocalStorage, root: Path) -> None:
    with storage.workspace() as folder:
        (folder / "a").write_bytes(b"a")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.parent == root / "incoming"
    assert list((root / "incoming").iterdir()) == []


def test_what_a_killed_process_left_is_swept_when_it_is_old(storage: LocalStorage, root: Path) -> None:
    now = datetime.now(UTC)
    assert storage.sweep_incoming(before=now) == 0
    for name, age in (("old", 7200), ("young", 60)):
        folder = root / "incoming" / name
        folder.mkdir(parents=True)
        (folder / "original").write_bytes(b"half")
        moment = now.timestamp() - age
        os.utime(folder, (moment, moment))
    assert storage.sweep_incoming(before=now - timedelta(hours=1)) == 1
    assert [p.name for p in (root / "incoming").iterdir()] == ["young"]


def test_old_files_without_a_row_are_swept_and_no_others(storage: LocalStorage, root: Path, source: Path) -> None:
    known, orphan, young = new_key(), new_key(), new_key()
    now = datetime.now(UTC)
    for key in (known, orphan, young):
        for area in Area:
            storage.put(area, source, key)
    for key in (known, orphan):
        for area in Area:
            moment = now.timestamp() - 7200
            os.utime(root / area.value / key[:2] / key, (moment, moment))
    swept = sweep_orphans(storage, {known}, before=now - timedelta(hours=1))
    assert swept == ((Area.QUARANTINE, orphan), (Area.SERVED, orphan))
    for area in Area:
        assert kept(storage, area) == sorted([known, young])
    assert sweep_orphans(storage, {known}, before=now - timedelta(hours=1)) == ()
