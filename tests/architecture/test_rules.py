"""Rules of the house that no tool knows: each is a check on parsed source, and each check is shown to bite."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import PACKAGE, ROOT, assignments_to, functions, modules, names_of

FILE_LINES, VIEW_LINES, TEMPLATE_LINES = 300, 20, 150
NO_NAMES = {"utils", "helpers", "common", "misc"}
# What writes beside the commands: the command itself, and what is no act of anybody and leaves no entry in the log.
OWN_TRANSACTIONS = {
    "services/command.py",
    "services/sessions.py",
    "services/form_keys.py",
    "services/account/guessing.py",
    "services/record.py",
    "services/schema.py",
    "services/upkeep.py",
    "services/outbox.py",
}
# Markup is trusted only where it stands in the template itself as a quoted attribute.
UNSAFE = re.compile(r"(?<![\"')\s])\s*\|\s*safe\b")
INLINE_STYLE = re.compile(r"<[a-z][^<>]*\sstyle\s*=|<style\b", re.IGNORECASE)
INLINE_ACT = re.compile(r"<[a-z][^<>]*\son[a-z]{3,}\s*=", re.IGNORECASE)
# A row says what it is (is_waiting, is_endorsed); no page asks for its state, in whatever order it is written.
STATE_TEST = re.compile(
    r"(\w+)\.state\s*(?:[=!<>]=|[<>]|(?:not\s+)?in\b|is\b)|(?:[=!]=|[<>]=?|\bindex\()\s*(?:\w+\.)*?(\w+)\.state\b"
)
# States that no workflow has: whether an account or a link is open, where a message is in the outbox, how a step is drawn.
OTHER_STATES = {
    ("administration/accounts/page.html", "account"),
    ("administration/invitations/index.html", "row"),
    ("macros/content.html", "step"),
    ("secretariat/mail/message.html", "message"),
}
ROUTES = {"route", "get", "post", "requires", "public"}
COMMANDS_ONLY = {"abort", "commit"}


def state_writers(tree: ast.AST) -> list[int]:
    """Lines that write ``.state``."""
    return list(assignments_to(tree, "state"))


def raw_state_updates(tree: ast.AST) -> list[int]:
    """Calls ``.values(state=...)`` on updates."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "values"
        and any(keyword.arg == "state" for keyword in node.keywords)
    ]


def views(tree: ast.AST) -> list[ast.FunctionDef]:
    """Functions behind a route."""
    return [function for function in functions(tree) if names_of(function.decorator_list) & ROUTES]


def decides(node: ast.AST) -> bool:
    """Whether this is what queries and commands decide: a try, a commit or abort, a comparison with a state."""
    if isinstance(node, ast.Call):
        return bool(names_of([node.func]) & COMMANDS_ONLY)
    if isinstance(node, ast.Compare):
        return "state" in names_of([node.left, *node.comparators])
    if isinstance(node, ast.Match):
        return "state" in names_of([node.subject])
    return isinstance(node, ast.Try)


def fat_views(tree: ast.AST) -> list[str]:
    """Views that are longer than 20 lines, try, commit or abort by themselves or ask for a state."""
    found = []
    for view in views(tree):
        length = (view.end_lineno or view.lineno) - view.lineno + 1
        if length > VIEW_LINES or any(decides(node) for node in ast.walk(view)):
            found.append(f"{view.name} ({length} lines)")
    return found


