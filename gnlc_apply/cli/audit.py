"""``gnlc audit``: whether the record of what happened is whole."""

from __future__ import annotations

import json

import click

from gnlc_apply.cli.setup import open_database
from gnlc_apply.extensions import db
from gnlc_apply.services import ledger


@click.group()
def audit() -> None:
    """The record of what happened."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(as_json: bool) -> None:
    """Walk the whole chain; names the first entry that does not fit, and then ends with status 1."""
    open_database()
    with db.reading() as session:
        found = ledger.verify(session)
    if as_json:
        words = {"entries": found.entries, "first_broken": found.first_broken, "reason": found.reason}
        click.echo(json.dumps(words))
    elif found.first_broken is None:
        click.echo(f"The chain is whole: {found.entries} entries.")
    else:
        click.echo(f"Entry {found.first_broken} does not fit: {found.reason}. {found.entries} entries before it do.")
    if found.first_broken is not None:
        raise SystemExit(1)
