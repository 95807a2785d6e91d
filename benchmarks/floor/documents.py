"""The floor of an export: so many long rows, streamed as plainly as they can be, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response, current_app
from sqlalchemy import Column, Engine, Integer, String, Table, delete, insert, select

from benchmarks.floor.tables import METADATA, WORDS, engine

document = Table(
    "document",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reference", String(40)),
    Column("body", String),
)
# A filled application has so many answers, and as much text as these have together.
ANSWERS = 58
PIECE = 64_000
BODY = json.dumps({f"question_{number}": WORDS[: 40 + number * 6] for number in range(ANSWERS)})


def fill(path: Path, count: int) -> None:
    """So many documents, in the place of those that were there."""
    made = engine(path)
    METADATA.create_all(made)
    with made.begin() as connection:
        connection.execute(delete(document))
        connection.execute(insert(document), [{"reference": f"floor-{n}", "body": BODY} for n in range(count)])
    made.dispose()


def init_app(app: Flask) -> None:
    """The two streams."""
    app.add_url_rule(
        "/stream.json", "stream_json", lambda: Response(_pieces(_as_json(_engine())), mimetype="application/json")
    )
    app.add_url_rule("/stream.csv", "stream_csv", lambda: Response(_pieces(_as_csv(_engine())), mimetype="text/csv"))


def _engine() -> Engine:
    found: Engine = current_app.extensions["engine"]
    return found


def _rows(made: Engine) -> Iterator[tuple[str, str]]:
    with made.connect() as connection:
        query = select(document.c.reference, document.c.body).order_by(document.c.id)
        for row in connection.execution_options(yield_per=40).execute(query):
            yield row.reference, row.body


def _as_json(made: Engine) -> Iterator[str]:
    yield '{"documents": [{}'
    for reference, body in _rows(made):
        yield f',\n{{"reference":"{reference}","body":{body}}}'
    yield "]}\n"


def _as_csv(made: Engine) -> Iterator[str]:
    for reference, body in _rows(made):
        line = io.StringIO()
        csv.writer(line).writerow([reference, *json.loads(body).values()])
        yield line.getvalue()


def _pieces(parts: Iterator[str]) -> Iterator[bytes]:
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()