def inner_imports(tree: ast.AST) -> list[int]:
    """Imports inside functions."""
    return [
        node.lineno
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def web_database_use(tree: ast.AST) -> list[str]:
    """SQLAlchemy or models where HTTP is spoken."""
    found = []
    for node in ast.walk(tree):
        names = (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        found += [name for name in names if name.split(".")[0] == "sqlalchemy"]
    return found


def state_tests(text: str) -> list[str]:
    """Of what a template tests the state."""
    return [found[1] or found[2] for found in STATE_TEST.finditer(text)]


@pytest.mark.parametrize("module", sorted(modules()))
def test_only_the_engine_writes_a_state(module: str) -> None:
    if module == "workflow/engine.py":
        return
    owned = {
        "services/outbox.py",
        "services/review.py",
        "mail/outbox.py",
    }  # states of messages and reviews, no workflow
    if module in owned or module.startswith(("services/review", "mail/")):
        return
    assert state_writers(modules()[module]) == []
    if module.startswith("services/attachment") or module == "services/application/attachments.py":
        return
    assert raw_state_updates(modules()[module]) == []


def test_writing_a_state_elsewhere_is_found() -> None:
    assert state_writers(ast.parse("row.state = 'x'")) == [1]
    assert raw_state_updates(ast.parse("update(A).values(state='x')")) == [1]


def own_transactions(tree: ast.AST) -> list[int]:
    """Lines that open a writing transaction by themselves."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "writing" and ast.unparse(node.value).split(".")[-1] == "db"
    ]


@pytest.mark.parametrize("module", sorted(modules()))
def test_only_commands_open_a_writing_transaction(module: str) -> None:
    assert bool(own_transactions(modules()[module])) == (module in OWN_TRANSACTIONS)


def test_a_transaction_of_ones_own_is_found() -> None:
    assert own_transactions(ast.parse("with db.writing() as session:\n    pass")) == [1]
    assert own_transactions(ast.parse("begun = extensions.db.writing\n")) == [1]
    assert own_transactions(ast.parse("archive.writing(target)\ndb.reading()")) == []


@pytest.mark.parametrize("module", [m for m in sorted(modules()) if m.startswith("web/")])
def test_views_are_thin(module: str) -> None:
    assert fat_views(modules()[module]) == []


def test_a_fat_view_is_found() -> None:
    body = "\n".join(f"    x{n} = {n}" for n in range(25))
    assert fat_views(ast.parse(f"@b.get('/')\ndef page():\n{body}\n")) == ["page (26 lines)"]
    for line in (
        "try:\n        pass\n    finally:\n        pass",
        "abort(403)",
        "flask.abort(404)",
        "db.session.commit()",
        "if found.state == 'draft': pass",
        "return render(contacts=[] if found.state is DRAFT else contacts)",
        "return [one for one in rows if one.file.state not in OVER]",
        "return 'draft' != found.state",
        "match found.state:\n        case _: pass",
    ):
        assert fat_views(ast.parse(f"@public\ndef page():\n    {line}\n")) != []
    for line in ("return APPLICATION.labels[found.state][1]", "return form.accepts(found.is_waiting)"):
        assert fat_views(ast.parse(f"@public\ndef page():\n    {line}\n")) == []


@pytest.mark.parametrize("module", sorted(modules()))
def test_no_import_inside_a_function(module: str) -> None:
    assert inner_imports(modules()[module]) == []


def test_an_inner_import_is_found() -> None:
    assert inner_imports(ast.parse("def f():\n    import os\n")) == [2]


@pytest.mark.parametrize("module", [m for m in sorted(modules()) if m.startswith("web/")])
def test_pages_do_not_touch_the_database(module: str) -> None:
    assert web_database_use(modules()[module]) == []


def test_database_use_in_a_page_is_found() -> None:
    assert web_database_use(ast.parse("from sqlalchemy import select")) == ["sqlalchemy"]


def file_faults(module: str, text: str) -> list[str]:
    """What is wrong with a file: too long, silent about what lives there, of a name that says nothing."""
    faults = {
        "too long": text.count("\n") > FILE_LINES,
        "says nothing": not ast.get_docstring(ast.parse(text)),
        "no name": bool(NO_NAMES & set(module.removesuffix(".py").split("/"))),
    }
    return [fault for fault, is_there in faults.items() if is_there]


@pytest.mark.parametrize("module", sorted(modules()))
def test_files_keep_their_budget_and_say_what_lives_there(module: str) -> None:
    assert file_faults(module, (PACKAGE / module).read_text("utf-8")) == []


def test_a_long_a_silent_and_a_nameless_file_are_found() -> None:
    first = '"""Cities."""\n'
    assert file_faults("core/city.py", first + "x = 1\n" * (FILE_LINES - 1)) == []
    assert file_faults("core/city.py", first + "x = 1\n" * FILE_LINES) == ["too long"]
    assert file_faults("core/city.py", "x = 1\n") == ["says nothing"]
    assert file_faults("core/utils.py", first) == file_faults("core/helpers/city.py", first) == ["no name"]


def template_faults(template: str, text: str) -> list[str]:
    """What is wrong with a template: too long (a picture may be), trusted markup, a style or an act of its own."""
    is_page = template.endswith(".html")
    faults = {
        "too long": not template.endswith(".svg") and text.count("\n") > TEMPLATE_LINES,
        "|safe": is_page and bool(UNSAFE.search(text)),
        "style": is_page and bool(INLINE_STYLE.search(text)),
        "act": is_page and bool(INLINE_ACT.search(text)),
    }
    return [fault for fault, is_there in faults.items() if is_there]


@pytest.mark.parametrize("template", sorted(str(p.relative_to(ROOT)) for p in (ROOT / "templates").rglob("*.*")))
def test_templates_keep_their_budget_and_compute_nothing(template: str) -> None:
    text = (ROOT / template).read_text("utf-8")
    assert template_faults(template, text) == []
    if template.endswith(".html"):
        name = template.removeprefix("templates/")
        assert {(name, tested) for tested in state_tests(text)} == {own for own in OTHER_STATES if own[0] == name}


def test_a_long_template_trusted_markup_style_and_act_are_found() -> None:
    assert template_faults("a.html", "<p>\n" * TEMPLATE_LINES) == []
    assert template_faults("a.html", "<p>\n" * (TEMPLATE_LINES + 1)) == ["too long"]
    assert template_faults("a.txt", "a\n" * (TEMPLATE_LINES + 1)) == ["too long"]
    assert template_faults("a.svg", "<g/>\n" * (TEMPLATE_LINES + 1)) == []
    assert (
        template_faults("a.html", "{{ answer|safe }}") == template_faults("a.html", "{{ answer | safe }}") == ["|safe"]
    )
    assert template_faults("a.html", "{{ '<br>'|safe }}") == []
    assert template_faults("a.html", '<p style="color: red">') == template_faults("a.html", "<style>") == ["style"]
    assert template_faults("a.html", '<p\n  onclick="go()">') == template_faults("a.html", "<p onload = go>") == ["act"]
    assert template_faults("a.html", "{% set style = 1 %}<p class='style'>{{ link(on=day, one=1) }}") == []


def test_a_test_of_a_state_is_found() -> None:
    for asked in (
        '{% if file.state == "submitted" %}',
        '{{ "x" if file.state != "draft" }}',
        '{% for file in files if file.state in ("draft", "expired") %}',
        '{% if file.state not in ("draft", "expired") %}',
        '{% if file.state is eq("draft") %}',
        '{% if "draft" == cohort.file.state %}',
        '{% set at = ["preparing", "locked"].index(file.state) %}',
    ):
        assert state_tests(asked) == ["file"]
    assert state_tests("{{ m.tone(file.state)|trim }} {{ labels[file.state] }} {% if file.is_waiting %}") == []


def undocumented(tree: ast.AST) -> list[str]:
    """Public functions at module level without a docstring."""
    body = getattr(tree, "body", [])
    return [
        node.name
        for node in body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and "overload" not in names_of(node.decorator_list)
        and not ast.get_docstring(node)
    ]


@pytest.mark.parametrize("module", sorted(modules()))
def test_public_functions_say_what_they_do(module: str) -> None:
    assert undocumented(modules()[module]) == []


def test_a_silent_function_is_found() -> None:
    assert undocumented(ast.parse("def f():\n    pass\n")) == ["f"]
