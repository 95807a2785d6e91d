"""The fixture that inspects bytes under a name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gnlc_apply.storage.inspection import Inspection, Outcome, inspect
from tests.storage.looking import PEAK_KIB, WALL_SECONDS, Look


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Inspect bytes under a name; whatever comes out, the limits of gate 9 were kept and nothing is left of a refusal."""

    def look_at(content: bytes, name: str) -> Inspection:
        source, clean = tmp_path / "source", tmp_path / "clean"
        source.write_bytes(content)
        clean.unlink(missing_ok=True)
        started = time.monotonic()
        found = inspect(source, original_name=name, clean_path=clean)
        assert time.monotonic() - started <= WALL_SECONDS
        assert found.peak_kib is None or found.peak_kib <= PEAK_KIB
        assert source.read_bytes() == content
        assert clean.exists() is (found.outcome is Outcome.ACCEPTED)
        assert (found.reason is None) is (found.outcome is Outcome.ACCEPTED)
        return found

    return look_at
