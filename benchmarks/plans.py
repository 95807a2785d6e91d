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
# More than any table has rows.
STEP = 1_000_000
# What is copied, each time into a call of its own: new numbers for the rows, and for the rows that they hang on.
_COPIED = {
    "call": {"reference": "reference || '-' || n"},
    "application": {"call_id": "call", "reference": "reference || '-' || n", "city_id": "NULL"},
    "application_member": {"application_id": "application"},
    "answer": {"application_id": "application"},
    "assignment": {"application_id": "application", "reference": "reference || '-' || n"},
    "review": {"assignment_id": "assignment"},
    "score": {"review_id": "review"},
}
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
        for table, changed in _COPIED.items():
            _multiply(connection, table, turns, changed)
        connection.execute("ANALYZE")
        connection.commit()
        yield connection


def _multiply(connection: Any, table: str, turns: int, changed: dict[str, str]) -> None:
    """Add so many copies of all rows. A number that is copied goes on by the same step as the row that it names."""
    values = {row[1]: f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({table})")}
    values |= {name: f"{name} + {STEP} * n" if new in _COPIED else new for name, new in changed.items()}
    if "id" in values:
        values["id"] = f"id + {STEP} * n"
    listed = ", ".join(f'"{name}"' for name in values)
    connection.execute(
        f"WITH RECURSIVE turn(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM turn WHERE n < {turns - 1}) "  # noqa: S608
        f"INSERT INTO {table} ({listed}) SELECT {', '.join(values.values())} FROM {table}, turn"
    )


def scanned(connection: Any, statements: Sequence[Ran]) -> set[str]:
    """The tables (or their names in the statement) that these would read from end to end."""
    found = set()
    for statement, parameters in statements:
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
            if scan := _SCAN.match(row[3]):
                found.add(scan[1])
    return found
