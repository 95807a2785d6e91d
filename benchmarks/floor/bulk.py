"""The floor of an announcement: one script that moves so many rows and writes so many messages, durably, in one transaction.

``python -m benchmarks.floor.bulk DATABASE CITIES MESSAGES`` prints the processor milliseconds it took.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sqlalchemy import insert, select, update

from benchmarks.floor import tables
from benchmarks.floor.tables import answer, entry, message, person, place


def run(database: Path, cities: int, messages: int) -> float:
    """Milliseconds of processor time."""
    engine = tables.engine(database)
    with engine.connect() as connection:
        connection.execute(select(person.c.id).limit(1)).all()
    began = time.process_time()
    with engine.begin() as connection:
        numbers = connection.scalars(select(place.c.id).order_by(place.c.id).limit(cities)).all()
        connection.execute(update(place).where(place.c.id.in_(numbers)).values(region="admitted"))
        connection.execute(insert(answer), [{"person_id": n, "key": "member", "value": "yes"} for n in numbers])
        connection.execute(
            insert(message),
            [
                {
                    "recipient": f"p{n}@floor.example",
                    "subject": "Your application",
                    "body": f"Dear Person {n},\n\n" + tables.WORDS,
                }
                for n in range(messages)
            ],
        )
        connection.execute(insert(entry), [{"words": f"place {n} was admitted"} for n in numbers])
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    print(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
