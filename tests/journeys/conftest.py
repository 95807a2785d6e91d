"""A living site for each journey, on the engine of the run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from gnlc_apply import config
from tests.journeys.site import Site, serving


@pytest.fixture
def site(settings: config.Settings, frozen_clock: datetime, tmp_path: Path, chromium: Browser) -> Iterator[Site]:
    """The site, served; afterwards no browser may have complained and no page may have failed."""
    with serving(settings, tmp_path, chromium) as running:
        yield running
        assert running.complaints == []
