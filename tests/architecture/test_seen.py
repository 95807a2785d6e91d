"""Every page whose act depends on what the person saw carries it to the command, and the command compares."""

from __future__ import annotations

import ast

from tests.architecture.source import functions, modules

SERVICES = {
    "endorsement": "services/endorsement.py",
    "screening": "services/screening.py",
    "signature": "services/signature/letter.py",
    "recommendation": "services/recommendation.py",
    "decision": "services/decision.py",
}
# Whose meaning depends on what the person saw: taking ``seen`` away from one of them is seen here.
ACTS = {
    *(f"endorsement.{act}" for act in ("endorse", "decline", "revoke", "object_to_change", "ask", "return_questions")),
    *(f"screening.{act}" for act in ("find_eligible", "find_ineligible", "confirm_ineligible", "reverse")),
    *(f"screening.{act}" for act in ("ask", "return_questions", "record_late_letter")),
    *("signature.confirm_letter", "signature.refuse_letter", "recommendation.confirm", "decision.prepare"),
}


def takers() -> set[str]:
    """The commands that take what was seen."""
    return {
        f"{name}.{function.name}"
        for name, module in SERVICES.items()
        for function in functions(modules()[module])
        if any(argument.arg == "seen" for argument in function.args.kwonlyargs)
    }


def blind_calls(tree: ast.AST, acts: set[str]) -> list[str]:
    """Calls of these acts that do not say what was seen."""
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            name = f"{node.func.value.id}.{node.func.attr}"
            if name in acts and not any(keyword.arg == "seen" for keyword in node.keywords):
                found.append(name)
    return found


def test_the_acts_take_what_was_seen() -> None:
    assert ACTS - takers() == set()


def test_no_page_acts_blindly() -> None:
    found = {name: blind_calls(tree, takers()) for name, tree in modules().items() if name.startswith("web/")}
    assert {name: calls for name, calls in found.items() if calls} == {}


def test_a_blind_page_is_found() -> None:
    blind = ast.parse("endorsement.endorse(actor=a, reference=r)\nendorsement.endorse(actor=a, seen=s)")
    assert blind_calls(blind, takers()) == ["endorsement.endorse"]
