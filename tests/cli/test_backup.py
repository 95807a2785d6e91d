"""``gnlc backup``, ``restore`` and ``release-hold`` as programs, from one machine to another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Installation

KEY = "a key of forty characters for tests only"
PEOPLE = (("adam@office.example", "administrator"), ("dora@office.example", "director"))


def elsewhere(installation: Installation, folder: Path) -> Installation:
    """Another machine, with nothing but the secret key."""
    folder.mkdir()
    shutil.copy(installation.folder / "secret_key", folder)
    return Installation(folder, {**installation.environment, "GNLC_INSTANCE": str(folder)})


def held(installation: Installation) -> str:
    findings = json.loads(installation.gnlc("doctor", "--json").stdout)["findings"]
    return str(next(finding["words"] for finding in findings if finding["name"] == "held"))


def test_from_one_machine_to_another_and_released_by_a_named_person(installation: Installation, tmp_path: Path) -> None:
    for email, role in PEOPLE:
        assert installation.gnlc("accounts", "create", email, "--name", "Ada", "--role", role).returncode == 0
    made = installation.gnlc("backup", GNLC_BACKUP_KEY=KEY)
    assert made.returncode == 0, made.stderr
    assert "sealed" in made.stdout
    archive = next((installation.folder / "backups").iterdir())
    assert archive.name.endswith(".gnlc.sealed")

    there = elsewhere(installation, tmp_path / "elsewhere")
    wrong = there.gnlc("restore", str(archive), GNLC_BACKUP_KEY="x" * 40)
    assert wrong.returncode == 1
    assert wrong.stderr.splitlines()[-1].startswith(
        "Error: Nothing was restored: the archive is sealed with another key"
    )
    done = there.gnlc("restore", str(archive), GNLC_BACKUP_KEY=KEY)
    assert done.returncode == 0, done.stderr
    assert "It is HELD" in done.stdout
    assert sorted(path.name for path in there.folder.iterdir()) == ["attachments", "gnlc.sqlite3", "secret_key"]
    assert there.gnlc("audit", "verify").returncode == 0
    assert held(there).startswith("restored from a backup of ")
    assert "held" in there.gnlc("accounts", "create", "x@office.example", "--name", "X").stderr

    stranger = there.gnlc("release-hold", "--by", "nobody@office.example", "--yes")
    assert (stranger.returncode, "is not the address" in stranger.stderr) == (1, True)
    assert held(there).startswith("restored")
    released = there.gnlc("release-hold", "--by", "dora@office.example", "--yes")
    assert (released.returncode, released.stdout) == (0, "Released by Ada. 0 messages were discarded.\n")
    assert held(there) == "no"
    again = there.gnlc("release-hold", "--by", "dora@office.example", "--yes")
    assert (again.returncode, "Nothing is held any more" in again.stderr) == (1, True)


def test_into_a_folder_that_holds_something_it_is_not_restored(installation: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "a.gnlc"
    assert installation.gnlc("backup", str(archive)).returncode == 0
    assert installation.gnlc("accounts", "create", "a@office.example", "--name", "Ada").returncode == 0
    refused = installation.gnlc("restore", str(archive))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    assert "a@office.example" in installation.gnlc("accounts", "list").stdout
    replaced = installation.gnlc("restore", str(archive), "--replace")
    assert replaced.returncode == 0, replaced.stderr
    assert installation.gnlc("accounts", "list").stdout == ""


def test_no_archive_no_change(installation: Installation, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"rubbish" * 1000)
    for arguments in (("restore", str(rubbish)), ("restore", str(rubbish), "--replace")):
        done = installation.gnlc(*arguments)
        assert done.returncode == 1
        assert "Nothing was restored: the archive is damaged" in done.stderr
    assert held(installation) == "no"


def test_a_short_key_is_refused(installation: Installation) -> None:
    done = installation.gnlc("backup", GNLC_BACKUP_KEY="short")
    assert (done.returncode, "at least 32 random characters" in done.stderr) == (1, True)
