"""``gnlc registry`` and ``gnlc states``: lists brought in with a preview, figures and open data given out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from gnlc_apply.cli.setup import open_database
from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound, Refusal
from gnlc_apply.models import EndReason
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.queries import figures, open_data, states
from gnlc_apply.queries.person import actor_by_email
from gnlc_apply.services import member
from gnlc_apply.services.member_list import MemberList, StateRow, by_code, read_list, read_states
from gnlc_apply.services.published_list import read_published

T = TypeVar("T")
# How a membership can end by a decision; that a later list supersedes it is what the import finds.
ENDINGS = tuple(one for one in EndReason if one is not EndReason.SUPERSEDED)
# How many cities that are there already a preview names.
PREVIEWED = 20

FILE = click.argument("file", type=click.Path(path_type=Path))
DAY = click.DateTime(formats=["%Y-%m-%d"])
ON = click.option("--on", type=DAY, help="As of this day (default: today).")
BY = click.option("--by", "email", help="Who does this: the address of an officer or director (default: the system).")


def _or_exit(act: Callable[[], T]) -> T:
    """What the act gives; a refusal is printed and ends with status 2, nothing written."""
    try:
        return act()
    except Refusal as refusal:
        click.echo(f"Error: {refusal}", err=True)
        sys.exit(2)


def _actor(email: str | None) -> Actor:
    if email is None:
        return SYSTEM
    actor = actor_by_email(email)
    if actor is None:
        raise click.BadParameter(f"nobody here has the address {email}", param_hint="--by")
    return actor


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _known_states() -> dict[str, StateRow]:
    rows = (
        StateRow(row.iso3, row.region, row.status, row.member_from, row.member_until) for row in states.all_states()
    )
    known = by_code(rows)
    if not known:
        raise click.ClickException("No states are known yet: bring them in first with gnlc states import FILE.")
    return known


@click.group()
def registry() -> None:
    """The member registry: bring lists in, print figures, give out open data."""


@registry.command("import")
@FILE
@click.option("--known-by", type=DAY, help="The cities were members by this day; since when is not known.")
@click.option("--admitted-on", type=DAY, help="The cities were admitted on this day, as a cohort.")
@click.option("--cohort", help="The reference of the cohort, with --admitted-on.")
@click.option("--title", default="", help="The title of the cohort.")
@click.option("--source", default="", help="Where the list comes from, for rows that do not say it.")
@BY
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_list(
    file: Path,
    known_by: datetime | None,
    admitted_on: datetime | None,
    cohort: str | None,
    title: str,
    source: str,
    email: str | None,
    yes: bool,
) -> None:
    """Bring in a list of cities: all of it or nothing, after a preview."""
    if (known_by is None) == (admitted_on is None) or (cohort is None) != (admitted_on is None):
        raise click.UsageError("Give either --known-by DATE, or --admitted-on DATE together with --cohort REFERENCE.")
    open_database()
    actor = _actor(email)
    found = _or_exit(lambda: read_list(file, _known_states()))
    _preview(found)
    if not yes:
        click.confirm("Bring these cities into the registry?", abort=True)
    done = _or_exit(
        lambda: member.import_members(
            actor=actor,
            rows=found.rows,
            known_by=_day(known_by),
            admitted_on=_day(admitted_on),
            cohort=cohort,
            title=title,
            source=source or found.name,
        )
    )
    click.echo(f"Done: {done.total} cities, {len(done.added)} of them new to the registry.")
    if done.returning:
        click.echo(f"Members before: {', '.join(done.returning)}.")


def _preview(found: MemberList) -> None:
    click.echo(f"{found.name}: {len(found.rows)} cities of {len(found.countries)} countries")
    regions = Counter(row.region for row in found.rows)
    for region in figures.REGIONS:
        click.echo(f"  {region}: {regions.get(region, 0)}")  # type: ignore[call-overload]  # a StrEnum's value is its key
    known = member.known_cities(found.rows)
    click.echo(f"In the registry already, by country and name: {len(known)}")
    for row in known[:PREVIEWED]:
        click.echo(f"  line {row.line}: {row.label}")
    if len(known) > PREVIEWED:
        click.echo(f"  and {len(known) - PREVIEWED} more")


@registry.command("totals")
@FILE
@BY
def import_totals(file: Path, email: str | None) -> None:
    """Bring in totals that were published about the network, to stand beside what is counted here."""
    open_database()
    rows = _or_exit(lambda: read_published(file))
    actor = _actor(email)
    count = _or_exit(lambda: member.import_published_figures(actor=actor, rows=rows))
    click.echo(f"Done: {len(rows)} published figures, {count} of them new or changed.")


@registry.command("figures")
@ON
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def print_figures(on: datetime | None, as_json: bool) -> None:
    """Print the network's figures as of a day, with what they were counted from."""
    open_database()
    found = plain_figures(_day(on) or clock.today())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"As of {found['as_of']}: {found['total_members']} members, {found['total_countries']} countries")
    for region, count in found["regions"].items():
        click.echo(f"  {region}: {count}")
    click.echo(f"Basis: {found['basis']}")
    if found["is_before_first_list"]:
        click.echo("Nothing is known here of this day: the lists held here begin later.")
    if found["declared"]:
        said = found["declared"]
        click.echo(f"Published on {said['on']}: {said['total_members']} members ({said['source']})")


