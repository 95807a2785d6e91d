"""One door: what is embargoed is read in ``queries/embargoed`` only (and by the commands that write it).

Recommendations, decisions, reviews with scores, jurors with their assignments and conflicts, minutes, and the cohort's list
before its announcement: no page, mail, document, scenario or other query names their tables.
"""

from __future__ import annotations

import ast
import re

import pytest

from gnlc_apply.models import Base
from tests.architecture.source import modules

EMBARGOED = {
    "Assignment": "assignment",
    "AssignmentProposal": "assignment_proposal",
    "CalibrationFile": "calibration_file",
    "CalibrationReading": "calibration_reading",
    "CalibrationRound": "calibration_round",
    "CalibrationScore": "calibration_score",
    "CalibrationSeat": "calibration_seat",
    "ConflictOfInterest": "conflict_of_interest",
    "Decision": "decision",
    "Feedback": "feedback",
    "Juror": "juror",
    "JurorFile": "juror_file",
    "JuryFigures": "jury_figures",
    "Minutes": "minutes",
    "Recommendation": "recommendation",
    "Review": "review",
    "Score": "score",
}
# The door itself, the writers, the policy's own look at who reads what, the tables, and the rehearsal's check of a scratch
# database, which looks for leaks and therefore must know what would leak.
ALLOWED = ("queries/embargoed/", "services/", "permissions/", "models/", "scenarios/invariants.py")
# Arrays and dataclasses of the same names: the mathematics of the jury knows no table.
PURE = ("jury/",)
_SQL = re.compile(
    r"\b(?:from|join|into|update|table)\s+\"?("
    + "|".join(sorted(EMBARGOED.values(), key=len, reverse=True))
    + r")\"?\b",
    re.IGNORECASE,
)


def _in_code(tree: ast.AST) -> set[str]:
    """Imports of the classes from the models, and attributes of the models' module."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gnlc_apply.models"):
            found |= {alias.name for alias in node.names if alias.name in EMBARGOED}
            found |= {"*" for alias in node.names if alias.name in ("*", "calibration", "jury", "cohort")}
        if isinstance(node, ast.Attribute) and node.attr in EMBARGOED and ast.unparse(node.value).endswith("models"):
            found.add(node.attr)
    return found


def _in_sql(tree: ast.AST) -> set[str]:
    """Table names in statements written as text, docstrings left out."""
    docstrings = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    }
    return {
        found.lower()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings
        for found in _SQL.findall(node.value)
        # A sentence in words is no statement.
        if re.search(r"\b(select|insert|update|delete)\b", node.value, re.IGNORECASE)
    }


def embargoed_tables(tree: ast.AST) -> set[str]:
    """What a module mentions of the embargoed tables."""
    return _in_code(tree) | _in_sql(tree)


@pytest.mark.parametrize("module", [m for m in sorted(modules()) if not m.startswith(ALLOWED + PURE)])
def test_no_other_room_names_an_embargoed_table(module: str) -> None:
    assert embargoed_tables(modules()[module]) == set()


def test_every_embargoed_table_exists() -> None:
    assert set(EMBARGOED.values()) <= set(Base.metadata.tables)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from gnlc_apply.models import Call, Juror", {"Juror"}),
        ("from gnlc_apply.models.jury import Review as R", {"Review"}),
        ("from gnlc_apply.models import jury", {"*"}),
        ("from gnlc_apply import models\nx = models.Decision.outcome", {"Decision"}),
        ("from sqlalchemy import text\ntext('SELECT outcome FROM decision')", {"decision"}),
        ("text('select 1 from application join juror_file on 1=1')", {"juror_file"}),
        ("from gnlc_apply.models import Call, Application", set()),
        ('"""Select a review from the score table."""', set()),
        ("from gnlc_apply.jury.panel import Juror", set()),
    ],
)
def test_a_mention_is_found(source: str, found: set[str]) -> None:
    assert embargoed_tables(ast.parse(source)) == found


def test_the_door_takes_the_viewer_and_the_time() -> None:
    """Functions that pages call say who looks and when; the others take a session, inside a unit of work, or rows."""
    pages = ("jury", "reading", "roster", "assignments", "proposals", "ranking", "minutes", "call_record")
    for name in pages:
        tree = modules()[f"queries/embargoed/{name}.py"]
        for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
            reads = any(isinstance(node, ast.Attribute) and node.attr == "reader" for node in ast.walk(function))
            if reads and not function.name.startswith("_") and function.name != "has_open":
                arguments = [argument.arg for argument in function.args.args]
                assert arguments[:2] == ["viewer", "now"], f"{name}.{function.name}"
