"""``gnlc upgrade``: a backup first, as a whole or not at all, one at a time; an old process leaves a new schema alone."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries.readiness import migrations, newest_migration
from gnlc_apply.scenarios.worker import Worker
from gnlc_apply.services.command import Unit, command
from tests import installations
from tests.cli.conftest import GNLC, Installation


def execute(installation: Installation, statement: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(installation.folder / "gnlc.sqlite3")
    found = connection.execute(statement).fetchall()
    connection.commit()
    connection.close()
    return found


def at(installation: Installation) -> str:
    return execute(installation, "SELECT version_num FROM alembic_version")[0][0]


@pytest.fixture(scope="module")
def older_one(fresh: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with one account and a database that stands at the first migration, to copy.

    Each start of the program takes seconds on a busy machine, so what all these tests begin with is made once.
    """
    folder = tmp_path_factory.mktemp("older") / "instance"
    shutil.copytree(fresh.folder, folder)
    made = Installation(folder, {**fresh.environment, "GNLC_INSTANCE": str(folder)})
    assert made.gnlc("accounts", "create", "a@office.example", "--name", "Ada").returncode == 0
    assert made.gnlc("downgrade", migrations()[0], "--yes").returncode == 0
    assert at(made) == migrations()[0]
    return made


@pytest.fixture
def older(older_one: Installation, tmp_path: Path) -> Installation:
    """A copy of it for one test."""
    folder = tmp_path / "instance"
    shutil.copytree(older_one.folder, folder)
    return Installation(folder, {**older_one.environment, "GNLC_INSTANCE": str(folder)})


def backups(installation: Installation) -> list[str]:
    return sorted(path.name for path in (installation.folder / "backups").glob("before-upgrade-*"))


def test_it_makes_a_backup_first_that_can_be_restored(older: Installation) -> None:
    done = older.gnlc("upgrade")
    assert done.returncode == 0, done.stderr
    assert at(older) == newest_migration()
    (archive,) = backups(older)
    execute(older, "UPDATE person SET name = 'changed since'")
    restored = older.gnlc("restore", str(older.folder / "backups" / archive), "--replace")
    assert restored.returncode == 0, restored.stderr
    assert execute(older, "SELECT email, name FROM person") == [("a@office.example", "Ada")]
    again = older.gnlc("upgrade")
    assert again.stdout == f"The database is at {newest_migration()} already.\n"
    assert backups(older) == [archive]


def test_only_the_newest_backups_are_kept(older: Installation) -> None:
    earlier = [f"before-upgrade-2026010{day}T000000000000Z.gnlc" for day in (1, 2, 3)]
    for name in earlier:
        (older.folder / "backups").mkdir(exist_ok=True)
        (older.folder / "backups" / name).write_bytes(b"an earlier backup")
    assert older.gnlc("upgrade", GNLC_BACKUPS_KEPT="2").returncode == 0
    newest = backups(older)
    assert (len(newest), newest[0]) == (2, earlier[-1])


def test_a_migration_that_fails_changes_nothing_and_says_so(older: Installation) -> None:
    connection = sqlite3.connect(older.folder / "gnlc.sqlite3")
    # Something stands where the migration wants to put its column.
    connection.execute("ALTER TABLE instance ADD COLUMN restored_from DATETIME")
    connection.commit()
    before = "\n".join(connection.iterdump())
    failed = older.gnlc("upgrade")
    assert failed.returncode == 1
    words = f"The upgrade failed and nothing was changed: the database is at {migrations()[0]} as before."
    assert words in failed.stderr
    assert "backups/before-upgrade-" in failed.stderr
    assert "\n".join(connection.iterdump()) == before
    connection.close()


def test_without_a_backup_nothing_is_upgraded(older: Installation) -> None:
    shutil.rmtree(older.folder / "backups", ignore_errors=True)
    (older.folder / "backups").write_text("a file where a folder should be")
    failed = older.gnlc("upgrade")
    assert (failed.returncode, "no backup could be made" in failed.stderr) == (1, True)
    assert at(older) == migrations()[0]
    assert older.gnlc("upgrade", "--without-backup").returncode == 0


def test_two_that_start_together_migrate_once(older: Installation) -> None:
    together = [
        subprocess.Popen(
            [*GNLC, "upgrade", "--without-backup"],
            env=older.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _one in range(2)
    ]
    said = [process.communicate(timeout=110) for process in together]
    assert [process.returncode for process in together] == [0, 0], said
    assert at(older) == newest_migration()


@command()
def write_to(unit: Unit, *, actor: Actor, email: str) -> None:
    """A message for the worker to deliver."""
    unit.send(Message("test", email, {"name": ""}))


@pytest.mark.postgres
def test_an_old_worker_leaves_a_new_schema_alone(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    write_to(actor=SYSTEM, email="a@example.org")
    with app.app_context():
        old = Worker()
        with db.writing() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert old.step().sent == old.step().failed == 0
        assert installations.scalar("SELECT state FROM outbox_message") == "queued"
        assert installations.scalar("SELECT worker_seen_at FROM instance") is None
        assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
            f"the database is not at migration {newest_migration()}: this worker waits to be replaced"
        ]
        assert app.test_client().get("/readyz").status_code == 503
        with db.writing() as session:
            again = text("UPDATE alembic_version SET version_num = :number")
            session.execute(again, {"number": newest_migration()})
        old.step()
        assert installations.scalar("SELECT worker_seen_at FROM instance") is not None
        assert app.test_client().get("/readyz").status_code == 200


def test_going_down_asks_first_because_it_can_lose_what_has_no_place(installation: Installation) -> None:
    unasked = installation.gnlc("downgrade", migrations()[0])
    assert unasked.returncode == 1
    assert "can lose data" in unasked.stdout
    assert at(installation) == newest_migration()
