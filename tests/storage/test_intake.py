"""A file on its way in, from the stream to two kept copies."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from gnlc_apply.core.errors import Invalid, TooLarge
from gnlc_apply.storage.findings import Finding
from gnlc_apply.storage.inspection import reason_for
from gnlc_apply.storage.intake import receive, take_in
from gnlc_apply.storage.limits import MAX_BYTES
from gnlc_apply.storage.media_types import MediaType
from gnlc_apply.storage.store import Area, LocalStorage
from tests.storage import corpus


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "attachments")


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Endless(io.RawIOBase):
    """A stream without end that counts what is read of it."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        self.given += size
        return b"%PDF-1.7" + bytes(size - 8)


def test_the_original_and_the_clean_copy_are_kept(storage: LocalStorage) -> None:
    content = corpus.full_of_notes_jpeg()
    kept = take_in(storage, io.BytesIO(content), original_name="C:\\Photos\\Fête.JPEG")
    with storage.open(Area.QUARANTINE, kept.key) as stream:
        assert stream.read() == content
    with storage.open(Area.SERVED, kept.key) as stream:
        clean = stream.read()
    assert b"CANARY" not in clean
    assert (kept.original_name, kept.download_name, kept.media_type) == ("Fête.JPEG", "Fête.jpg", MediaType.JPEG)
    assert (kept.size_original, kept.size_clean, kept.pages) == (len(content), len(clean), None)
    assert kept.sha256_original == hashlib.sha256(content).hexdigest()
    assert kept.sha256_clean == hashlib.sha256(clean).hexdigest()


def test_g21_the_same_file_twice_is_two_files(storage: LocalStorage) -> None:
    first, second = (take_in(storage, io.BytesIO(corpus.simple_pdf()), original_name="a.pdf") for _ in range(2))
    assert first.key != second.key
    assert len(list(storage.keys(Area.SERVED))) == 2


def test_a_refused_file_is_kept_nowhere_and_the_reason_stands_at_its_field(
    storage: LocalStorage, tmp_path: Path
) -> None:
    with pytest.raises(Invalid) as refusal:
        take_in(storage, io.BytesIO(corpus.encrypted("secret", "owner")), original_name="a.pdf", field="plan")
    assert refusal.value.fields == {"plan": reason_for(Finding.PROTECTED)}
    assert files_below(tmp_path) == []


def test_reading_stops_at_the_limit(storage: LocalStorage, tmp_path: Path) -> None:
    endless = Endless()
    with pytest.raises(TooLarge, match="10 MB"):
        take_in(storage, endless, original_name="a.pdf")  # type: ignore[arg-type]
    assert MAX_BYTES < endless.given <= MAX_BYTES + 1024 * 1024
    assert files_below(tmp_path) == []


def test_exactly_the_limit_is_received(tmp_path: Path) -> None:
    assert receive(io.BytesIO(bytes(MAX_BYTES)), tmp_path / "a") == MAX_BYTES
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
