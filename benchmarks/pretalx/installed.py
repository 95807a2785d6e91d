"""pretalx from its package: an environment of its own, PostgreSQL, the rows, and the server."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url

from benchmarks.ground.building import cache
from benchmarks.servers import ROOT, Server, serving
from tests import engines

LOCK = ROOT / "requirements" / "pretalx.lock"
FILLING = Path(__file__).with_name("filling.py")


@dataclass(frozen=True)
class Filled:
    """What there is to open: the event's short name, codes of proposals, and cookies of people who are signed in."""

    event: str
    codes: list[str]
    listed: list[str]
    organiser: str
    speakers: list[str]
    speakers_codes: list[str]
    reviewers: list[str]
    # Number of a reviewer, and the code of what this reviewer has read.
    read: list[tuple[int, str]]


def environment_python() -> Path:
    """The interpreter of an environment that has what the lock file names; made once. Raises CalledProcessError without a net."""
    name = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache() / f"pretalx-{name}"
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
        install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*install, "--python", python, "-r", LOCK], check=True)
        ready.touch()
    return python


@contextmanager
def filled(folder: Path, wanted: Mapping[str, int]) -> Iterator[tuple[Server, Filled]]:
    """pretalx with so many rows, as its own documentation runs it: gunicorn before PostgreSQL."""
    python, url = environment_python(), engines.fresh_database()
    surroundings = _surroundings(folder, make_url(url))
    try:
        for words in (("migrate", "--noinput"), ("collectstatic", "--noinput")):
            _run([str(python), "-m", "pretalx", *words], surroundings)
        said = _run([str(python), str(FILLING)], surroundings, json.dumps(wanted))
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        found["read"] = [tuple(pair) for pair in found["read"]]
        with serving(
            "pretalx.wsgi:application", surroundings, folder, f"/{found['event']}/talk/", python=python
        ) as server:
            server.database_pid = _postmaster(make_url(url))
            yield server, Filled(**found)
    finally:
        engines.drop_database(url)


def _surroundings(folder: Path, url: URL) -> dict[str, str]:
    place = folder / "pretalx"
    place.mkdir(parents=True, exist_ok=True)
    return {
        "PRETALX_DATA_DIR": str(place),
        "PRETALX_FILESYSTEM_DATA": str(place),
        "PRETALX_FILESYSTEM_STATIC": str(place / "static"),
        "PRETALX_SITE_URL": "http://127.0.0.1",
        "PRETALX_DB_TYPE": "postgresql",
        "PRETALX_DB_NAME": url.database or "",
        "PRETALX_DB_USER": url.username or "",
        "PRETALX_DB_PASS": url.password or "",
        "PRETALX_DB_HOST": str(url.query.get("host") or url.host or ""),
        "PRETALX_DB_PORT": str(url.port or ""),
        "PYTHONWARNINGS": "ignore",
    }


def _run(command: list[str], surroundings: Mapping[str, str], given: str = "") -> str:
    done = subprocess.run(
        command,
        check=False,
        input=given,
        capture_output=True,
        text=True,
        # Not the checkout: pretalx would take a folder of ours for one of its own.
        cwd=surroundings["PRETALX_DATA_DIR"],
        env={**os.environ, **surroundings},
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def _postmaster(url: URL) -> int:
    """The process whose children are PostgreSQL's connections; its socket's folder says which it is."""
    locks = sorted(Path(str(url.query["host"])).glob(".s.PGSQL.*.lock"))
    return int(locks[0].read_text(encoding="ascii").splitlines()[0])
