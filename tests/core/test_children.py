"""Child processes start with their own module only, and without our secrets."""

from __future__ import annotations

import subprocess

import pytest

from gnlc_apply.core.children import child_command, child_environment


def test_a_child_runs_a_module_of_ours_with_its_arguments_and_not_the_application() -> None:
    done = subprocess.run(
        [*child_command("gnlc_apply.core.text", "one", "two")[:3], _SPY, *child_command("", "one", "two")[4:]],
        capture_output=True,
        text=True,
        env=child_environment(),
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("['one', 'two'] False\n", "", 0)


# The start that child_command uses, with a look at what was loaded in place of a module of ours.
_SPY = child_command("")[3].replace(
    'runpy.run_module(module, run_name="__main__", alter_sys=True)',
    'import gnlc_apply.core.text\nprint(sys.argv[1:], "flask" in sys.modules or "sqlalchemy" in sys.modules)',
)


def test_a_module_that_does_not_exist_ends_with_an_error() -> None:
    done = subprocess.run(
        child_command("gnlc_apply.core.nothing"), capture_output=True, env=child_environment(), check=False
    )
    assert done.returncode == 1


def test_the_environment_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNLC_SECRET_KEY", "secret")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/x")
    environment = child_environment()
    assert environment["LD_LIBRARY_PATH"] == "/usr/lib/x"
    assert "secret" not in environment.values()
