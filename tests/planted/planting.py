"""A copy of the checkout in which faults are planted, one at a time, and the named tests run in a process of their own."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import proof
from tests.planted.embargo import EMBARGO
from tests.planted.fault import Fault
from tests.planted.jurors import JURORS
from tests.planted.machinery import MACHINERY
from tests.planted.workflow import WORKFLOW

FAULTS = (*EMBARGO, *JURORS, *WORKFLOW, *MACHINERY)
ROOT = Path(__file__).resolve().parents[2]
# All that tests of the product need; what is heavy and never changed by a fault is only pointed at.
COPIED = ("gnlc_apply", "templates", "migrations", "tests", "pyproject.toml", "wsgi.py")
POINTED_AT = ("assets", "docs", "dev", "README.md", "CHANGELOG.md", "requirements")
SECONDS = 240
# Of each gate, in an ordinary run.
SAMPLE = 5
# A test that fails because the planted text is no Python, or names nothing, has noticed nothing.
_WRONG_REASON = re.compile(r"\b(NameError|SyntaxError|IndentationError|ImportError|ModuleNotFoundError)\b")


@dataclass(frozen=True)
class Found:
    """How the named tests ended: whether one of them went red for a reason that counts, and what was said."""

    is_caught: bool
    words: str


def copied(folder: Path) -> Path:
    """The checkout as it is now, in this folder."""
    place = folder / "checkout"
    place.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, symlinks=True)
        else:
            shutil.copy2(source, place / name)
    for name in POINTED_AT:
        if (ROOT / name).exists():
            (place / name).symlink_to(ROOT / name)
    return place


def chosen(*, is_secret: bool) -> list[Fault]:
    """The faults of one gate: all of them, or in an ordinary run some that another seed changes (``GNLC_PLANTED_SEED``)."""
    faults = [fault for fault in FAULTS if fault.is_secret is is_secret]
    seed = int(os.environ.get("GNLC_PLANTED_SEED", "2027"))
    # What is caught by the pairs of worlds alone takes as long as these; the whole has it.
    quick = [fault for fault in faults if not any("/worlds/" in test for test in fault.tests)]
    return faults if proof.IS_WHOLE else random.Random(seed).sample(quick, SAMPLE)


def planted_text(fault: Fault) -> str:
    """The file's text with the fault in it. Raises AssertionError where the text to replace is not there exactly once."""
    text = (ROOT / fault.file).read_text("utf-8")
    assert text.count(fault.old) == 1, f"{fault.name}: stands {text.count(fault.old)} times in {fault.file}"
    return text.replace(fault.old, fault.new)


def run(place: Path, tests: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """The named tests, in the copy."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--tb=line",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *tests,
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GNLC_", "PYTEST_"))}
    environment["COLUMNS"] = "400"
    return subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def tried(place: Path, fault: Fault) -> Found:
    """Plant the fault in the copy, run its tests, and take it out again."""
    target = place / fault.file
    kept, times = target.read_bytes(), target.stat()
    target.write_text(planted_text(fault), "utf-8")
    try:
        done = run(place, fault.tests)
    finally:
        target.write_bytes(kept)
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    red = re.findall(r"^(?:FAILED|ERROR) .*$", done.stdout, re.MULTILINE)
    is_red = done.returncode == 1 and bool(red)
    is_caught = is_red and not any(_WRONG_REASON.search(line) for line in red)
    return Found(is_caught, "\n".join(red) or f"status {done.returncode}: {done.stdout[-600:]}{done.stderr[-300:]}")
