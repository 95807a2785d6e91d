"""``gnlc rehearse``: a whole call for any list of cities, in a scratch database, on a fast clock."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from gnlc_apply.core.errors import Refusal
from gnlc_apply.scenarios import progress, rehearsal

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--cohort", type=FILE, required=True, help="The cities of the call, as CSV.")
@click.option(
    "--members", type=FILE, multiple=True, help="A list of earlier members, as CSV; may be given several times."
)
@click.option("--on", type=click.DateTime(formats=["%Y-%m-%d"]), required=True, help="The day of the announcement.")
@click.option("--json", "as_json", is_flag=True, help="Print the release's figures as JSON.")
def rehearse(cohort: Path, members: tuple[Path, ...], on: datetime, as_json: bool) -> None:
    """Carry a list of cities through a whole call and print what the release would say.

    Nothing is written but to a scratch database that is gone afterwards. A list that cannot be used is refused with the
    line and the reason, and exit status 2.
    """
    try:
        lists = rehearsal.read(cohort, members, on.date())
        found = _run(lists, is_quiet=as_json)
    except Refusal as refusal:
        click.echo(f"Error: {refusal}", err=True)
        sys.exit(2)
    except rehearsal.BrokenRules as broken:
        click.echo("Error: what must never happen has happened:", err=True)
        for finding in broken.findings:
            click.echo(f"  {finding}", err=True)
        sys.exit(1)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _summary(found))


def _run(lists: rehearsal.Lists, *, is_quiet: bool) -> dict[str, Any]:
    if is_quiet or not sys.stderr.isatty():
        return rehearsal.rehearse(lists)
    with progress.on_terminal() as bar:
        return rehearsal.rehearse(lists, bar)


def _summary(found: dict[str, Any]) -> str:
    lines = [found["headline"], ""]
    lines += [f"  {region}: {number}" for region, number in found["regions"].items()]
    lines += [
        "",
        f"Countries on the lists for the first time: {', '.join(found['first_time_countries']) or 'none'}",
        f"Returning members: {', '.join(found['returning_members']) or 'none'}",
        f"Members after the announcement, by these lists: {found['total_members']} of {found['total_countries']} countries",
        "Nothing that must never happen has happened.",
    ]
    return "\n".join(lines)
