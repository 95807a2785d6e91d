"""Installations beside the one of a test: places to restore into, on either engine, and what a database holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.queries import instance, kept, questionnaire
from gnlc_apply.services.backup import tables
from tests import engines

KEY = "a key of forty characters for tests only"


def enter(settings: config.Settings) -> None:
    """Work in this installation from now on; nothing kept of another."""
    config.use(settings)
    for room in (instance, kept, questionnaire):
        room.forget()
    db.create(settings.database_url)


@contextmanager
def beside(here: config.Settings, folder: Path, engine: str) -> Iterator[config.Settings]:
    """Work in an empty installation with the same secret key; afterwards in the one before again."""
    folder.mkdir(parents=True)
    url = engines.fresh_database() if engine == "postgresql" else f"sqlite:///{folder / 'gnlc.sqlite3'}"
    there = dataclasses.replace(here, instance=folder, database_url=url)
    enter(there)
    try:
        yield there
    finally:
        enter(here)
        if engine == "postgresql":
            engines.drop_database(url)


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in a form that both engines share."""
    with db.engine.connect() as connection:
        return {
            name: [part for content, _count in tables.parts(connection, name, columns) for part in [(content,)]]
            for name, columns in tables.columns_of(connection).items()
        }


def scalar(statement: str) -> Any:
    """One value of the database at hand."""
    with db.engine.connect() as connection:
        return connection.scalar(text(statement))
