"""The lock files: exact, hashed, without a host's name, and in step with what the package says it needs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
# A registry's address, in whatever form a resolver leaves it behind.
HOST = re.compile(
    r"https?://|--(extra-)?index-url|--find-links|--trusted-host|\b[\w-]+\.(org|com|net|io)\b", re.IGNORECASE
)


def hosts_in(text: str) -> list[str]:
    """Return the lines that name a host or tell an installer where to look."""
    return [line for line in text.splitlines() if HOST.search(line)]


def entries(text: str) -> list[str]:
    """Return the entries of a lock, each with its continuation lines joined."""
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def without_hash(text: str) -> list[str]:
    """Return the entries that are not one exact release with at least one SHA-256."""
    exact = re.compile(r"^[\w.-]+(\[[\w,-]+\])?==\S+( ; .+?)?( --hash=sha256:[0-9a-f]{64})+$")
    return [entry for entry in entries(text) if not exact.match(entry)]


def releases(text: str) -> set[Requirement]:
    return {Requirement(entry.split(" --hash")[0]) for entry in entries(text)}


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def test_there_are_four_locks() -> None:
    assert [path.name for path in LOCKS] == ["base.lock", "dev.lock", "pretalx.lock", "tools.lock"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host(path: Path) -> None:
    assert hosts_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://registry.example/simple",
        "--extra-index-url file:///somewhere",
        "--find-links /somewhere",
        "flask @ http://registry.example/flask.whl",
        "# resolved from registry.example.org",
    ],
)
def test_a_host_in_a_lock_would_be_found(line: str) -> None:
    assert hosts_in(f"flask==3.1.3\n{line}\n") == [line]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_entry_is_exact_and_hashed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert entries(text) != []
    assert without_hash(text) == []


@pytest.mark.parametrize(
    "entry", ["flask==3.1.3", f"flask>=3.1 --hash=sha256:{'0' * 64}", "flask==3.1.3 --hash=md5:00"]
)
def test_an_entry_without_release_or_hash_would_be_found(entry: str) -> None:
    assert without_hash(entry) == [entry]


def test_what_is_tested_is_what_runs() -> None:
    strays = releases(lock("base")) - releases(lock("dev"))
    assert {str(stray) for stray in strays} == set()


def test_what_the_package_needs_is_in_the_locks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {("base", need) for need in project["dependencies"]}
    needed |= {("dev", need) for extra in project["optional-dependencies"].values() for need in extra}
    unmet = []
    for name, need in needed:
        requirement = Requirement(need)
        locked = [
            held for held in releases(lock(name)) if canonicalize_name(held.name) == canonicalize_name(requirement.name)
        ]
        versions = [next(iter(held.specifier)).version for held in locked]
        if not versions or not all(requirement.specifier.contains(version) for version in versions):
            unmet.append(need)
    assert unmet == []


def test_nothing_is_locked_for_running_that_the_package_does_not_ask_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {canonicalize_name(Requirement(need).name) for need in project["dependencies"]}
    lines = (ROOT / "requirements" / "base.in").read_text(encoding="utf-8").splitlines()
    listed = {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}
    assert listed == asked
