"""How SQLite would run the statements of a page over ten thousand applications: which tables it would read from end to end."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import event

from benchmarks.probes import Probe, Scene
from gnlc_apply.extensions import db

APPLICATIONS = 10_000
_SCAN = re.compile(r"^SCAN (\w+)")

Ran = tuple[str, Any]


@contextmanager
def ran() -> Iterator[list[Ran]]:
    """The SELECTs of the block with their parameters."""
    found: list[Ran] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def of_probe(scene: Scene, probe: Probe) -> list[Ran]:
    """The SELECTs of one request of the probe, once what is kept in the process has been built."""
    for ask in probe.prepare(scene, 1):
        scene.sender.expect(ask)
    asks = probe.prepare(scene, 1)
    with ran() as found:
        for ask in asks:
            scene.sender.expect(ask)
    return found


@contextmanager
def grown(source: Path, folder: Path) -> Iterator[Any]:
    """A copy of the instance with ten thousand applications, each with its people and answers, counted by the planner."""
    target = folder / "grown.sqlite3"
    shutil.copyfile(source, target)
    with contextlib.closing(sqlite.connect(str(target))) as connection:
        (have,) = connection.execute("SELECT count(*) FROM application").fetchone()
        turns = -(-APPLICATIONS // have)
        (last,) = connection.execute("SELECT max(id) FROM application").fetchone()
        other = {"id": f"id + {last} * n", "reference": "reference || '-' || n", "city_id": "NULL"}
        _multiply(connection, "application", turns, other)
        own = {"id": "NULL", "application_id": f"application_id + {last} * n"}
        for table in ("application_member", "answer"):
            _multiply(connection, table, turns, own)
        connection.execute("ANALYZE")
        connection.commit()
        yield connection


def _multiply(connection: Any, table: str, turns: int, changed: dict[str, str]) -> None:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        f"WITH RECURSIVE turn(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM turn WHERE n < {turns - 1}) "  # noqa: S608
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table}, turn"
    )


def scanned(connection: Any, statements: Sequence[Ran]) -> set[str]:
    """The tables (or their names in the statement) that these would read from end to end."""
    found = set()
    for statement, parameters in statements:
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
            if scan := _SCAN.match(row[3]):
                found.add(scan[1])
    return found
