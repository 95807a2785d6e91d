"""Our own source, parsed once, for the rules of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gnlc_apply"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its path below it, e.g. ``services/case.py``."""
    return {
        str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "_bundled" not in path.parts
    }


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Every function in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def names_of(decorators: list[ast.expr]) -> set[str]:
    """The plain names of decorators, called or not."""
    found = set()
    for decorator in decorators:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Attribute):
            found.add(target.attr)
        elif isinstance(target, ast.Name):
            found.add(target.id)
    return found


def assignments_to(tree: ast.AST, attribute: str) -> Iterator[int]:
    """Lines that assign to ``<anything>.<attribute>``."""
    for node in ast.walk(tree):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign | ast.AugAssign)
            else []
        )
        if any(isinstance(target, ast.Attribute) and target.attr == attribute for target in targets):
            yield node.lineno  # type: ignore[attr-defined]  # statements have lines
