"""The copy of the checkout that faults are planted in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.planted import planting


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout, copied once for all faults of a process."""
    return planting.copied(tmp_path_factory.mktemp("planted"))
