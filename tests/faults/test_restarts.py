"""Restarts while people work: a web process shot as the kernel does when memory runs out, the whole asked to end and started anew.

Cases J5, J6 and J22: no receipt is lost, nothing stands half, and what is half way in when the end is asked for is finished.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException

import pytest
from sqlalchemy import func, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationState, ApplicationVersion, Attachment, AuditEntry
from gnlc_apply.services import ledger, schema
from tests.city import City
from tests.faults import site
from tests.faults.rush import Owner, multipart, ready
from tests.storage import corpus

pytestmark = [pytest.mark.timeout(300), pytest.mark.parametrize("engine", ["sqlite"])]

MANY, PATIENCE = 40, 60
FORM = "application/x-www-form-urlencoded"


@dataclass
class Crowd:
    """Owners who submit, and try again where nobody answers; ``served`` is whatever runs at the moment."""

    owners: list[Owner]
    served: site.Served | None = None
    receipts: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0

    def _ask(self, method: str, path: str, owner: Owner, body: str = "") -> site.Answer | None:
        served = self.served
        if served is None:
            return None
        try:
            return served.ask(method, path, body.encode(), Cookie=owner.cookie, Content_Type=FORM)
        except (OSError, HTTPException):
            self.unanswered += 1
            return None

    def _submit(self, owner: Owner) -> None:
        base, key, until = f"/en/applications/{owner.reference}", owner.reference, time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self._ask("POST", f"{base}/submit", owner, f"csrf_token={owner.csrf}&idempotency_key={key}")
            if answer is None:
                time.sleep(0.05)
                continue
            self.statuses[answer.status] += 1
            if answer.status == 303:
                self.receipts[owner.reference] = answer.location
                return
            # The page of the receipt says whether it was submitted; if not, the form is opened and sent anew.
            receipt = self._ask("GET", f"{base}/receipt", owner)
            if receipt is not None and receipt.status == 200:
                self.receipts[owner.reference] = f"{base}/receipt"
                return
            key = f"{owner.reference}-{time.monotonic()}"

    def begin(self) -> list[threading.Thread]:
        """Everybody begins, a few at once."""
        waiting = list(self.owners)

        def work() -> None:
            while waiting:
                self._submit(waiting.pop())

        threads = [threading.Thread(target=work, daemon=True) for _ in range(6)]
        for thread in threads:
            thread.start()
        return threads

    def wait_for(self, many: int) -> None:
        """Until so many have their receipt."""
        until = time.monotonic() + PATIENCE
        while len(self.receipts) < many and time.monotonic() < until:
            time.sleep(0.01)


def world_of(settings: config.Settings) -> City:
    """A call that is open now, by the machine's own clock."""
    db.open(settings.database_url)
    config.use(settings)
    schema.mark(is_demo=False)
    now = clock.now()
    return City(
        opens_at=now - timedelta(days=60),
        deadline_at=now + timedelta(days=1),
        commission_deadline_at=now + timedelta(days=31),
        results_promised_on=now.date() + timedelta(days=200),
    )


def test_no_receipt_is_lost_by_a_kill_or_a_restart_in_the_rush(settings: config.Settings) -> None:
    crowd = Crowd(ready(settings, world_of(settings), MANY))
    db.close()
    with site.serving(settings, "--processes", "2") as crowd.served:
        before = crowd.served.web_processes(2)
        threads = crowd.begin()
        crowd.wait_for(MANY // 4)
        os.kill(before[0], signal.SIGKILL)
        crowd.wait_for(MANY // 2)
        after = crowd.served.web_processes(2)
        assert len(after) == 2
        assert before[0] not in after
        crowd.served.process.send_signal(signal.SIGTERM)
        crowd.served.process.wait(40)
    assert len(crowd.receipts) < MANY, "everybody was done before the restart: nothing was proven"
    with site.serving(settings, "--processes", "2") as crowd.served:
        for thread in threads:
            thread.join(PATIENCE)
    assert crowd.receipts.keys() == {owner.reference for owner in crowd.owners}
    assert set(crowd.statuses) <= {303, 409, 503}
    db.open(settings.database_url)
    with db.reading() as session:
        submitted = select(Application.reference).where(Application.state == ApplicationState.SUBMITTED)
        assert set(session.scalars(submitted)) == set(crowd.receipts)
        entries = session.execute(
            select(AuditEntry.noun_id, func.count()).where(AuditEntry.act == "submit").group_by("noun_id")
        )
        assert [row[1] for row in entries] == [1] * MANY
        assert session.scalar(select(func.count()).select_from(ApplicationVersion)) == MANY
        assert ledger.verify(session).first_broken is None
    db.close()


@contextmanager
def half_sent(served: site.Served, owner: Owner, body: bytes, kind: str) -> Iterator[socket.socket]:
    """An upload of which the server has the first half."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as line:
        head = (
            f"POST /en/applications/{owner.reference}/files/add/practices.1.files HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{served.port}\r\nCookie: {owner.cookie}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line.sendall(head.encode() + body[: len(body) // 2])
        time.sleep(0.5)
        yield line


def test_asked_to_end_it_finishes_the_upload_that_is_half_way(settings: config.Settings) -> None:
    (owner,) = ready(settings, world_of(settings), 1)
    db.close()
    body, kind = multipart(owner, corpus.simple_pdf(), "plan.pdf")
    with site.serving(settings, "--processes", "1") as served, half_sent(served, owner, body, kind) as line:
        served.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert served.process.poll() is None
        line.sendall(body[len(body) // 2 :])
        assert line.makefile("rb").readline().split()[1] == b"303"
        began = time.monotonic()
        assert served.process.wait(40) == 0
        assert time.monotonic() - began < 30
    db.open(settings.database_url)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 1
        assert ledger.verify(session).first_broken is None
    db.close()
