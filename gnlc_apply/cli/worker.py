"""``gnlc worker``: deliver mail and let the clock do what is due."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from gnlc_apply.core import residents
from gnlc_apply.scenarios.worker import Worker
from gnlc_apply.web import logs


@click.command()
@click.option("--once", is_flag=True, help="One round, then end.")
@click.option("--drain", is_flag=True, help="Rounds until nothing more can be delivered now, then end.")
@click.option("--tied", is_flag=True, hidden=True, help="End when the process that started this one ends.")
@with_appcontext
def worker(once: bool, drain: bool, tied: bool) -> None:
    """Deliver messages, send reminders, let deadlines pass, announce when the instant has come."""
    logs.configure()
    running = Worker(is_tied=tied)
    running.listen()
    if once or drain:
        tally = running.step() if once else running.drain()
        click.echo(f"{tally.sent} sent, {tally.failed} not sent.")
        if tally.is_unreachable:
            raise click.ClickException("The mail server could not be reached; see 'gnlc doctor'.")
        return
    residents.settle()
    running.run()
