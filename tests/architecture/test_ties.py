"""Whoever writes a tie between a person and a city or country runs the conflict rules in the same transaction."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import functions, modules

# Rows that tie somebody: made or inserted, the rules run.
TIES = {"ApplicationMember", "Grant", "StaffConflict"}
# Columns that tie somebody: an address, a juror's countries.
COLUMNS = {"email", "countries"}
RULES = {"keep_apart", "keep_conflicts"}
# What writes a tie without asking, and why that is safe.
WITHOUT = {
    "services/account/personal.py:erase": "the address of an erased person ties nobody",
    "services/application/begin.py:begin": "a draft is with no jury; the rules are asked when the file is given out",
    "services/assignment/jurors.py:_write_profile": "an inner act: whoever calls it asks, or the juror has no file yet",
}


def ties_written(function: ast.FunctionDef) -> set[str]:
    """Rows and columns that tie somebody, written in this function."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            inserted = node.args[0] if node.func.id == "insert" and node.args else node.func
            if isinstance(inserted, ast.Name) and inserted.id in TIES:
                found.add(inserted.id)
        for target in node.targets if isinstance(node, ast.Assign) else ():
            for one in target.elts if isinstance(target, ast.Tuple) else (target,):
                if isinstance(one, ast.Attribute) and one.attr in COLUMNS:
                    found.add(one.attr)
    return found


def asks(function: ast.FunctionDef) -> bool:
    """Whether the function runs the rules."""
    return any(
        isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) in RULES or getattr(node.func, "attr", None) in RULES)
        for node in ast.walk(function)
    )


def unasked(module: str, tree: ast.AST) -> list[str]:
    """Functions of a module that write a tie and do not run the rules."""
    return [
        f"{module}:{function.name}" for function in functions(tree) if ties_written(function) and not asks(function)
    ]


@pytest.mark.parametrize("module", [m for m in sorted(modules()) if m.startswith(("services/", "scenarios/", "cli/"))])
def test_who_writes_a_tie_runs_the_rules(module: str) -> None:
    assert [name for name in unasked(module, modules()[module]) if name not in WITHOUT] == []


def test_every_exception_is_still_one() -> None:
    found = {name for module, tree in modules().items() for name in unasked(module, tree)}
    assert set(WITHOUT) <= found


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("def f():\n    session.add(ApplicationMember(person_id=1))\n", True),
        ("def f():\n    session.execute(insert(Grant), rows)\n", True),
        ("def f():\n    person.email = 'x'\n", True),
        ("def f():\n    juror.countries, juror.region = x, y\n", True),
        ("def f():\n    person.email = 'x'\n    keep_apart(unit, person.id)\n", False),
        ("def f():\n    return select(Grant)\n", False),
    ],
)
def test_a_tie_without_the_rules_is_found(source: str, *, is_found: bool) -> None:
    assert bool(unasked("x.py", ast.parse(source))) is is_found
