"""Looking at one file of the corpus, with the limits of the upload gate checked each time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from gnlc_apply.storage.findings import Finding
from gnlc_apply.storage.inspection import Inspection, Outcome, reason_for
from tests.storage import corpus

Look = Callable[[bytes, str], Inspection]

PEAK_KIB = 300 * 1024
WALL_SECONDS = 10.0


def refused(found: Inspection) -> Finding:
    assert found.outcome is Outcome.REFUSED
    assert found.reason == reason_for(found.finding) is not None
    return found.finding


def clean_bytes(found: Inspection) -> bytes:
    assert found.outcome is Outcome.ACCEPTED, found
    assert found.clean_path is not None
    content = found.clean_path.read_bytes()
    assert found.sha256_clean == hashlib.sha256(content).hexdigest()
    return content


def unpacked(found: Inspection) -> bytes:
    """The clean PDF with every stream and object stream unpacked, so that nothing can hide in one."""
    return corpus.unpacked(clean_bytes(found))
