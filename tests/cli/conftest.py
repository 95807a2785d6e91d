"""A fresh installation of its own, and gnlc as a program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import smtp_sink as server
from tests.smtp_sink import Sink

GNLC = [sys.executable, "-c", "from gnlc_apply.cli import main; main()"]


@dataclass
class Installation:
    """A folder, its environment, and the program run in it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def gnlc(self, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run ``gnlc`` as a program of its own."""
        return subprocess.run(
            [*GNLC, *arguments],
            env={**self.environment, **changed},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What ``gnlc init`` makes, to copy."""
    folder = tmp_path_factory.mktemp("fresh") / "instance"
    own = {name: value for name, value in os.environ.items() if not name.startswith("GNLC_") and name != "DATABASE_URL"}
    made = Installation(folder, {**own, "GNLC_INSTANCE": str(folder)})
    result = made.gnlc("init")
    assert result.returncode == 0, result.stderr
    return made


@pytest.fixture
def installation(fresh: Installation, tmp_path: Path) -> Installation:
    """A fresh installation, ready and empty."""
    folder = tmp_path / "instance"
    shutil.copytree(fresh.folder, folder)
    return Installation(folder, {**fresh.environment, "GNLC_INSTANCE": str(folder)})


@pytest.fixture
def smtp_sink(tmp_path: Path) -> Iterator[Sink]:
    """A real mail server that wants STARTTLS."""
    with server.running(tmp_path) as sink:
        yield sink


def mail_environment(sink: Sink) -> dict[str, str]:
    """The settings of an installation that sends by this server."""
    return {
        "GNLC_MAIL_HOST": sink.host,
        "GNLC_MAIL_PORT": str(sink.port),
        "GNLC_MAIL_CA_FILE": str(sink.certificate),
        "GNLC_MAIL_SENDER": "Learning Cities <noreply@cities.example>",
    }
