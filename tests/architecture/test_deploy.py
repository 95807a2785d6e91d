"""The files in ``deploy/`` say what the program is: its commands, its limits, and nobody but its own user reads its data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from gnlc_apply.cli import COMMANDS

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_commands_that_exist_as_the_programs_own_user(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    started = re.findall(r"^ExecStart=/opt/gnlc/venv/bin/gnlc (\S+)$", text, re.MULTILINE)
    assert len(started) == text.count("ExecStart=") > 0
    assert set(started) <= {command.name for command in COMMANDS}
    for line in ("User=gnlc", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert line in text.splitlines()


def test_there_are_the_units_that_the_words_name() -> None:
    words = DEPLOY.with_name("docs").joinpath("operations.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(DEPLOY.iterdir()) if f"`{path.name}`" not in words] == []


def test_the_proxy_takes_bodies_as_long_as_the_program_does(app: Flask) -> None:
    site = DEPLOY.joinpath("nginx.conf").read_text(encoding="utf-8")
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", site)
    assert int(limit) * 1024 * 1024 == app.config["MAX_CONTENT_LENGTH"]
    assert "proxy_request_buffering on;" in site
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in site
