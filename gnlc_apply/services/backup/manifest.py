"""What an archive says of itself: which product, schema and moment, what every table held, what was not in order."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Self

from gnlc_apply.storage.archive import Unreadable
from gnlc_apply.storage.store import Area

FORMAT = 1
_TABLE_PART = re.compile(r"tables/([a-z_]+)/\d{5}\.jsonl\.gz")
_FILE = re.compile(r"files/(" + "|".join(area.value for area in Area) + r")/([0-9a-f]{32})")


def table_part(table: str, number: int) -> str:
    """The name of one part of a table in an archive."""
    return f"tables/{table}/{number:05d}.jsonl.gz"


def file_name(area: Area, key: str) -> str:
    """The name of an attachment in an archive: its random key, never what somebody called it."""
    return f"files/{area.value}/{key}"


def table_of(name: str) -> str | None:
    """The table that a member is a part of."""
    found = _TABLE_PART.fullmatch(name)
    return found[1] if found else None


def file_of(name: str) -> tuple[Area, str] | None:
    """Area and key of the attachment that a member is."""
    found = _FILE.fullmatch(name)
    return (Area(found[1]), found[2]) if found else None


@dataclass(frozen=True)
class Manifest:
    """The facts of an archive. ``key_mark`` recognises the secret key that totp secrets and waiting links are sealed with."""

    version: str
    made_at: str
    engine: str
    revision: str
    identity: str
    key_mark: str
    audit_sequence: int
    audit_hash: str
    columns: dict[str, dict[str, str]]
    rows: dict[str, int]
    files: int
    bytes: int
    missing: list[str]
    damaged: list[str]

    def as_facts(self) -> dict[str, Any]:
        """For the archive's list of contents."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def read(cls, facts: dict[str, Any]) -> Self:
        """From an archive's list of contents. Raises Unreadable for a format that this version does not know."""
        if facts.get("format") != FORMAT:
            raise Unreadable(f"the archive has format {facts.get('format')}, this version reads {FORMAT}")
        try:
            return cls(**{name: facts[name] for name in cls.__dataclass_fields__})
        except KeyError as error:
            raise Unreadable(f"the archive's list of contents lacks {error}") from error
