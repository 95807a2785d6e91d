"""What the documents say is there: links, commands, files, licences; nothing of a machine or a package index."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import click
import pytest

from gnlc_apply.cli import COMMANDS
from gnlc_apply.models import Role

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("gnlc_apply/**/README.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^ {4}\S.*$|^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
GNLC = re.compile(r"\bgnlc ((?:[a-z][a-z-]*(?: (?=[a-z]))?)+)(?![\w-])")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
DEV = re.compile(r"\./dev ([a-z]+)")
OURS = re.compile(r"`((?:gnlc_apply|templates|tests|assets|docs|migrations|requirements)/[\w./-]*\w/?)`")
PAGE = re.compile(r"`([\w./-]+\.md)`")
# Folders of somebody's machine, and hosts of package indexes.
MACHINE = re.compile(
    r"(?<![\w.<])/(?:home|root|work|Users|tmp|mnt|srv)/|pypi|pythonhosted|registry\.npmjs|artifactory|\bnexus\b"
)

WHO_HAS_A_PAGE = {
    Role.OFFICER: "officer",
    Role.DIRECTOR: "director",
    Role.ADMINISTRATOR: "administrator",
    Role.COMMISSION: "national-commission",
    Role.JUROR: "juror",
    Role.CHAIR: "chair",
}
WITHOUT_A_ROLE = {"city-official", "mayor", "public"}


def text(name: str) -> str:
    """One document."""
    return (ROOT / name).read_text(encoding="utf-8")


def code(words: str) -> list[str]:
    """What stands as code in it: in back quotes, fenced or indented; each line for itself."""
    return [line.strip() for found in CODE.findall(words) for line in found.strip("`").splitlines()]


def broken_links(words: str, folder: Path) -> list[str]:
    """Relative links that lead nowhere."""
    targets = (target.partition("#")[0] for target in LINK.findall(words))
    return [target for target in targets if target and "://" not in target and not (folder / target).exists()]


@cache
def commands() -> dict[str, click.Command]:
    """Every command of the terminal by its words: ``registry import``."""
    found: dict[str, click.Command] = {}
    for command in COMMANDS:
        found[command.name or ""] = command
        if isinstance(command, click.Group):
            found |= {f"{command.name} {name}": inner for name, inner in command.commands.items()}
    return found


def _resolved(words: str) -> click.Command | None:
    """The command these words call; what follows it is an argument. None where there is no such command."""
    parts = words.split()
    found = commands().get(" ".join(parts[:2])) or commands().get(parts[0])
    is_unknown_inside = isinstance(found, click.Group) and len(parts) > 1
    return None if is_unknown_inside else found


def options(command: click.Command) -> set[str]:
    """Every option that a command takes, the way to switch one off included."""
    return {"--help"} | {name for option in command.params for name in (*option.opts, *option.secondary_opts)}


def unknown_commands(words: str) -> list[str]:
    """``gnlc …`` in code that no command answers to, or an option that it does not take."""
    wrong = []
    for line in code(words):
        for call in re.split(r"&&|#|\|", line):
            match = GNLC.search(call)
            if match is None:
                continue
            command = _resolved(match[1])
            known = options(command) if command else set()
            if command is None or set(OPTION.findall(call[match.end() :])) - known:
                wrong.append(call.strip())
    return wrong


@cache
def tasks() -> frozenset[str]:
    """What ``./dev`` lists."""
    shown = subprocess.run([ROOT / "dev"], capture_output=True, text=True, check=True).stdout
    return frozenset(re.findall(r"^\./dev (\w+)", shown, re.MULTILINE))


def unknown_tasks(words: str) -> list[str]:
    """``./dev …`` that the task runner does not list."""
    return [task for task in DEV.findall(words) if task not in tasks()]


def test_the_finders_find_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "there.md").touch()
    assert broken_links("[a](there.md#x) [b](gone.md) ![c](no/picture.png) [d](https://gone.example)", tmp_path) == [
        "gone.md",
        "no/picture.png",
    ]
    assert unknown_commands(
        "`gnlc announce` and `gnlc registry export --on 2024-02-14`, see the word gnlc of prose"
    ) == ["gnlc announce"]
    assert unknown_commands("```\n$ gnlc registry burn\n$ gnlc doctor --loud\n$ gnlc mail test a@b.example\n```") == [
        "$ gnlc registry burn",
        "$ gnlc doctor --loud",
    ]
    assert unknown_tasks("`./dev test tests/core` and `./dev deploy`") == ["deploy"]
    assert MACHINE.findall("in /home/me/x, from https://pypi.example") == ["/home/", "pypi"]


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    assert broken_links(text(name), (ROOT / name).parent) == []


@pytest.mark.parametrize("name", NAMES)
def test_commands_and_tasks_exist(name: str) -> None:
    assert unknown_commands(text(name)) == []
    assert unknown_tasks(text(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_files_of_ours_that_are_named_exist(name: str) -> None:
    assert [path for path in OURS.findall(text(name)) if not (ROOT / path).exists()] == []
    folders = (ROOT, (ROOT / name).parent)
    assert [page for page in PAGE.findall(text(name)) if not any((folder / page).exists() for folder in folders)] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_machine_or_a_package_index(name: str) -> None:
    assert MACHINE.findall(text(name)) == []


def test_the_readme_leads_to_every_page_of_the_documents() -> None:
    linked = {target.partition("#")[0].rstrip("/") for target in LINK.findall(text("README.md"))}
    pages = {name for name in NAMES if name.startswith("docs/") and Path(name).parent != Path("docs/adr")}
    assert pages - linked == set()
    assert "docs/adr" in linked


def test_every_role_has_a_page() -> None:
    assert set(WHO_HAS_A_PAGE) == set(Role)
    pages = {path.stem for path in ROOT.glob("docs/roles/*.md")}
    assert pages == {*WHO_HAS_A_PAGE.values(), *WITHOUT_A_ROLE}


def test_every_package_that_is_installed_is_named_with_its_licence() -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==", text("requirements/base.lock"), re.MULTILINE))
    table = text("THIRD_PARTY.md").partition("## Installed beside the package")[2].partition("\n## ")[0]
    named = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", table.casefold()))
    assert len(locked) > 30
    assert locked - named == set()


def test_what_the_changelog_says_comes_next_is_on_top() -> None:
    headings = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"
