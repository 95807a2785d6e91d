"""Whoever reads embargoed facts leaves a trace (case N5): whatever page of the secretariat or the chair asks the tables of
recommendations, decisions and scores, it keeps who looked. Found by the statements themselves, so that a new page is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, func, select

from gnlc_apply.extensions import db
from gnlc_apply.models import Notice
from tests.access.asking import Asker
from tests.access.pages import pages

EMBARGOED = re.compile(r"\b(?:FROM|JOIN) (decision|recommendation|score|jury_figures|cohort_city)\b")
# Objects of each kind of page that are opened.
EACH = 3
STAFF = {"officer": ("secretariat",), "director": ("secretariat",), "chair": ("jury", "secretariat")}


@contextmanager
def embargoed() -> Iterator[set[str]]:
    """The embargoed tables that are asked meanwhile."""
    found: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.update(EMBARGOED.findall(statement))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def kept(person_id: int) -> int:
    """How many looks of this person are kept."""
    with db.reading() as session:
        return session.scalar(select(func.count(Notice.id)).where(Notice.person_id == person_id)) or 0


def test_every_look_at_what_is_not_announced_is_kept(asker: Asker) -> None:
    adapter, asked, silent = asker.app.url_map.bind("localhost"), set(), set()
    seen: Counter[tuple[str, str]] = Counter()
    for role, address in pages(asker, STAFF):
        endpoint = str(adapter.match(address.partition("?")[0])[0])
        seen[role, endpoint] += 1
        if seen[role, endpoint] > EACH:
            continue
        before = kept(asker.ground.people[role])
        with embargoed() as tables:
            given = asker.browser(role).get(address)
        if tables and given.status_code == 200:
            asked.add(endpoint)
            if kept(asker.ground.people[role]) == before:
                silent.add(f"{endpoint} as {role}: {sorted(tables)}")
    assert silent == set()
    # Each kind of page is among them: the ranking, decisions, exports, cohorts and the chair's own.
    parts = {endpoint.rpartition(".")[0] for endpoint in asked}
    assert parts >= {
        *("jury.recommendation", "secretariat.announcement", "secretariat.cohorts", "secretariat.decisions"),
        *("secretariat.exports", "secretariat.ranking"),
    }


def test_pages_without_such_facts_leave_no_trace(asker: Asker) -> None:
    """What is kept means something: nobody is written down for opening the list of files."""
    before = kept(asker.ground.people["officer"])
    with embargoed() as tables:
        for path in ("/calls", f"/calls/{asker.ground.calls['now']}/applications", "/mail"):
            assert asker.browser("officer").get(f"/en/secretariat{path}").status_code == 200
    assert tables == set()
    assert kept(asker.ground.people["officer"]) == before
