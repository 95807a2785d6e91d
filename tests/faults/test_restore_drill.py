"""The drill: a large installation is lost and comes back from its backup, every hash compared, in time; and under load.

The sample restores 500 applications and 20 MB; ``./dev prove -k restore_drill`` 5,000 and 2 GB, in about ten minutes with what
builds them. The time of the whole alone is judged, by the gate ``restore_drill_s``.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import instance
from gnlc_apply.services import backup, ledger, outbox
from gnlc_apply.storage.store import Area, LocalStorage
from tests import installations, many_files
from tests.faults.writing import write
from tests.proof import IS_WHOLE, amount, measured, reached
from tests.services.backup.ground import silently

pytestmark = [pytest.mark.proof, pytest.mark.alone]
MEGABYTE = 1024**2


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_large_installation_comes_back_in_time(database: config.Settings, engine: str, tmp_path: Path) -> None:
    applications, size = amount(500, 5000), amount(20, 2048) * MEGABYTE
    many_files.build(applications, size, database.attachments)
    made = backup.make(tmp_path / "drill.gnlc")
    assert made.is_whole
    with installations.beside(database, tmp_path / "there", engine) as there:
        began = time.monotonic()
        done = backup.restore(made.path, tell=silently)
        took = time.monotonic() - began
        assert done.manifest.bytes == size // (2 * applications) * 2 * applications
        assert installations.scalar("SELECT count(*) FROM application") == applications
        storage = LocalStorage(there.attachments)
        files = sum(1 for area in Area for _key in storage.keys(area))
        assert instance.is_held_now()
        assert not outbox.is_anything_due(clock.now() + timedelta(days=365))
    reached("restore_drill_files", files, 2 * applications - files)
    assert files == 2 * applications
    if IS_WHOLE:
        measured("restore_drill_s", took)


@pytest.mark.postgres
def test_a_backup_made_while_others_write_is_of_one_moment(
    database: config.Settings, engine: str, tmp_path: Path
) -> None:
    stop, written = threading.Event(), [0, 0]

    def work(number: int) -> None:
        while not stop.is_set():
            write(actor=SYSTEM)
            written[number] += 1

    writers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for writer in writers:
        writer.start()
    archives = []
    try:
        for number in range(amount(3, 20)):
            time.sleep(0.3)
            before = sum(written)
            archives.append((before, backup.make(tmp_path / f"{number}.gnlc"), sum(written)))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    # They did write meanwhile.
    assert any(after > before for before, _made, after in archives)
    for number, (before, made, after) in enumerate(archives):
        rows = made.manifest.rows
        assert rows["person"] == rows["outbox_message"] == rows["audit_entry"] == rows["audit_detail"]
        assert before <= rows["person"] <= after + 2
        with installations.beside(database, tmp_path / f"there{number}", engine):
            backup.restore(made.path, tell=silently)
            with db.reading() as session:
                assert ledger.verify(session).first_broken is None
