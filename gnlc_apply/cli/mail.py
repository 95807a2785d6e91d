"""``gnlc mail``: whether mail leaves."""

from __future__ import annotations

import secrets

import click
from flask.cli import with_appcontext

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.mail.render import render
from gnlc_apply.mail.transport import DeliveryError, Envelope, Transport, build


@click.group()
def mail() -> None:
    """Outgoing mail."""


@mail.command()
@click.argument("address")
@click.option("--language", default="en", show_default=True, help="The language to write in.")
@with_appcontext
def test(address: str, language: str) -> None:
    """Send one test message to ADDRESS now, past the outbox, and say what the mail server answered."""
    settings = config.current().mail
    if settings.backend == "mailbox":
        raise click.ClickException("This installation keeps its mail in the mailbox; nothing leaves.")
    envelope = Envelope(address, f"{secrets.token_hex(16)}@test", "", clock.now())
    transport = Transport(settings)
    try:
        transport.send(build(render("test", language, {"name": ""}), envelope, settings), envelope)
    except DeliveryError as error:
        raise click.ClickException(f"The message did not leave by {settings.host}:{settings.port}: {error}") from error
    finally:
        transport.close()
    click.echo(f"{settings.host}:{settings.port} took the message for {address}.")
