"""A zygote forks a child for each piece of work; whatever becomes of it, the next question is answered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gnlc_apply.core.zygote import Ended, Zygote, ZygoteLost
from gnlc_apply.storage.inspection import CHILD
from tests.storage import corpus

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    made = Zygote(CHILD)
    yield made
    made.stop()


def look(zygote: Zygote, folder: Path, number: int = 0, seconds: float = 20) -> Ended:
    source = folder / f"{number}.pdf"
    source.write_bytes(corpus.simple_pdf())
    return zygote.run("application/pdf", str(source), str(folder / f"{number}.clean"), seconds=seconds)


def process_of(zygote: Zygote) -> int:
    assert zygote._process is not None
    return zygote._process.pid


def test_many_at_once_each_get_their_own_answer(zygote: Zygote, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        ended = list(threads.map(lambda number: look(zygote, tmp_path, number), range(24)))
    assert [one.status for one in ended] == [0] * 24
    assert [json.loads(one.answer)["finding"] for one in ended] == ["clean"] * 24
    assert len(list(tmp_path.glob("*.clean"))) == 24


def test_one_that_was_killed_is_replaced(zygote: Zygote, tmp_path: Path) -> None:
    look(zygote, tmp_path)
    first = process_of(zygote)
    os.kill(first, signal.SIGKILL)
    assert look(zygote, tmp_path, 1).status == 0
    assert process_of(zygote) != first


def test_one_that_hangs_is_ended_and_replaced(zygote: Zygote, tmp_path: Path) -> None:
    look(zygote, tmp_path)
    first = process_of(zygote)
    os.kill(first, signal.SIGSTOP)
    assert look(zygote, tmp_path, 1, seconds=0.2) == Ended(None, b"")
    assert look(zygote, tmp_path, 2).status == 0
    assert not Path(f"/proc/{first}").exists()


def test_a_child_that_takes_too_long_is_ended_and_the_zygote_stays(zygote: Zygote, tmp_path: Path) -> None:
    look(zygote, tmp_path)
    first = process_of(zygote)
    fifo = tmp_path / "never.pdf"
    os.mkfifo(fifo)
    late = zygote.run("application/pdf", str(fifo), str(tmp_path / "never.clean"), seconds=0.5)
    assert late == Ended(None, b"")
    assert look(zygote, tmp_path, 2).status == 0
    assert process_of(zygote) == first
    children = Path(f"/proc/{first}/task/{first}/children")
    assert children.read_text() == ""


def test_a_module_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ZygoteLost):
        look(Zygote("gnlc_apply.storage.nothing_here"), tmp_path)


def test_it_ends_with_the_process_that_asked(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from tests.core.test_zygote import *; zygote = Zygote(CHILD);"
        "look(zygote, Path(sys.argv[1])); print(process_of(zygote), flush=True); os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    left, deadline = Path(f"/proc/{done.stdout.strip()}"), time.monotonic() + 20
    while left.exists() and "Z" not in (left / "stat").read_text().split()[2] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left.exists() or "Z" in (left / "stat").read_text().split()[2]
