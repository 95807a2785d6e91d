"""Registry acts: each change of the registry as a dated row with its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from gnlc_apply.models import RegistryAct
from gnlc_apply.services.command import Unit
from gnlc_apply.services.inserting import insert_rows

T = TypeVar("T")

# Well under the number of values that either engine takes in one statement.
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Act:
    """One change: ``city_added``, ``city_corrected``, ``membership_began``, ``membership_ended``."""

    city_id: int
    kind: str
    on: date
    source: str
    membership_id: int | None = None


def record(unit: Unit, acts: Iterable[Act]) -> None:
    """Write acts, however many, in few statements. Not in a restored copy that nobody has released: the public reads them."""
    unit.require_released()
    rows = [
        {
            "city_id": act.city_id,
            "membership_id": act.membership_id,
            "kind": act.kind,
            "on": act.on,
            "source": act.source,
            "recorded_at": unit.now,
            "actor_id": unit.actor.person_id,
        }
        for act in acts
    ]
    insert_rows(unit.session, RegistryAct, rows)


def in_chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in pieces that fit into one statement each."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
