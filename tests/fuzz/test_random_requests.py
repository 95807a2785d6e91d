"""Requests of random shape to every address: no fault, all headers, and what is refused stays refused (F9, F12, F17).

Each request is made from its number alone. One that fails prints as ``shot(number)`` with all its parts,
and that call on ``target.armoury`` makes it again. Each ordinary run sends five thousand, in some sixty seconds of processor
time; the whole, ``./dev prove --only fuzz_requests tests/fuzz``, sends fifty thousand, in some eight minutes of
processor time.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gnlc_apply.web.access import access_of
from tests import proof
from tests.access import matrix
from tests.access.asking import Asker
from tests.access.test_browser_rules import checked
from tests.fuzz.shots import Armoury, Fields, Shot, troubles
from tests.proof import amount

PARTS = 5
EACH = amount(1_010, 10_100)
pytestmark = [pytest.mark.proof, pytest.mark.timeout(amount(900, 14_400))]


class Faults(logging.Handler):
    """What the application logs as a fault, with where it happened."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the end of it."""
        self.seen.append(self.format(record)[-1_500:])


class Range:
    """Where shots are sent: what came of them, and the database put back after each that may have changed it."""

    def __init__(self, asker: Asker, fields: dict[str, Fields]) -> None:
        asker.app.testing, asker.app.config["PROPAGATE_EXCEPTIONS"] = False, False
        self.asker, self.armoury = asker, Armoury(asker, fields)
        self.kept = asker.ground.kept()
        self.wrong: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.headers_right = 0
        self.faults = Faults()

    def send(self, shot: Shot) -> None:
        """Send one and judge the answer."""
        answer = self.armoury.send(shot)
        found = troubles(shot, answer)
        try:
            self._check_headers(shot, answer)
        except (AssertionError, KeyError) as trouble:
            found.append(f"headers: {trouble!r:.300}")
        self.statuses[answer.status_code] += 1
        if found:
            self.wrong.append(f"{shot}\n  {found}\n" + "\n".join(self.faults.seen))
        self.faults.seen.clear()
        if shot.method != "GET" and answer.status_code in (200, 302, 303):
            self.asker.restored(self.kept)

    def _check_headers(self, shot: Shot, answer: TestResponse) -> None:
        if shot.is_its_address and answer.status_code not in (301, 308) and shot.method in ("GET", "POST"):
            checked(self.asker, shot.route, answer)
            self.headers_right += 1


@pytest.fixture
def target(asker: Asker, fields: dict[str, Fields]) -> Iterator[Range]:
    """A range on a fresh copy of the ground."""
    made = Range(asker, fields)
    log = logging.getLogger("gnlc_apply")
    log.addHandler(made.faults)
    yield made
    log.removeHandler(made.faults)


def _is_asked(shot: Shot) -> bool:
    """Typesetting takes a second each time; whoever is refused it costs nothing."""
    return "slow" not in shot.route.marks or shot.expected not in ("", matrix.OPEN)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_is_answered_with_a_fault(target: Range, outgoing: list[object], part: int) -> None:
    sent, number = 0, part * 1_000_000
    while sent < EACH:
        shot = target.armoury.shot(number)
        number += 1
        if _is_asked(shot):
            target.send(shot)
            sent += 1
    proof.reached("fuzz_requests", sent - len(target.wrong), len(target.wrong))
    proof.reached("header_answers", target.headers_right)
    assert not target.wrong, f"{len(target.wrong)} of {sent}:\n" + "\n".join(target.wrong[:12])
    # Many of them carried addresses of other machines: nothing was fetched or even looked up.
    assert outgoing == []
    # All kinds of answers were among them: the walk got past the doors, and was refused at them.
    assert {200, 303, 400, 404, 405, 422} <= set(target.statuses)
    assert target.statuses[200] > sent // 10


def test_the_same_number_is_the_same_request(target: Range) -> None:
    armoury = target.armoury
    assert [str(armoury.shot(n)) for n in range(300)] == [str(armoury.shot(n)) for n in range(300)]
    assert len({str(armoury.shot(n)) for n in range(300)}) == 300


def test_a_view_that_breaks_or_opens_is_noticed(target: Range) -> None:
    asker = target.asker
    view = asker.app.view_functions["public.home.page"]

    def breaks(**_values: Any) -> str:
        raise ValueError("broken on purpose")

    breaks.access = access_of(asker.app, "public.home.page")  # type: ignore[attr-defined]  # a view carries its declaration
    shot = Shot(0, matrix.routes()["public.home.page"], "anonymous", "any", "GET", "/en/")
    target.send(shot)
    assert target.wrong == []
    asker.app.view_functions["public.home.page"] = breaks
    target.send(shot)
    assert len(target.wrong) == 1
    assert "answered 500" in target.wrong[0]
    assert "broken on purpose" in target.wrong[0]
    asker.app.view_functions["public.home.page"] = view
    # A file that the table says is missing for this person, and the answer that somebody else gets.
    route = next(r for r in matrix.routes().values() if r.permission == "read_as_city" and "GET" in r.methods)
    path = asker.address(route, "in_review")
    stranger = Shot(1, route, "plain", "in_review", "GET", path)
    assert stranger.expected == matrix.MISSING
    opened = asker.browser("owner").get(path)
    assert opened.status_code == 200
    assert troubles(stranger, opened) == ["is refused as missing in the table and answers 200"]
