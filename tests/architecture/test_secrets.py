"""No secret stands in what is kept under version control: neither one of the known shapes, nor a file that is one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Put together here, so that this page does not find itself.
SHAPES = {
    "private key": re.compile("-----BEGIN " + r"(?:[A-Z]+ )*PRIVATE KEY-----"),
    "cloud key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token of a forge": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[\w-]{20})"),
    "token of a package index": re.compile(r"\bpypi-[A-Za-z0-9_-]{60,}"),
    "token of a chat": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    "signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
    "password in an address": re.compile(
        r"\b(?:postgresql|smtp|https?)(?:\+\w+)?://[^\s:@/\"'{}<>]+:[^\s@/\"'{}<>$*]{12,}@"
    ),
    "secret key": re.compile(r"GNLC_(?:SECRET_KEY|BACKUP_KEY|MAIL_PASSWORD)=[A-Za-z0-9_-]{16,}"),
}
FILES = re.compile(r"(?:^|/)(?:secret_key|\.env|id_rsa|.*\.(?:pem|key|p12|pfx|sqlite3|gnlc))$")


def found_in(text: str) -> list[str]:
    """Which shapes of secrets stand in a text."""
    return [name for name, shape in SHAPES.items() if shape.search(text)]


def tracked() -> list[str]:
    """What is under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_secret_is_kept_with_the_sources() -> None:
    names = tracked()
    assert len(names) > 500
    assert [name for name in names if FILES.search(name)] == []
    read = {name: (ROOT / name).read_text("utf-8", errors="replace") for name in names}
    assert {name: found for name, text in read.items() if (found := found_in(text))} == {}


def test_no_secret_was_ever_kept_with_the_sources() -> None:
    """Files that were deleted again stay in the history: their names are looked at in all of it."""
    log = ["git", "log", "--all", "--diff-filter=A", "--name-only", "--format="]
    listed = subprocess.run(log, cwd=ROOT, capture_output=True, check=True, text=True)
    names = set(listed.stdout.split("\n"))
    assert len(names) > 500
    assert sorted(name for name in names if FILES.search(name)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("-----BEGIN EC " + "PRIVATE KEY-----", "private key"),
        ("AKIA" + "ABCDEFGHIJKLMNOP", "cloud key"),
        ("ghp_" + "a1B2" * 9, "token of a forge"),
        ("pypi-" + "Ab1_" * 20, "token of a package index"),
        ("xoxb-" + "1234567890" * 3, "token of a chat"),
        (".".join(["eyJ" + "a" * 20, "eyJ" + "b" * 20, "c" * 20]), "signed token"),
        ("postgresql://gnlc:" + "correcthorsebattery" + "@db.example/gnlc", "password in an address"),
        ("GNLC_SECRET_KEY=" + "x1" * 16, "secret key"),
    ],
)
def test_each_shape_is_found(text: str, name: str) -> None:
    assert found_in(f"before {text} after") == [name]


@pytest.mark.parametrize("name", ["instance/secret_key", ".env", "deploy/site.key", "gnlc.sqlite3", "a/b.gnlc"])
def test_a_file_that_is_a_secret_is_found(name: str) -> None:
    assert FILES.search(name)
    assert not FILES.search(".env.example")
