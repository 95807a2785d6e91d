"""A real Chromium for the journeys: Debian's, found on the path or named by GNLC_CHROMIUM; none is ever downloaded."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_FLAGS = [
    "--headless",
    "--no-sandbox",  # root, and containers without user namespaces
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    # No call of the browser's own leaves the machine.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]


def executable() -> Path | None:
    """Return the Chromium to use, or None where there is none."""
    if named := os.environ.get("GNLC_CHROMIUM"):
        return Path(named) if os.access(named, os.X_OK) else None
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def available() -> bool:
    """Say whether launch() can work here."""
    return executable() is not None


@contextlib.contextmanager
def launch() -> Iterator[Browser]:
    """Yield a started headless browser and close it afterwards; make one context per person with `browser.new_context()`.

    Starting takes two to five seconds, so share one per test run. Raises RuntimeError where there is no Chromium.
    """
    chromium = executable()
    if chromium is None:
        raise RuntimeError("no Chromium here: apt-get install chromium, or set GNLC_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS, timeout=90_000)
        try:
            yield browser
        finally:
            browser.close()
