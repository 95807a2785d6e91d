"""Every security case is listed once, in its place, with tests that exist and a state that says what is so."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security-cases.md"
COUNTS = (24, 22, 26, 28, 18, 18, 36, 16, 20, 24, 16, 16, 18, 20, 14)
CASES = dict(zip("ABCDEFGHIJKLMNO", COUNTS, strict=True))
ROW = re.compile(r"^\| *([A-Z]\d+) *\|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w./-]+\.py)::(\w+)`")
STATE = re.compile(r"proven|open|later: \S.*|not here: \S.*")


@dataclass(frozen=True)
class Case:
    """One row of the page."""

    name: str
    words: str
    tests: str
    state: str


def rows(text: str) -> list[Case]:
    """The rows of the page in their order."""
    return [Case(*(cell.strip() for cell in found)) for found in ROW.findall(text)]


@cache
def functions_of(path: str) -> frozenset[str]:
    """The tests of one file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def faults(case: Case) -> list[str]:
    """What is wrong with one row."""
    found = []
    named = NAMED.findall(case.tests)
    if not case.words:
        found.append(f"{case.name} has no words")
    if not STATE.fullmatch(case.state):
        found.append(f"{case.name}: {case.state!r} is no state")
    if re.sub(r"[\s,]", "", NAMED.sub("", case.tests)):
        found.append(f"{case.name} names something else than tests")
    if (case.state == "proven") != bool(named) and not case.state.startswith("later"):
        found.append(f"{case.name} is {case.state} with {len(named)} tests")
    found += [f"{case.name}: no {path}::{test}" for path, test in named if test not in functions_of(path)]
    return found


def test_each_case_is_listed_once_and_in_order() -> None:
    listed = [case.name for case in rows(PAGE.read_text("utf-8"))]
    assert listed == [f"{letter}{number}" for letter, count in CASES.items() for number in range(1, count + 1)]
    assert len(listed) == 316


def test_each_row_says_what_is_so() -> None:
    assert [fault for case in rows(PAGE.read_text("utf-8")) for fault in faults(case)] == []


def test_wrong_rows_are_found() -> None:
    own = "`tests/architecture/test_security_cases.py::test_wrong_rows_are_found`"
    (right,) = rows(f"| A1 | the matrix | {own} | proven |")
    assert faults(right) == []
    wrong = rows(
        f"| A1 | | {own} | proven |\n| A2 | x | | proven |\n| A3 | x | {own} | open |\n| A4 | x | by hand | open |\n"
        f"| A5 | x | | done |\n| A6 | x | `tests/no.py::test_x`, {own} | proven |\n"
        "| A7 | x | `tests/proof.py::test_x` | proven |\n| A8 | x | | later: |\n"
    )
    assert [fault for case in wrong for fault in faults(case)] == [
        "A1 has no words",
        "A2 is proven with 0 tests",
        "A3 is open with 1 tests",
        "A4 names something else than tests",
        "A5: 'done' is no state",
        "A6: no tests/no.py::test_x",
        "A7: no tests/proof.py::test_x",
        "A8: 'later:' is no state",
    ]
