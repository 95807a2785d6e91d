"""The task runner and the CI script: they say what there is, set up once, and do not hide a failure."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Stand-ins for the programs the set-up calls: they write down that they were called, and install nothing.
PYTHON3 = """#!/bin/sh
case "$*" in
    *"-m venv"*) echo venv >>"$CALLS"; mkdir -p .venv/bin; cp "$STANDINS/python" .venv/bin/python ;;
    *"--python"*install*) echo "pip: ${*##* }" >>"$CALLS"; [ -n "${NO_UV-}" ] || cp "$STANDINS/uv" .venv/bin/uv ;;
    *"pip config list"*) echo "global.index-url='file:///mirror'"; echo ":env:.index-url='file:///nearer'" ;;
esac
exit 0
"""
PYTHON = """#!/bin/sh
case "$*" in *pytest*) echo "pytest on $GNLC_TEST_ENGINE: $*" >>"$CALLS"; exit "${PYTEST_STATUS-0}" ;; esac
exit 0
"""
UV = """#!/bin/sh
echo "uv: ${*##* } from ${UV_DEFAULT_INDEX-}" >>"$CALLS"
exit "${UV_STATUS-0}"
"""
TOOL = """#!/bin/sh
echo "${0##*/}" >>"$CALLS"
case " ${FAILING-} " in *" ${0##*/} "*) exit 1 ;; esac
exit 0
"""


@dataclass
class Checkout:
    """A folder with our task runner in it, and stand-ins instead of programs that reach out."""

    folder: Path
    environment: dict[str, str]

    def dev(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("./dev", *arguments, **environment)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """Return what was called since the last time we asked."""
        path = Path(self.environment["CALLS"])
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    (folder / "requirements").mkdir(parents=True)
    for name in ("dev", ".ci/run"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in ("base", "dev", "tools"):
        (folder / "requirements" / f"{name}.lock").write_text(f"# {name}\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    standins = tmp_path / "standins"
    program(standins / "python3", PYTHON3)
    program(standins / "python", PYTHON)
    program(standins / "uv", UV)
    program(standins / "chromium", TOOL)
    for tool in ("ruff", "mypy", "lint-imports", "djlint", "pybabel"):
        program(folder / ".venv" / "bin" / tool, TOOL)
    (folder / "gnlc_apply" / "translations").mkdir(parents=True)
    environment = {
        "PATH": f"{standins}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "CALLS": str(tmp_path / "calls"),
        "STANDINS": str(standins),
        "TMPDIR": str(tmp_path),
        "GNLC_TEST_PROCESSES": "0",
        # No apt in a test: what is missing is only said.
        "GNLC_NO_APT": "1",
    }
    return Checkout(folder, environment)


def test_bare_it_prints_every_task(checkout: Checkout) -> None:
    shown = checkout.dev()
    assert shown.returncode == 0
    tasks = re.findall(r"^\./dev (\w+)", shown.stdout, re.MULTILINE)
    assert tasks == [
        "demo",
        "test",
        "prove",
        "check",
        "serve",
        "shots",
        "bench",
        "assets",
        "catalogues",
        "sbom",
        "lock",
        "setup",
    ]
    assert checkout.calls() == []


def test_an_unknown_task_is_refused(checkout: Checkout) -> None:
    refused = checkout.dev("deploy")
    assert refused.returncode == 2
    assert refused.stderr.startswith("dev: there is no task called deploy\n")


def test_set_up_happens_once(checkout: Checkout) -> None:
    assert checkout.dev("setup").returncode == 0
    nearer = "from file:///nearer"
    assert checkout.calls() == [
        "venv",
        "pip: requirements/tools.lock",
        f"uv: requirements/dev.lock {nearer}",
        f"uv: . {nearer}",
    ]
    assert checkout.dev("setup").returncode == 0
    assert checkout.calls() == []


@pytest.mark.parametrize("changed", ["requirements/base.lock", "requirements/dev.lock", "pyproject.toml"])
def test_set_up_happens_again_when_what_is_needed_changed(checkout: Checkout, changed: str) -> None:
    checkout.dev("setup")
    checkout.calls()
    (checkout.folder / changed).write_text("# other\n", encoding="utf-8")
    assert checkout.dev("setup").returncode == 0
    assert len(checkout.calls()) == 3


def test_a_set_up_that_broke_off_is_not_taken_for_a_finished_one(checkout: Checkout) -> None:
    program(
        Path(checkout.environment["STANDINS"]) / "python3",
        PYTHON3.replace("exit 0", 'case "$*" in *dev.lock) exit 1 ;; esac'),
    )
    assert checkout.dev("setup", NO_UV="1").returncode != 0
    assert not (checkout.folder / ".venv" / ".ready").exists()


def test_pip_installs_what_uv_cannot(checkout: Checkout) -> None:
    assert checkout.dev("setup", UV_STATUS="1").returncode == 0
    assert [call for call in checkout.calls() if call.startswith("pip")] == [
        "pip: requirements/tools.lock",
        "pip: requirements/dev.lock",
        "pip: .",
    ]


def test_tests_run_on_one_engine_or_on_both(checkout: Checkout) -> None:
    checkout.dev("setup")
    checkout.calls()
    checkout.dev("test", "tests/services", "-k", "cohort")
    assert checkout.calls() == ["pytest on sqlite: -m pytest --numprocesses 0 --dist loadfile tests/services -k cohort"]
    checkout.dev("test", "--all")
    assert [call.split(":")[0] for call in checkout.calls()] == ["pytest on both"]


def test_a_failing_test_run_is_not_hidden(checkout: Checkout) -> None:
    assert checkout.dev("test").returncode == 0
    assert checkout.dev("test", PYTEST_STATUS="1").returncode == 1
    assert checkout.dev("test", "--all", PYTEST_STATUS="1").returncode == 1


@pytest.mark.parametrize(
    ("failing", "gate"),
    [
        ("ruff", "format lint"),
        ("mypy", "types"),
        ("lint-imports", "contracts"),
        ("djlint", "templates"),
        ("pybabel", "catalogues"),
    ],
)
def test_check_runs_every_gate_and_names_the_one_that_failed(checkout: Checkout, failing: str, gate: str) -> None:
    (checkout.folder / "gnlc_apply" / "translations" / "messages.pot").touch()
    assert checkout.dev("check").returncode == 0
    every_gate = ["ruff", "ruff", "mypy", "lint-imports", "djlint", "pybabel"]
    assert [call for call in checkout.calls() if call in every_gate] == every_gate
    failed = checkout.dev("check", FAILING=failing)
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == f"dev: not right yet: {gate}"
    assert [call for call in checkout.calls() if call in every_gate] == every_gate


@pytest.mark.parametrize("broken", [{"FAILING": "mypy"}, {"PYTEST_STATUS": "1"}, {"PYTEST_STATUS": "5"}])
def test_ci_fails_when_the_gates_or_the_tests_do(checkout: Checkout, broken: dict[str, str]) -> None:
    (checkout.folder / "gnlc_apply" / "translations" / "messages.pot").touch()
    assert checkout.run("bash", ".ci/run").returncode == 0
    checkout.calls()
    assert checkout.run("bash", ".ci/run", **broken).returncode == 1
    assert any(call.startswith("pytest") for call in checkout.calls())


def test_ci_runs_the_test_line_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    called = re.findall(r"^timeout .* (\./dev .*)$", script, re.MULTILINE)
    documented = re.findall(r"^\$ (\./dev test.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert (called, documented) == (["./dev check", "./dev test"], ["./dev test"])


def test_ci_lets_nothing_be_skipped() -> None:
    assert "export GNLC_REQUIRE_ALL=1" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
