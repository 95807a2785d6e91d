"""The fixture that inspects bytes under a name, and the count of the files that were treated as listed (gate ``uploads``)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gnlc_apply.storage.inspection import Inspection, Outcome, inspect
from tests import proof
from tests.storage.looking import PEAK_KIB, WALL_SECONDS, Look

HAS_PASSED = pytest.StashKey[bool]()
# One file under one name counts once, however many tests look at it.
_COUNTED: set[tuple[str, str]] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember how a test came out: only then is it known whether its files were treated as listed."""
    report = yield
    if call.when == "call":
        item.stash[HAS_PASSED] = report.passed  # type: ignore[attr-defined]  # what pytest hands back here is a report
    return report


@pytest.fixture
def look(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Look]:
    """Inspect bytes under a name; whatever comes out, the limits of the gate were kept and nothing is left of a refusal."""
    looked_at: set[tuple[str, str]] = set()

    def look_at(content: bytes, name: str) -> Inspection:
        looked_at.add((hashlib.sha256(content).hexdigest(), name))
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

    yield look_at
    fresh = looked_at - _COUNTED
    _COUNTED.update(fresh)
    is_right = request.node.stash.get(HAS_PASSED, False)
    proof.reached("uploads", len(fresh) if is_right else 0, 0 if is_right else len(looked_at))
