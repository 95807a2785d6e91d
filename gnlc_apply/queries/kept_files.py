"""Every stored file that some row knows, whichever table it stands in: what a backup takes along, and what no sweep deletes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, String, column, select, table

from gnlc_apply.models.base import Base


@dataclass(frozen=True)
class KeptFile:
    """A file under its key, with the digests of what was sent and of the cleaned copy."""

    key: str
    sha256_original: str
    sha256_clean: str


def kept_files(connection: Connection, columns: Mapping[str, Collection[str]] | None = None) -> list[KeptFile]:
    """All of them by key: one statement for each table that has a ``storage_key``.

    ``columns``: of each table, where the database may be older than the models.
    """
    known = columns or {one.name: one.columns.keys() for one in Base.metadata.tables.values()}
    key = column("storage_key", String)
    found = []
    for name in (one for one, its_columns in known.items() if "storage_key" in its_columns):
        wanted = select(key, column("sha256_original", String), column("sha256_clean", String)).select_from(table(name))
        found += [KeptFile(*row) for row in connection.execute(wanted.where(key.is_not(None)))]
    return sorted(found, key=lambda one: one.key)
