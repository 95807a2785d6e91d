"""Many cities that have everything ready: copies of one complete draft, each with an owner who is signed in."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, inspect, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.reference_number import create
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, Application, ApplicationMember, MemberRole, Person
from tests.city import City, actor_of
from tests.faults.site import Answer as HttpAnswer
from tests.faults.site import Served, signed_in


@dataclass
class Owner:
    """One city at the last minute: its application, and the browser of its owner."""

    reference: str
    cookie: str
    csrf: str
    files: int = 0


def ready(settings: config.Settings, world: City, many: int) -> list[Owner]:
    """So many complete drafts of as many owners, each signed in."""
    with db.reading() as session:
        template = session.scalars(select(Application).where(Application.reference == world.filled("Bursa"))).one()
        answers = session.execute(select(Answer.key, Answer.value).where(Answer.application_id == template.id)).all()
    own = {c.key for c in inspect(Application).mapper.column_attrs} - {"id", "reference", "place_name", "folded_name"}
    same = {name: getattr(template, name) for name in own}
    now, references = clock.now(), _references(many)
    people = [
        {"email": f"owner{n}@rush.example", "name": f"Owner {n}", "created_at": now, "confirmed_at": now}
        for n in range(many)
    ]
    places = [
        {**same, "reference": r, "place_name": f"Place {n}", "folded_name": f"place {n}"}
        for n, r in enumerate(references)
    ]
    with db.writing() as session:
        session.execute(insert(Person), people)
        session.execute(insert(Application), places)
        who = dict(session.execute(select(Person.email, Person.id)).all())
        what = dict(session.execute(select(Application.reference, Application.id)).all())
        members, copies = [], []
        for number, reference in enumerate(references):
            owner, file = who[f"owner{number}@rush.example"], what[reference]
            members.append({"application_id": file, "person_id": owner, "role": MemberRole.OWNER, "added_at": now})
            copies += [
                {"application_id": file, "key": k, "value": v, "version": 1, "updated_at": now, "updated_by_id": owner}
                for k, v in answers
            ]
        session.execute(insert(ApplicationMember), members)
        session.execute(insert(Answer), copies)
    return [
        Owner(reference, *signed_in(settings, actor_of(who[f"owner{number}@rush.example"])))
        for number, reference in enumerate(references)
    ]


def _references(many: int) -> list[str]:
    found: set[str] = set()
    while len(found) < many:
        found.add(create("GNLC-2027"))
    return sorted(found)


@dataclass
class Tally:
    """What came back: for each request its status, where it led, and the seconds from the moment it was due."""

    submitted: dict[str, tuple[int, str, float]] = field(default_factory=dict)
    uploaded: list[tuple[int, float]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def seconds(self) -> list[float]:
        """How long the submissions took, the quickest first."""
        return sorted(took for _status, _location, took in self.submitted.values())

    def percentile(self, share: float) -> float:
        """So large a share of the submissions took at most this long."""
        seconds = self.seconds()
        return seconds[min(len(seconds) - 1, int(share * len(seconds)))]


def multipart(owner: Owner, content: bytes, name: str) -> tuple[bytes, str]:
    """The body of a form with a file, and its type."""
    mark = "----------------------------9051914041544843365972754266"
    parts = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in {"csrf_token": owner.csrf, "caption": "What it shows"}.items()
    )
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
    return parts + head.encode() + content + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _one(served: Served, owner: Owner, content: bytes, due: float, tally: Tally) -> None:
    base = f"/en/applications/{owner.reference}"
    for number in range(owner.files):
        began = time.monotonic()
        body, kind = multipart(owner, content, f"practice-{number}.pdf")
        sent = served.ask("POST", f"{base}/files/add/practices.1.files", body, Cookie=owner.cookie, Content_Type=kind)
        tally.uploaded.append((sent.status, time.monotonic() - began))
    began = time.monotonic() if owner.files else due
    answer: HttpAnswer = served.ask(
        "POST",
        f"{base}/submit",
        f"csrf_token={owner.csrf}&idempotency_key={owner.reference}".encode(),
        Cookie=owner.cookie,
        Content_Type="application/x-www-form-urlencoded",
    )
    tally.submitted[owner.reference] = (answer.status, answer.location, time.monotonic() - began)


def rush(served: Served, owners: Sequence[Owner], content: bytes, seconds: float, hands: int = 48) -> Tally:
    """Each owner adds the files and submits at a moment of its own, evenly spread over so many seconds.

    A request is due at its moment whether or not those before it have been answered.
    """
    tally, waiting = Tally(), queue.Queue[tuple[float, Owner]]()
    start = time.monotonic() + 0.5
    for number, owner in enumerate(owners):
        waiting.put((start + seconds * number / len(owners), owner))

    def work() -> None:
        while True:
            try:
                due, owner = waiting.get_nowait()
            except queue.Empty:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                _one(served, owner, content, due, tally)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is told
                tally.faults.append(repr(error))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def as_text(tally: Tally) -> str:
    """The tally in one line, for whoever reads the log."""
    shown: dict[str, Any] = {f"p{int(share * 100)}": round(tally.percentile(share), 3) for share in (0.5, 0.95, 0.99)}
    slowest = max((took for _status, took in tally.uploaded), default=0.0)
    return json.dumps({**shown, "slowest upload": round(slowest, 2), "faults": len(tally.faults)})
