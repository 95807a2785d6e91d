"""``gnlc`` and ``flask --app gnlc_apply`` lead to the same commands."""

from __future__ import annotations

from flask import Flask

from gnlc_apply import cli


def test_flask_has_every_command_of_gnlc(app: Flask) -> None:
    ours = cli.whole().commands
    assert {"init", "serve", "demo", "rehearse", "accounts", "jury"} <= ours.keys()
    assert {name: app.cli.commands.get(name) for name in ours} == ours
