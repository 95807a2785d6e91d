"""The import contracts bite: in a skeleton of our rooms, each forbidden import is found, and the skeleton itself is clean."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sysconfig.get_path("scripts")) / "lint-imports"
AUDIENCES = (
    "public",
    "account",
    "applicant",
    "signatory",
    "commission",
    "jury",
    "secretariat",
    "administration",
    "demo",
    "api",
)


def rooms() -> list[str]:
    """Return the names of all rooms, from the layers contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract for contract in contracts if contract["id"] == "layers")["layers"]
    return [room for layer in layers for room in re.findall(r"\w+", layer)]


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """A package with our rooms and nothing in them, under our contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "gnlc_apply"
    for folder in ("", *rooms(), *(f"web/{audience}" for audience in AUDIENCES)):
        (package / folder).mkdir(parents=True)
        (package / folder / "__init__.py").touch()
    return package


def broken(package: Path) -> list[str]:
    """Return the names of the broken contracts."""
    ran = subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=package.parent,
        env=os.environ | {"PYTHONPATH": str(package.parent), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    names = re.findall(r"^(.+?) BROKEN", ran.stdout, re.MULTILINE)
    assert re.search(rf"^Contracts: \d+ kept, {len(names)} broken\.$", ran.stdout, re.MULTILINE), (
        ran.stdout + ran.stderr
    )
    assert ran.returncode == (1 if names else 0)
    return names


def test_rooms_without_imports_are_clean(skeleton: Path) -> None:
    assert broken(skeleton) == []


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/clock.py", "import gnlc_apply.models", "Imports only go down"),
        ("queries/city.py", "import gnlc_apply.services", "Imports only go down"),
        ("utils.py", "", "Imports only go down"),
        ("web/public/pages.py", "import gnlc_apply.web.account", "Audiences do not import each other"),
        ("web/demo/people.py", "import gnlc_apply.web.account", "Audiences do not import each other"),
        ("core/text.py", "import flask_babel", "The pure rooms never reach Flask, even indirectly"),
        ("jury/assignment.py", "import flask", "The pure rooms never reach Flask, even indirectly"),
        ("workflow/guards.py", "import werkzeug", "The pure rooms never reach Flask, even indirectly"),
        ("services/call.py", "from flask import request", "Commands and queries take values, never forms or requests"),
        ("queries/call.py", "from wtforms import Form", "Commands and queries take values, never forms or requests"),
        ("web/jury/pages.py", "from sqlalchemy.orm import Session", "Pages do not touch the database"),
    ],
)
def test_a_forbidden_import_is_found(skeleton: Path, module: str, line: str, contract: str) -> None:
    (skeleton / module).write_text(f"{line}\n", encoding="utf-8")
    assert broken(skeleton) == [contract]


def test_flask_is_found_behind_another_room(skeleton: Path) -> None:
    (skeleton / "config" / "__init__.py").write_text("import flask_login\n", encoding="utf-8")
    assert broken(skeleton) == []
    (skeleton / "models" / "city.py").write_text("import gnlc_apply.config\n", encoding="utf-8")
    assert broken(skeleton) == ["The pure rooms never reach Flask, even indirectly"]
