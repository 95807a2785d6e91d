"""``gnlc doctor``: in order, and each thing that can be wrong."""

from __future__ import annotations

import json
import sqlite3

from gnlc_apply.queries.readiness import newest_migration
from tests.cli.conftest import Installation, mail_environment
from tests.smtp_sink import Sink


def findings(installation: Installation, **changed: str) -> tuple[int, dict[str, str]]:
    """Exit status, and the status of each finding by its name."""
    result = installation.gnlc("doctor", "--json", **changed)
    report = json.loads(result.stdout)
    assert report["is_well"] == (result.returncode == 0)
    return result.returncode, {finding["name"]: finding["status"] for finding in report["findings"]}


def _change(installation: Installation, statement: str) -> None:
    with sqlite3.connect(installation.folder / "gnlc.sqlite3") as connection:
        connection.execute(statement)
    connection.close()


def test_a_fresh_installation_is_in_order(installation: Installation, smtp_sink: Sink) -> None:
    status, found = findings(installation, **mail_environment(smtp_sink))
    assert status == 0
    needed = ("sqlite", "database", "migrations", "storage", "secret key", "public address", "clock", "mail server")
    assert {name: found[name] for name in needed} == dict.fromkeys(needed, "ok")
    assert found["worker"] == "warning"


def test_it_can_be_read(installation: Installation, smtp_sink: Sink) -> None:
    result = installation.gnlc("doctor", **mail_environment(smtp_sink))
    assert f"ok       migrations: at {newest_migration()}\n" in result.stdout
    assert "warning  worker: never seen" in result.stdout


def test_what_is_wrong_is_found(installation: Installation) -> None:
    (installation.folder / "secret_key").chmod(0o644)
    _change(
        installation,
        "INSERT INTO audit_entry (sequence, at, actor_kind, act, noun, details_digest, previous_hash, hash)"
        " VALUES (1, '2099-01-01 00:00:00.000000', 'system', 'x', 'x', 'x', 'x', 'x')",
    )
    status, found = findings(
        installation,
        GNLC_PUBLIC_URL="http://cities.example",
        GNLC_MAIL_HOST="mail.example.invalid",
        GNLC_MAIL_SECURITY="none",
    )
    assert status == 1
    wrong = {name for name, verdict in found.items() if verdict == "failure"}
    assert wrong == {"secret key", "clock", "public address", "mail security", "mail server"}


def test_a_demonstration_at_a_public_address_is_a_failure(installation: Installation) -> None:
    _change(installation, "UPDATE instance SET is_demo = 1")
    _status, found = findings(installation, GNLC_PUBLIC_URL="https://cities.example", GNLC_MAIL_BACKEND="mailbox")
    assert found["demonstration"] == "failure"
    assert found["mail"] == "ok"


def test_a_real_installation_that_keeps_its_mail_is_a_failure(installation: Installation) -> None:
    _status, found = findings(installation, GNLC_MAIL_BACKEND="mailbox")
    assert found["mail"] == "failure"


def test_an_old_database_is_found_before_anything_is_asked_of_it(installation: Installation) -> None:
    _change(installation, "UPDATE alembic_version SET version_num = '0000'")
    status, found = findings(installation)
    assert (status, found["migrations"]) == (1, "failure")
    assert "mail" not in found


def test_missing_settings_are_said_in_words(installation: Installation) -> None:
    (installation.folder / "secret_key").unlink()
    result = installation.gnlc("doctor")
    assert result.returncode == 1
    assert "gnlc init" in result.stderr
