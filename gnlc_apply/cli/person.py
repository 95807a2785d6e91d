"""``gnlc person``: what is kept of somebody, and asking for its erasure."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from gnlc_apply.core.errors import Refusal
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import accounts as rows
from gnlc_apply.services import account


@click.group("person")
def person_group() -> None:
    """A person's own data."""


def _reference(email: str) -> str:
    found = [row for row in rows.page(search=email).rows if row.email == email.strip().casefold()]
    if not found:
        raise click.ClickException(f"There is no account with the address {email}.")
    return found[0].reference


@person_group.command()
@click.argument("email")
@with_appcontext
def export(email: str) -> None:
    """Print what is kept of a person as JSON. It is in the audit log. What a juror read and wrote only the juror can take."""
    try:
        kept = account.export_person(actor=SYSTEM, person=_reference(email))
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(json.dumps(kept, ensure_ascii=False, indent=1))


@person_group.command()
@click.argument("email")
@click.option("--reason", required=True, help="How the person asked for it.")
@with_appcontext
def erase(email: str, reason: str) -> None:
    """Ask a director to confirm that a person's data are erased for good."""
    try:
        account.ask_erasure(actor=SYSTEM, person=_reference(email), reason=reason)
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo("A director has been asked to confirm, under 'To confirm'.")
