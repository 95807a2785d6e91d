"""The power fails while two processes write: what is on the disk at that moment opens whole, with all that was said.

The writers are stopped in the middle of whatever they do, database and log are copied as they lie there, and the writers go on.
The sample takes 20 such copies; ``./dev prove -k power_cut`` 200, in about three minutes.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.services import ledger
from tests import installations
from tests.proof import ROOT, amount, reached

pytestmark = [pytest.mark.proof, pytest.mark.alone]
WRITERS = 2


@contextmanager
def writing(url: str, folder: Path) -> Iterator[tuple[list[subprocess.Popen[bytes]], list[Path]]]:
    """Writers at work for the length of the block, and where each says what was committed."""
    said = [folder / f"said{number}" for number in range(WRITERS)]
    command = [sys.executable, "-m", "tests.faults.writing", url]
    writers = [subprocess.Popen([*command, str(path)], cwd=ROOT) for path in said]
    try:
        deadline = time.monotonic() + 60
        while not all(path.exists() and path.stat().st_size > 3 for path in said):
            assert time.monotonic() < deadline
            assert all(writer.poll() is None for writer in writers)
            time.sleep(0.05)
        yield writers, said
    finally:
        for writer in writers:
            writer.send_signal(signal.SIGCONT)
            writer.kill()
            writer.wait()


@contextmanager
def cut(writers: list[subprocess.Popen[bytes]], said: list[Path], database: Path, copy: Path) -> Iterator[int]:
    """Stop everybody, copy what lies there, let them go on after the block; how many acts had been said to be committed."""
    for writer in writers:
        os.kill(writer.pid, signal.SIGSTOP)
    try:
        sure = sum(path.stat().st_size for path in said)
        for ending in ("", "-wal"):
            if Path(f"{database}{ending}").exists():
                shutil.copyfile(f"{database}{ending}", f"{copy}{ending}")
        yield sure
    finally:
        for writer in writers:
            os.kill(writer.pid, signal.SIGCONT)


def is_whole(copy: Path, sure: int) -> bool:
    """The copy opens; no page, reference, act or link of the chain is broken, and nothing that was said is missing."""
    db.open(f"sqlite:///{copy}")
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        references = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    people, messages, entries = (
        installations.scalar(f"SELECT count(*) FROM {table}")  # noqa: S608 (our own names)
        for table in ("person", "outbox_message", "audit_entry")
    )
    with db.reading() as session:
        verdict = ledger.verify(session)
    db.close()
    is_chain_whole = verdict == ledger.Verdict(entries, None)
    return pages == ["ok"] and not references and people == messages == entries >= sure and is_chain_whole


@pytest.mark.parametrize("engine", ["sqlite"])
def test_whenever_the_power_fails_the_database_opens_whole(database: config.Settings, tmp_path: Path) -> None:
    file = Path(database.database_url.removeprefix("sqlite:///"))
    db.close()
    dice, cuts, wrong, with_log = random.Random(20), amount(20, 200), 0, 0
    with writing(database.database_url, tmp_path) as (writers, said):
        for number in range(cuts):
            time.sleep(dice.uniform(0.0, 0.1))
            copy = tmp_path / f"copy{number}"
            # They stay stopped while it is looked at, so that the chain to walk does not grow meanwhile.
            with cut(writers, said, file, copy) as sure:
                assert sure > 0
                log = Path(f"{copy}-wal")
                with_log += log.exists() and log.stat().st_size > 0
                wrong += not is_whole(copy, sure)
            for left_over in tmp_path.glob(f"copy{number}*"):
                left_over.unlink()
    # It was the log that had to be recovered from, and not a database at rest.
    assert with_log > cuts // 2
    reached("power_cuts", cuts - wrong, wrong)
    assert wrong == 0


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_copy_without_its_log_would_be_found_wanting(database: config.Settings, tmp_path: Path) -> None:
    """The check bites: the same copy, its log lost, lacks what was said."""
    file = Path(database.database_url.removeprefix("sqlite:///"))
    db.close()
    beside = tmp_path / "beside"
    beside.mkdir()
    with (
        writing(database.database_url, tmp_path) as (writers, said),
        cut(writers, said, file, tmp_path / "copy") as sure,
    ):
        for ending in ("", "-wal"):
            shutil.copyfile(f"{tmp_path / 'copy'}{ending}", f"{beside / 'copy'}{ending}")
        assert is_whole(beside / "copy", sure)
        Path(f"{tmp_path / 'copy'}-wal").unlink()
        assert not is_whole(tmp_path / "copy", sure)
