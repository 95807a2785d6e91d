"""Each migration down and up again on a database that has lived: what the older shape has a place for is what it was."""

from __future__ import annotations

from typing import Any

import pytest

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.queries.readiness import migrations
from gnlc_apply.services import ledger, schema
from gnlc_apply.services.backup import tables
from tests.services.cohort import ground

pytestmark = pytest.mark.postgres

Shape = dict[str, dict[str, str]]


def shape() -> Shape:
    """The tables with their columns."""
    with db.engine.connect() as connection:
        return tables.columns_of(connection)


def rows(of: Shape) -> dict[str, list[str]]:
    """All rows, with these columns."""
    found: dict[str, list[str]] = {}
    with db.engine.connect() as connection:
        for table, columns in of.items():
            names = ", ".join(tables.quoted(connection, name) for name in columns)
            read: Any = connection.exec_driver_sql(f"SELECT {names} FROM {tables.quoted(connection, table)}")  # noqa: S608 (quoted)
            found[table] = sorted(str(tuple(row)) for row in read)
    return found


@pytest.mark.parametrize("below", migrations()[:-1])
def test_down_and_up_again_changes_no_row(database: config.Settings, below: str) -> None:
    newest = shape()
    schema.downgrade(below)
    older = shape()
    schema.upgrade()
    assert shape() == newest
    ground.armed(ground.build())
    shared = {table: {n: kind for n, kind in columns.items() if n in newest[table]} for table, columns in older.items()}
    before = rows(shared)
    assert sum(len(found) for found in before.values()) > 20
    schema.downgrade(below)
    assert schema.revision() == below
    assert rows(shared) == before
    schema.upgrade()
    assert (shape(), rows(shared)) == (newest, before)
    with db.reading() as session:
        assert ledger.verify(session).first_broken is None
