"""What a process holds for good is not looked through again."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from gnlc_apply.core import residents


class _Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself: Any = self


@pytest.fixture
def _thawed() -> Iterator[None]:
    """The tests' own process goes on as before."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_thawed")
def test_only_what_comes_later_is_collected() -> None:
    before = _Ring()
    was_rubbish, held = weakref.ref(_Ring()), weakref.ref(before)
    residents.settle()
    assert was_rubbish() is None, "rubbish is not kept for good"
    after = weakref.ref(_Ring())
    del before
    gc.collect()
    assert after() is None
    assert held() is not None


def test_the_web_server_settles_before_it_forks() -> None:
    code = """if True:
        import gc
        from gnlc_apply.cli import gunicorn_settings
        print(gunicorn_settings.preload_app, gc.get_freeze_count())
        gunicorn_settings.when_ready(None)
        print(gc.get_freeze_count() > 100_000)"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.split() == ["True", "0", "True"]