def plain_figures(on: date) -> dict[str, Any]:
    """The figures of a day as plain JSON, in the keys that are documented in docs/registry.md."""
    found = figures.registry_figures(on)
    declared = found.declared
    return {
        "as_of": found.as_of.isoformat(),
        "total_members": found.total_members,
        "total_countries": found.total_countries,
        "regions": found.regions,
        "citizens": {"total": found.citizens, "known_for": found.citizens_known_for},
        "declared": declared
        and {
            "on": declared.on.isoformat(),
            "total_members": declared.total_members,
            "total_countries": declared.total_countries,
            "citizens": declared.citizens,
            "source": declared.source,
        },
        "basis": str(found.basis),
        "first_list_on": found.first_list_on.isoformat() if found.first_list_on else None,
        "is_before_first_list": found.is_before_first_list,
        "history_is_incomplete": found.history_is_incomplete,
    }


@registry.command("export")
@ON
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
def export(on: datetime | None, kind: str) -> None:
    """Write the member cities as of a day to the standard output: the same bytes as the public open data."""
    open_database()
    day = _day(on) or clock.today()
    content = open_data.registry_csv(day) if kind == "csv" else open_data.registry_json(day)
    click.echo(content, nl=False)


@registry.command("end")
@click.argument("city")
@click.option("--on", type=DAY, required=True, help="The first day on which the membership no longer counts.")
@click.option("--on-or-before", "is_approximate", is_flag=True, help="The day itself is not known: on or before it.")
@click.option("--reason", type=click.Choice([one.value for one in ENDINGS]), required=True)
@click.option("--source", required=True, help="Who says so: a letter, a decision, an address on the web.")
@BY
@click.option("--yes", is_flag=True, help="Do not ask.")
def end(city: str, on: datetime, is_approximate: bool, reason: str, source: str, email: str | None, yes: bool) -> None:
    """End the membership of a city (its reference): a dated act with a source. Nothing ends by itself."""
    open_database()
    actor = _actor(email)
    if not yes:
        click.confirm(f"End the membership of {city} on {on.date()} ({reason}; {source})?", abort=True)
    said: dict[str, Any] = {"reason": EndReason(reason), "source": source, "is_approximate": is_approximate}

    def act() -> None:
        try:
            member.end_membership(actor=actor, city=city, on=on.date(), **said)
        except NotFound:
            raise click.BadParameter(f"the registry has no city {city}", param_hint="CITY") from None

    _or_exit(act)
    click.echo(f"Done: {city} is a member until {on.date()}.")


@click.group("states")
def states_group() -> None:
    """The states of UNESCO."""


@states_group.command("import")
@FILE
@BY
def import_states(file: Path, email: str | None) -> None:
    """Bring in the states of UNESCO with region, status and dates: all of the file or nothing."""
    open_database()
    rows = _or_exit(lambda: read_states(file))
    actor = _actor(email)
    count = _or_exit(lambda: member.import_states(actor=actor, rows=rows))
    click.echo(f"Done: {len(rows)} states, {count} of them new or changed.")
