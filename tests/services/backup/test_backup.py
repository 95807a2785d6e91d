"""A backup holds everything, comes back equal on either engine, and is refused when anything of it is not as it was."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import Attachment, AuditEntry, Person
from gnlc_apply.queries.readiness import newest_migration
from gnlc_apply.scenarios import invented_files
from gnlc_apply.services import backup, calibration, ledger, schema
from gnlc_apply.services.backup import Refused, tables
from gnlc_apply.storage.archive import MANIFEST, Unreadable
from gnlc_apply.storage.store import Area, LocalStorage
from tests import installations
from tests.calibration_world import Calibration
from tests.services.backup.ground import lived_in, made, silently

# What a restore changes on purpose: the hold and its entry in the record.
CHANGED = {"instance", "audit_entry", "audit_detail", "audit_head", "web_session", "one_time_token", "form_key"}


def other(engine: str) -> str:
    return "sqlite" if engine == "postgresql" else "postgresql"


def everything() -> dict[str, list[tuple[bytes, ...]]]:
    return {name: rows for name, rows in installations.contents().items() if name not in CHANGED}


def files() -> dict[str, str]:
    root = config.current().attachments
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.glob("*/??/*")
        if path.is_file()
    }


@pytest.mark.postgres
@pytest.mark.parametrize("onto", ["the same engine", "the other engine"])
def test_it_comes_back_equal(database: config.Settings, engine: str, tmp_path: Path, onto: str) -> None:
    _world, reference = lived_in()
    before, kept, entries = everything(), files(), installations.scalar("SELECT count(*) FROM audit_entry")
    assert (len(kept), len(before["application"])) == (2, 1)
    archive = made(tmp_path / "out")
    assert archive.is_whole
    target = engine if onto == "the same engine" else other(engine)
    with installations.beside(database, tmp_path / "there", target):
        backup.restore(archive.path, tell=silently)
        assert everything() == before
        assert files() == kept
        with db.reading() as session:
            assert ledger.verify(session) == ledger.Verdict(entries + 1, None)
            assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.sequence.desc())).first() == "restored"
        # The next row gets a number of its own.
        with db.writing() as session:
            session.add(Person(email="next@example.org", created_at=session.scalars(select(Person.created_at)).first()))
    assert reference


def test_the_pdfs_of_a_calibration_round_come_back_too(database: config.Settings, engine: str, tmp_path: Path) -> None:
    world = Calibration(files=1)
    stream = io.BytesIO(invented_files.pdf(["A plan"]))
    calibration.add_file(actor=world.officer, call=world.call, title="As a PDF", stream=stream, name="a.pdf")
    kept, archive = files(), made(tmp_path / "out")
    assert (len(kept), archive.manifest.files, archive.is_whole) == (2, 2, True)
    with installations.beside(database, tmp_path / "there", engine):
        backup.restore(archive.path, tell=silently)
        assert files() == kept


@pytest.mark.postgres
def test_it_is_readable_by_its_owner_only_and_lists_no_names(database: config.Settings, tmp_path: Path) -> None:
    lived_in()
    archive = made(tmp_path / "out")
    assert stat.S_IMODE(archive.path.stat().st_mode) == 0o600
    with tarfile.open(archive.path) as tar:
        names = tar.getnames()
    assert len([name for name in names if name.startswith("files/")]) == 2
    assert not [name for name in names if "boat" in name or "urfa" in name or "@" in name]
    assert names[-1] == MANIFEST


def test_sealed_it_shows_nothing_at_all_and_opens_with_its_key_only(database: config.Settings, tmp_path: Path) -> None:
    lived_in()
    open_one = made(tmp_path / "open")
    assert b"tables/person/" in open_one.path.read_bytes()
    sealed_settings = dataclasses.replace(database, backup_key=installations.KEY)
    config.use(sealed_settings)
    sealed = made(tmp_path / "out")
    content = sealed.path.read_bytes()
    assert b"tables/" not in content
    assert b"manifest" not in content
    for key, words in (("", "the archive is sealed: set GNLC_BACKUP_KEY"), ("x" * 40, "sealed with another key")):
        wrong = dataclasses.replace(database, backup_key=key)
        with installations.beside(wrong, tmp_path / f"wrong{key[:1]}", "sqlite") as there:
            with pytest.raises(Unreadable, match=words):
                backup.restore(sealed.path, tell=silently)
            assert [path.name for path in there.instance.iterdir() if "sqlite3" not in path.name] == []
    with installations.beside(sealed_settings, tmp_path / "right", "sqlite"):
        assert backup.restore(sealed.path, tell=silently).manifest.files == 2


def _rewritten(path: Path, change: Callable[[list[tuple[str, bytes]]], None]) -> Path:
    """The archive with its members changed by somebody."""
    with tarfile.open(path) as tar:
        members = [(entry.name, tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr]  # regular files
    change(members)
    changed = path.with_name("changed.gnlc")
    with tarfile.open(changed, "w") as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return changed


def _at(members: list[tuple[str, bytes]], beginning: str) -> int:
    return next(number for number, (name, _content) in enumerate(members) if name.startswith(beginning))


def nothing(_members: list[tuple[str, bytes]]) -> None:
    pass


def lose_a_file(members: list[tuple[str, bytes]]) -> None:
    del members[_at(members, "files/")]


def change_a_byte(members: list[tuple[str, bytes]]) -> None:
    at = _at(members, "files/")
    name, content = members[at]
    members[at] = (name, bytes([content[0] ^ 1]) + content[1:])


def add_a_file(members: list[tuple[str, bytes]]) -> None:
    members.insert(0, ("files/served/" + "0" * 32, b"added"))


def climb_out(members: list[tuple[str, bytes]]) -> None:
    members.insert(0, ("../../outside", b"added"))


def lose_the_list(members: list[tuple[str, bytes]]) -> None:
    del members[_at(members, MANIFEST)]


def lose_rows(members: list[tuple[str, bytes]]) -> None:
    """So well done that the hashes fit: the part is gone from the list too."""
    at = _at(members, "tables/audit_detail/")
    name = members[at][0]
    del members[at]
    at = _at(members, MANIFEST)
    facts = json.loads(members[at][1])
    del facts["members"][name]
    members[at] = (MANIFEST, json.dumps(facts).encode())


def forge_the_chain(members: list[tuple[str, bytes]]) -> None:
    """Another end of the chain than the rows have."""
    at = _at(members, MANIFEST)
    facts = json.loads(members[at][1])
    facts["audit_hash"] = "0" * 64
    members[at] = (MANIFEST, json.dumps(facts).encode())


WRONG = {
    lose_a_file: "missing: files/",
    change_a_byte: "changed: files/",
    add_a_file: "not in the list: files/served/",
    climb_out: "does not belong there: ../../outside",
    lose_the_list: "list of contents is missing",
    lose_rows: "rows of the table audit_detail are missing",
    forge_the_chain: "audit chain of the archive is broken",
}


@pytest.mark.postgres
def test_what_is_missing_added_or_changed_is_found_and_nothing_is_replaced(
    database: config.Settings, engine: str, tmp_path: Path
) -> None:
    lived_in()
    archive = made(tmp_path / "out")
    with installations.beside(database, tmp_path / "there", engine) as there:
        schema.upgrade()
        schema.mark(is_demo=False)
        identity = installations.scalar("SELECT identity FROM instance")
        for change, words in WRONG.items():
            with pytest.raises(Unreadable, match=words.replace(".", r"\.")):
                backup.restore(_rewritten(archive.path, change), tell=silently)
            assert installations.scalar("SELECT identity FROM instance") == identity
            assert installations.scalar("SELECT count(*) FROM person") == 0
            assert [path.name for path in there.instance.iterdir() if path.name.startswith(".")] == []
            assert not (tmp_path / "outside").exists()
        # The same archive, rewritten but not changed, is taken: it was the change that was found.
        backup.restore(_rewritten(archive.path, nothing), tell=silently)
        assert installations.scalar("SELECT count(*) FROM person") > 0


@pytest.mark.postgres
def test_an_installation_with_something_in_it_makes_way_only_when_told_and_is_kept_aside(
    database: config.Settings, tmp_path: Path
) -> None:
    lived_in()
    archive = made(tmp_path / "out")
    with db.writing() as session:
        session.add(Person(email="later@example.org", created_at=session.scalars(select(Person.created_at)).first()))
    before = files()
    with pytest.raises(Refused, match="is not empty"):
        backup.restore(archive.path, tell=silently)
    assert installations.scalar("SELECT count(*) FROM person WHERE email = 'later@example.org'") == 1
    done = backup.restore(archive.path, is_replacing=True, tell=silently)
    assert installations.scalar("SELECT count(*) FROM person WHERE email = 'later@example.org'") == 0
    assert files() == before
    assert done.aside is not None
    kept = sorted(path.name.split("-")[0].split(".")[0] for path in done.aside.iterdir() if path.is_file())
    assert kept[0] in ("gnlc", "replaced")
    assert len(list((done.aside / "attachments").glob("*/??/*"))) == 2


def test_where_a_worker_runs_nothing_is_replaced(database: config.Settings, tmp_path: Path) -> None:
    lived_in()
    archive = made(tmp_path / "out")
    with db.writing() as session:
        session.connection().exec_driver_sql("UPDATE instance SET worker_seen_at = '2027-03-01 08:59:00.000000'")
    with pytest.raises(Refused, match="a worker runs"):
        backup.restore(archive.path, is_replacing=True, tell=silently)


def test_another_secret_key_is_refused_and_with_a_new_one_second_factors_are_given_up(
    database: config.Settings, tmp_path: Path
) -> None:
    world, _reference = lived_in()
    with db.writing() as session:
        person = session.get_one(Person, world.officer.person_id)
        person.totp_secret, person.totp_confirmed_at = b"sealed with the old key", person.created_at
    archive = made(tmp_path / "out")
    assert database.secret_key.encode() not in archive.path.read_bytes()
    lost = dataclasses.replace(database, secret_key="another key altogether " + "y" * 20)
    with installations.beside(lost, tmp_path / "there", "sqlite"):
        with pytest.raises(Refused, match="belongs to another secret key"):
            backup.restore(archive.path, tell=silently)
        backup.restore(archive.path, has_new_key=True, tell=silently)
        assert installations.scalar("SELECT count(*) FROM person WHERE totp_secret IS NOT NULL") == 0
    assert installations.scalar("SELECT count(*) FROM person WHERE totp_secret IS NOT NULL") == 1


def test_an_archive_of_a_newer_version_is_refused(database: config.Settings, tmp_path: Path) -> None:
    with db.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    archive = made(tmp_path / "out")
    with installations.beside(database, tmp_path / "there", "sqlite"), pytest.raises(Refused, match="newer"):
        backup.restore(archive.path, tell=silently)


@pytest.mark.postgres
def test_an_archive_of_an_older_schema_is_brought_up(database: config.Settings, engine: str, tmp_path: Path) -> None:
    lived_in()
    people = installations.scalar("SELECT count(*) FROM person")
    schema.downgrade("0001")
    archive = made(tmp_path / "out")
    assert archive.manifest.revision == "0001"
    with installations.beside(database, tmp_path / "there", engine):
        backup.restore(archive.path, tell=silently)
        with db.engine.connect() as connection:
            assert tables.revision_of(connection) == newest_migration()
        assert installations.scalar("SELECT count(*) FROM person") == people


def test_a_missing_and_a_damaged_attachment_are_named(database: config.Settings, tmp_path: Path) -> None:
    lived_in()
    with db.reading() as session:
        key = session.scalars(select(Attachment.storage_key)).one()
    LocalStorage(database.attachments).delete(Area.QUARANTINE, key)
    (database.attachments / "served" / key[:2] / key).write_bytes(b"something else")
    archive = made(tmp_path / "out")
    assert not archive.is_whole
    assert archive.manifest.missing == [f"files/quarantine/{key}"]
    assert archive.manifest.damaged == [f"files/served/{key}"]


def test_nothing_is_left_of_a_backup_that_failed(database: config.Settings, tmp_path: Path) -> None:
    lived_in()
    with db.reading() as session:
        key = session.scalars(select(Attachment.storage_key)).one()
    file = database.attachments / "served" / key[:2] / key
    file.unlink()
    file.mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        made(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_existing_file_is_not_overwritten(database: config.Settings, tmp_path: Path) -> None:
    taken = tmp_path / "out.gnlc"
    taken.write_text("precious")
    with pytest.raises(FileExistsError):
        backup.make(taken)
    assert taken.read_text() == "precious"


def test_only_the_newest_of_a_purpose_are_kept(database: config.Settings) -> None:
    database.backups.mkdir()
    for number in range(4):
        (database.backups / f"upgrade-2027010{number}.gnlc").touch()
    (database.backups / "backup-20260101.gnlc").touch()
    assert backup.keep_newest(database, "upgrade", 3) == 1
    assert sorted(path.name for path in database.backups.iterdir()) == [
        "backup-20260101.gnlc",
        *(f"upgrade-2027010{number}.gnlc" for number in (1, 2, 3)),
    ]
