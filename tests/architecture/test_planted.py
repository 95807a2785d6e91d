"""The list of planted faults does not rot: what each replaces still stands where it says, and its tests exist.

Whoever changes such a line changes ``old`` and ``new`` of the fault with it (``tests/planted/``), so that the fault stays one.
"""

from __future__ import annotations

import ast
from functools import cache

from tests.planted import planting
from tests.planted.planting import FAULTS, ROOT


@cache
def _functions(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    return frozenset(
        node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
    )


def _has(test: str) -> bool:
    path, _, name = test.partition("::")
    return name in _functions(path) if name else bool(_functions(path))


def test_every_text_that_a_fault_replaces_stands_exactly_once() -> None:
    counted = {fault.name: (ROOT / fault.file).read_text("utf-8").count(fault.old) for fault in FAULTS}
    assert {name: number for name, number in counted.items() if number != 1} == {}


def test_every_fault_is_python_and_changes_something() -> None:
    for fault in FAULTS:
        text = planting.planted_text(fault)
        assert text != (ROOT / fault.file).read_text("utf-8"), fault.name
        if fault.file.endswith(".py"):
            compile(text, fault.file, "exec")


def test_every_test_that_a_fault_names_exists() -> None:
    assert [(fault.name, test) for fault in FAULTS for test in fault.tests if not _has(test)] == []


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 150
    assert sum(fault.is_secret for fault in FAULTS) >= 40
