"""The floor's tables and rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, Float, Integer, MetaData, String, Table, create_engine, event, insert

METADATA = MetaData()
person = Table(
    "person",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(200)),
    Column("email", String(200)),
)
visit = Table(
    "visit",
    METADATA,
    Column("token", String(60), primary_key=True),
    Column("person_id", Integer),
    sqlite_with_rowid=False,
)
place = Table(
    "place",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reference", String(40), unique=True),
    Column("name", String(200), index=True),
    Column("country", String(3)),
    Column("region", String(40)),
    Column("since", String(10)),
    Column("average", Float),
)
answer = Table(
    "answer",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, index=True),
    Column("key", String(40)),
    Column("value", String),
)
entry = Table("entry", METADATA, Column("id", Integer, primary_key=True), Column("words", String))
message = Table(
    "message",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("recipient", String(200)),
    Column("subject", String(200)),
    Column("body", String),
)
PEOPLE, PLACES, FIELDS = 200, 2_000, 10
WORDS = "A place to learn for everybody, at every age and in every quarter of the city. " * 6


def _durable(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def engine(path: Path) -> Engine:
    """The database at this path, with the product's own durability."""
    made = create_engine(f"sqlite:///{path}", pool_size=10)
    event.listen(made, "connect", _durable)
    return made


def fill(path: Path) -> None:
    """Tables and rows, in a new file."""
    made = engine(path)
    METADATA.create_all(made)
    with made.begin() as connection:
        connection.execute(
            insert(person),
            [{"id": n, "name": f"Person {n}", "email": f"p{n}@floor.example"} for n in range(1, PEOPLE + 1)],
        )
        connection.execute(
            insert(place),
            [
                {
                    "id": n,
                    "reference": f"floor-{n}",
                    "name": f"Place number {n}",
                    "country": "KEN",
                    "region": "Africa",
                    "since": f"20{n % 24:02d}-02-14",
                    "average": n % 500 / 100,
                }
                for n in range(1, PLACES + 1)
            ],
        )
        connection.execute(
            insert(answer),
            [
                {"person_id": who, "key": f"field_{n}", "value": WORDS}
                for who in range(1, PEOPLE + 1)
                for n in range(FIELDS)
            ],
        )
    made.dispose()
