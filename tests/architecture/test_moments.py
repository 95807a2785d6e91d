"""The moment that counts for a deadline is when the request had arrived: nothing that checks one can read the wall clock."""

from __future__ import annotations

import ast

from tests.architecture.source import functions, modules

ROOMS = ("services/", "queries/", "workflow/")
# Rooms where no deadline of the process is checked: the life of secrets and sessions, and the machine's own upkeep. There
# the moment of the work itself is the careful one.
OTHER_CLOCKS = (
    *("services/account/", "services/sessions.py", "services/record.py", "services/upkeep.py", "services/delivery.py"),
    *(
        "queries/account.py",
        "queries/accounts.py",
        "queries/person.py",
        "queries/colleagues.py",
        "queries/readiness.py",
    ),
    *("queries/registry.py", "queries/registry_history.py"),
)
# What may look at the wall clock, and why that is no deadline of somebody's act.
ALLOWED = {
    "services/backup/place.py:_is_running": "how long ago a worker left a sign of life",
    "services/ties/panel.py:_is_ready": "an objection's time is over once all that had arrived is answered",
    "services/assignment/proposals.py:_write_deadline": "a date that somebody sets must lie ahead",
    "services/assignment/reminders.py:remind_readers": "the worker reminds",
    "services/assignment/tie_questions.py:remind_asked": "the worker reminds",
    "services/file_reminders.py:_remind_commissions": "the worker reminds",
    "services/calibration/rounds.py:_check": "a date that somebody sets must lie ahead",
    "services/calibration/rounds.py:record_talk": "a talk that was held lies behind",
    "services/call/extension.py:_refuse_shorter": "a date that somebody sets must lie ahead",
    "services/cohort/finding.py:_is_clock_sound": "the clock itself is looked at",
    "services/cohort/finding.py:load": "an announcement is never before its instant, whenever the press arrived",
    "services/cohort/announcing.py:_case": "the announcement moves files, no deadline is looked at",
    "services/cohort/tick.py:_armed": "the worker announces",
    "services/cohort/tick.py:seconds_until_next": "the worker sleeps until the instant",
    "services/guessed_names.py:tell_administrators": "the worker tells; who holds a role today",
    "queries/signature_evidence.py:evidence": "when the paper was made",
    "services/figures.py:_is_known": "when the worker tries again what failed",
    "services/requests.py:ask_city": "a date that somebody sets must lie ahead",
    "services/requests.py:return_to_city": "a date that somebody sets must lie ahead",
    "services/screening.py:_give_time": "a date that somebody sets must lie ahead",
    "services/signature/asking.py:_refuse_too_many": "how much mail a day brings",
    "services/signature/reminding.py:_remind": "the worker reminds",
    "services/signature/reminding.py:remind_signatories": "the worker reminds",
    "services/signature/signing.py:send_code": "how much mail a day brings",
    "services/screening.py:find_ineligible": "a date is set",
    "queries/call_words.py:tasks": "pages that tell, and refuse nothing",
    "queries/endorsement.py:desk": "pages that tell, and refuse nothing",
    "queries/file_list.py:by_call": "pages that tell, and refuse nothing",
    "queries/signing.py:link": "pages that tell, and refuse nothing",
    "queries/registry_city.py:city": "pages that tell, and refuse nothing",
    "queries/public_call.py:stage": "pages that tell, and refuse nothing",
}
# Functions to which the wall clock may be handed, because they count days or set a date.
TELLERS = {
    *(
        "after",
        "days_left",
        "stage",
        "day_of",
        "day_there",
        "max",
        "is_fresh",
        "require_fresh",
        "runs_on",
        "running",
        "step_at",
        "kept",
    ),
    *("Unit", "Found", "CallCase", "figures", "Occasion", "unfinished_to_freeze", "unfinished", "saved"),
    *("write", "retry"),
}


def is_wall(node: ast.AST) -> bool:
    """``unit.now``, ``clock.now()`` or ``clock.today()``."""
    target = node.func if isinstance(node, ast.Call) else node
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
        return False
    return (target.value.id, target.attr) in {("unit", "now"), ("clock", "now"), ("clock", "today")}


def wall_names(function: ast.FunctionDef) -> set[str]:
    """Names that this function gives to the wall clock: ``now = clock.now()``, ``since = unit.now - DAY``."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and (is_wall(node.value) or _is_reckoned(node.value)):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def _is_reckoned(value: ast.expr) -> bool:
    """A moment reckoned from the wall clock, such as ``unit.now - DAY``."""
    return isinstance(value, ast.BinOp) and any(is_wall(part) for part in ast.walk(value))


def name_of(function: ast.expr) -> str:
    """The last word of what is called."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def looks_at_wall(function: ast.FunctionDef) -> bool:
    """Whether a function compares the wall clock with something, guards with it, or hands it to who knows what."""
    names = wall_names(function)

    def has_wall(node: ast.AST) -> bool:
        return any(is_wall(part) or (isinstance(part, ast.Name) and part.id in names) for part in ast.walk(node))

    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and has_wall(node):
            return True
        if isinstance(node, ast.Call):
            if any(keyword.arg == "now" and has_wall(keyword.value) for keyword in node.keywords):
                return True
            handed = [part for part in node.args if is_wall(part) or (isinstance(part, ast.Name) and part.id in names)]
            if handed and name_of(node.func) not in TELLERS:
                return True
    return False


def found_in(name: str, tree: ast.AST) -> set[str]:
    """The functions of a module that look at the wall clock, as ``module:function``."""
    return {f"{name}:{function.name}" for function in functions(tree) if looks_at_wall(function)}


def test_no_deadline_is_checked_by_the_wall_clock() -> None:
    found = set()
    for name, tree in modules().items():
        if name.startswith(ROOMS) and not name.startswith(OTHER_CLOCKS):
            found |= found_in(name, tree)
    assert found - set(ALLOWED) == set()


def test_a_deadline_checked_by_the_wall_clock_is_found() -> None:
    for body in (
        "if unit.now > row.due_at: raise X",
        "if clock.now() > row.due_at: raise X",
        "now = clock.now()\n    return row.due_at >= now",
        "until = unit.now + GRACE\n    return row.due_at < until",
        "return select(A).where(A.due_at >= unit.now)",
        "return ApplicationCase(row=row, now=unit.now)",
        "refuse_unless_editable(row.state, unit.now, until)",
        "return min(unit.now, row.due_at)",
    ):
        assert found_in("m", ast.parse(f"def f(unit, row):\n    {body}\n")) == {"m:f"}, body


def test_the_moment_of_arrival_may_be_compared_and_the_wall_clock_written() -> None:
    for body in (
        "if unit.arrived_at > row.due_at: raise X",
        "if clock.arrived() > row.due_at: raise X",
        "row.done_at = unit.now",
        "unit.session.add(Row(done_at=unit.now))",
        "row.due_at = unit.now + TEN_DAYS",
    ):
        assert found_in("m", ast.parse(f"def f(unit, row):\n    {body}\n")) == set(), body


def test_what_is_allowed_still_looks_at_the_clock() -> None:
    """An exception that nobody needs any more is taken out of the list."""
    found = set()
    for name, tree in modules().items():
        found |= found_in(name, tree)
    assert set(ALLOWED) - found == set()
