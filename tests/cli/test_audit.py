"""``gnlc audit verify``: a whole chain, and the first entry that was touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from gnlc_apply import config
from gnlc_apply.cli.audit import audit
from gnlc_apply.cli.setup import init
from gnlc_apply.extensions import db
from gnlc_apply.models import AuditDetail, AuditEntry
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.services.command import Unit, command


@command()
def note(unit: Unit, *, actor: Actor, number: int) -> None:
    """One act in the record."""
    unit.note("did_something", "person", number, number=number)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh installation with three acts in its record."""
    for name in ("DATABASE_URL", "GNLC_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GNLC_INSTANCE", str(tmp_path))
    assert CliRunner().invoke(init).exit_code == 0
    for number in (1, 2, 3):
        note(actor=SYSTEM, number=number)
    yield tmp_path
    db.close()


def verify(*options: str) -> Result:
    return CliRunner().invoke(audit, ["verify", *options])


def test_a_whole_chain(installation: Path) -> None:
    result = verify()
    assert (result.exit_code, result.output) == (0, "The chain is whole: 3 entries.\n")


def test_a_changed_entry_is_named(installation: Path) -> None:
    with db.writing() as session:
        session.execute(update(AuditEntry).where(AuditEntry.sequence == 2).values(act="did_nothing"))
    result = verify()
    assert result.exit_code == 1
    assert result.output == "Entry 2 does not fit: an entry was changed. 1 entries before it do.\n"


def test_changed_details_are_named(installation: Path) -> None:
    with db.writing() as session:
        session.execute(update(AuditDetail).where(AuditDetail.entry_sequence == 3).values(details={"number": 4}))
    result = verify("--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["first_broken"] == 3


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_chain_cut_short_is_named(installation: Path, kept: int) -> None:
    with db.writing() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.sequence > kept))
        session.execute(delete(AuditDetail).where(AuditDetail.entry_sequence > kept))
    assert verify().exit_code == 1


def test_an_erased_persons_details_break_nothing(installation: Path) -> None:
    with db.writing() as session:
        session.execute(update(AuditDetail).where(AuditDetail.entry_sequence == 2).values(details=None))
    assert verify().exit_code == 0
    assert config.current().instance == installation
