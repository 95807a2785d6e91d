"""``gnlc demo``: a demonstration with real cities and invented people, built from nothing and served on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from gnlc_apply import config, create_app
from gnlc_apply.cli.serve import keep_house
from gnlc_apply.cli.setup import prepare_instance
from gnlc_apply.core.errors import Refusal
from gnlc_apply.core.lazy import lazy
from gnlc_apply.extensions import db
from gnlc_apply.scenarios import cast, demo, ground, progress
from gnlc_apply.scenarios.demo_people import Somebody, who_is_who
from gnlc_apply.services.delivery import deliver

HOST = "127.0.0.1"

_console = lazy("rich.console")
_table = lazy("rich.table")


def _environment(folder: Path | None, port: int) -> None:
    """What this process and those it starts go by: the folder, this machine's address, and that no mail leaves."""
    chosen = folder or Path(os.environ.get("GNLC_INSTANCE") or Path.cwd() / "instance" / "demo")
    os.environ["GNLC_INSTANCE"] = str(chosen.absolute())
    os.environ["GNLC_PUBLIC_URL"] = f"http://{HOST}:{port}"
    os.environ["GNLC_MAIL_BACKEND"] = "mailbox"


def _build(settings: config.Settings) -> None:
    ground.clear(settings)
    app = create_app(settings)
    with app.app_context():
        if sys.stderr.isatty():
            with progress.on_terminal() as bar:
                demo.build(deliver, bar)
        else:
            click.echo("Building the demonstration: a minute or so.", err=True)
            demo.build(deliver, progress.InLines(lambda line: click.echo(line, err=True)))


def _print(people: list[Somebody], url: str) -> None:
    console = _console.Console()
    table = _table.Table(title="Who is who (all invented)", title_justify="left")
    for heading in ("Role", "Name", "Address", "What waits"):
        table.add_column(heading, overflow="fold")
    for one in people:
        table.add_row(one.role, one.name, one.email, one.waits)
    console.print(table)
    console.print(f"Everybody's password: {cast.PASSWORD}", highlight=False)
    console.print(f"Sign in as any of them with one click: {url}/en/demo/people", highlight=False)
    console.print(f"Start page: {url}/", highlight=False)


@click.command("demo")
@click.option("--instance", "folder", type=click.Path(path_type=Path), help="The folder (default: instance/demo).")
@click.option("--port", default=8000, show_default=True, help="The port to serve at, on this machine only.")
@click.option("--no-serve", is_flag=True, help="Build it and stop.")
@click.option("--keep", is_flag=True, help="Do not build it anew when it is there already.")
def demonstrate(folder: Path | None, port: int, no_serve: bool, keep: bool) -> None:
    """Build a demonstration anew and serve it on this machine.

    Real member cities, the cohort of 2024 carried through the whole chain, and calls of today with invented applicants.
    Refuses, with exit status 2, any database that is neither new nor a demonstration.
    """
    _environment(folder, port)
    settings = prepare_instance()
    config.use(settings)
    db.create(settings.database_url)
    try:
        if not (keep and ground.holds_demo()):
            _build(settings)
    except Refusal as refusal:
        click.echo(f"Error: {refusal}", err=True)
        sys.exit(2)
    _print(who_is_who(), settings.public_url)
    if not no_serve:
        sys.exit(keep_house(HOST, port))
