"""Accounts at the console: the first people of an installation, and what to do where nobody is left who could.

``gnlc accounts create|list|grant|reset-second-factor``
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click
from flask.cli import with_appcontext

from gnlc_apply.core.errors import Refusal
from gnlc_apply.mail.render import Links
from gnlc_apply.models import Role
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import accounts as rows
from gnlc_apply.services import account
from gnlc_apply.services.account.people import SECRETARIAT

T = TypeVar("T")
_ROLES = click.Choice([role.value for role in Role])


def _or_stop(act: Callable[[], T]) -> T:
    """The result, or the refusal's words and exit status 1."""
    try:
        return act()
    except Refusal as refusal:
        raise click.ClickException("; ".join(map(str, refusal.fields.values())) or str(refusal.message)) from refusal


def _reference(email: str) -> str:
    found = [row for row in rows.page(search=email).rows if row.email == email.strip().casefold()]
    if not found:
        raise click.ClickException(f"There is no account with the address {email}.")
    return found[0].reference


def _needs_confirmation(role: str) -> bool:
    """The very first of each secretariat role comes in by the console alone; the next take a director's confirmation."""
    return Role(role) in SECRETARIAT and rows.page(role=role).total > 0


def _ask(email: str, name: str, role: str, until: datetime | None) -> None:
    _or_stop(
        lambda: account.ask_for_role(
            actor=SYSTEM,
            email=email,
            name=name,
            role=role,
            reason="asked at the console",
            valid_until=until.date() if until else None,
        )
    )
    click.echo(f"Somebody is {role} already: a director has been asked to confirm, under 'To confirm'.")


@click.group()
def accounts() -> None:
    """Accounts: create, list, grant a role, reset a second factor."""


@accounts.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's full name.")
@click.option("--role", type=_ROLES, help="Without one: a city official.")
@click.option("--country", help="For a commission: the country's ISO code of three letters.")
@click.option("--call", "call_reference", help="For a juror or chair: the call's reference.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the role.")
@with_appcontext
def create(
    email: str, name: str, role: str | None, country: str | None, call_reference: str | None, until: datetime | None
) -> None:
    """Create an account and print the link that sets its password (good for a day, once)."""
    if role is not None and _needs_confirmation(role):
        _ask(email, name, role, until)
        return
    created = _or_stop(
        lambda: account.create(
            actor=SYSTEM,
            email=email,
            name=name,
            role=role,
            country=country,
            call_reference=call_reference,
            valid_until=until.date() if until else None,
        )
    )
    click.echo(f"Created: {email} ({role or 'city official'}). To set the password, open within a day:")
    click.echo(Links("en")("account.password.reset", token=created.token))


@accounts.command("list")
@click.option("--role", type=_ROLES)
@click.option("--search", default="", help="Part of a name or address.")
@with_appcontext
def list_accounts(role: str | None, search: str) -> None:
    """List the accounts: address, name, roles, state."""
    number = 1
    while True:
        found = rows.page(search=search, role=role or "", number=number)
        for row in found.rows:
            factor = "second factor" if row.has_second_factor else "no second factor"
            click.echo("\t".join((row.email, row.name, ", ".join(row.roles) or "-", factor, row.state)))
        if number >= found.pages:
            break
        number += 1


@accounts.command()
@click.argument("email")
@click.argument("role", type=_ROLES)
@click.option("--country", help="For a commission: the country's ISO code of three letters.")
@click.option("--call", "call_reference", help="For a juror or chair: the call's reference.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the role.")
@with_appcontext
def grant(email: str, role: str, country: str | None, call_reference: str | None, until: datetime | None) -> None:
    """Give a role to somebody who has an account."""
    person = _reference(email)
    if _needs_confirmation(role):
        _ask(email, rows.account(person).name, role, until)
        return
    _or_stop(
        lambda: account.grant(
            actor=SYSTEM,
            person=person,
            role=role,
            country=country,
            call_reference=call_reference,
            valid_until=until.date() if until else None,
        )
    )
    click.echo(f"{email} is {role} now.")


@accounts.command("reset-second-factor")
@click.argument("email")
@click.confirmation_option(
    prompt="On the pages this takes an administrator and a director. Is nobody left who could ask and confirm?"
)
@with_appcontext
def reset_second_factor(email: str) -> None:
    """Take a lost second factor away, where nobody is left to ask and confirm on the pages. It is in the audit log."""
    person = _reference(email)
    _or_stop(lambda: account.reset_second_factor(actor=SYSTEM, person=person))
    click.echo(f"{email} sets up another second factor at the next sign-in.")
