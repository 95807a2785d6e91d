"""The access matrix: every address × method × role × object and its state, against tables written by hand (case A1).

Each run asks about every tenth cell, chosen by a fixed seed so that each address, method and outcome is among them; the
whole runs with ``./dev prove --only access_cells tests/access`` and takes minutes on two quiet cores. What is
refused as missing must be, byte for byte, what an address that leads nowhere answers. Refusals and reading change
nothing; after an act that is allowed the database is put back.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.permissions import Permission
from gnlc_apply.web.access import access_of, check_all_declared
from tests import proof
from tests.access import matrix
from tests.access.asking import Asker, outcome, same
from tests.access.matrix import MISSING, OPEN, SIGN_IN, Cell
from tests.proof import amount

SEED = 20270301
PARTS = ("account", "administration", "applicant", "commission", "demo", "jury", "public", "secretariat", "signatory")
# What reading may leave behind: sessions, that somebody looked at embargoed figures, wrong guesses.
TRACES = frozenset({"web_session", "notice", "guess_counter", "form_key"})
# The city sees whether its Commission has looked: that is written when the file is opened, and logged.
OPENED = {"commission": frozenset({"file_opened", "audit_head", "audit_entry", "audit_detail"})}
EVERYBODY, ONE_IN = 1, 10


def part_of(endpoint: str) -> str:
    """The test in which an address is asked for; what belongs to no audience is public."""
    first = endpoint.split(".", maxsplit=1)[0]
    return first if first in PARTS else "public"


def chosen(part: str) -> list[Cell]:
    """The cells of one part: all, or of each address, method and outcome every tenth and at least one."""
    groups: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for cell in matrix.cells():
        if part_of(cell.route.endpoint) == part:
            groups[cell.route.endpoint, cell.method, cell.expected].append(cell)
    step = amount(ONE_IN, EVERYBODY)
    dice, found = random.Random(SEED), []
    for (_endpoint, _method, expected), cells in groups.items():
        if step == ONE_IN and expected == OPEN and "slow" in cells[0].route.marks:
            continue
        found += dice.sample(cells, -(-len(cells) // step))
    return found


class Judge:
    """Asks cell after cell and keeps what came out otherwise than written."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.wrong: list[str] = []
        self.tried = 0
        self.nowhere: dict[tuple[str, str], object] = {}

    def ask(self, cells: Iterable[Cell]) -> None:
        """Ask all of these."""
        for cell in cells:
            answer = self.asker.ask(cell)
            got = outcome(answer)
            self.tried += 1
            if got != cell.expected:
                self.wrong.append(f"{_named(cell)}: {got} ({answer.status_code}) instead of {cell.expected}")
            elif got == MISSING and same(answer) != self._nowhere(cell):
                self.wrong.append(f"{_named(cell)}: the refusal differs from that of a page which does not exist")
            elif got == SIGN_IN and same(answer) != self._at_the_door(cell):
                self.wrong.append(f"{_named(cell)}: the way to the sign-in page tells something")

    def _nowhere(self, cell: Cell) -> object:
        # Open data may be read by pages of others, also where there is none; what is not public is nowhere at all.
        is_open_data = cell.route.endpoint.startswith("open_data.")
        return self._once(cell, "/cohorts/no-such.json" if is_open_data else "/en/no-such-page")

    def _at_the_door(self, cell: Cell) -> object:
        return self._once(cell, self.asker.address(matrix.routes()["administration.requests.page"], "no_such"))

    def _once(self, cell: Cell, path: str) -> object:
        key = (f"{cell.role} {path}", cell.method)
        if key not in self.nowhere:
            self.nowhere[key] = same(self.asker.ask(cell, path))
        return self.nowhere[key]


def _named(cell: Cell) -> str:
    return f"{cell.method} {cell.route.endpoint} as {cell.role} on {cell.which}"


@pytest.fixture
def judge(asker: Asker) -> Iterator[Judge]:
    """Somebody who asks, and who tells the gate what came of it also where a test stops half-way."""
    made = Judge(asker)
    yield made
    proof.reached("access_cells", made.tried - len(made.wrong), len(made.wrong))


@pytest.mark.proof
@pytest.mark.timeout(amount(900, 14_400))
@pytest.mark.parametrize("part", PARTS)
def test_everybody_gets_what_is_written_and_nothing_more(asker: Asker, judge: Judge, part: str) -> None:
    cells = chosen(part)
    before = asker.facts(without=TRACES)
    judge.ask(cell for cell in cells if cell.expected != OPEN)
    assert judge.wrong == []
    assert asker.facts(without=TRACES) == before
    traces = TRACES | OPENED.get(part, frozenset())
    before = asker.facts(without=traces)
    judge.ask(cell for cell in cells if cell.expected == OPEN and cell.method == "GET")
    assert judge.wrong == []
    assert asker.facts(without=traces) == before
    kept = asker.ground.kept()
    for cell in cells:
        if cell.expected == OPEN and cell.method == "POST":
            judge.ask([cell])
            asker.restored(kept)
    assert judge.wrong == []


def test_the_table_of_routes_is_what_the_code_declares(asker: Asker) -> None:
    declared: dict[str, list[object]] = {}
    for rule in asker.app.url_map.iter_rules():
        access = access_of(asker.app, rule.endpoint)
        assert access is not None
        permission = access.permission.value if access.permission else "public"
        methods = sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
        declared[rule.endpoint] = [methods, permission, access.is_fresh, access.is_before_second_factor]
    written = {
        name: [sorted(route.methods), route.permission, "fresh" in route.marks, "early" in route.marks]
        for name, route in matrix.routes().items()
    }
    assert declared == written


def test_the_tables_name_only_what_there_is() -> None:
    permissions = {permission.value for permission in Permission} | {"public"}
    objects = {(kind, which) for kind, every in matrix.OBJECTS.items() for which in every}
    for line in matrix.table("who"):
        assert line["permission"] in permissions
        for words in (line["may"], line["may_only_see"]):
            assert set(words.split()) <= {*matrix.ROLES, "everybody", "signed_in"}, line
        for which in line["which"].split():
            assert (line["object"], which) in objects, line
    for line in matrix.table("when"):
        route = matrix.routes()[line["endpoint"]]
        assert set(line["methods"].split()) <= set(route.methods)
        assert set(line["which"].split()) <= set(matrix.OBJECTS[route.kind]), line
        assert line["roles"] == "whoever may" or set(line["roles"].split()) <= set(matrix.ROLES)
    assert len(matrix.cells()) >= proof.GATES["access_cells"].required


def _page() -> str:
    return "anybody reads this"


@pytest.mark.parametrize("address", ["/en/new-page", "/en/applications/<application>/fragment", "/en/export.csv"])
def test_an_address_without_a_declaration_stops_the_start(app: Flask, address: str) -> None:
    check_all_declared(app)
    app.add_url_rule(address, "undeclared", _page)
    with pytest.raises(RuntimeError, match="declares no access"):
        check_all_declared(app)


def test_an_address_added_behind_the_check_answers_nothing(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/en/behind", "undeclared", _page)
    assert client.get("/en/behind").status_code == 404
    assert same(client.get("/en/behind")) == same(client.get("/en/no-such-page"))
