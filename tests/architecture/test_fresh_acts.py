"""Acts that ask for a second factor younger than five minutes: one table, held on the page and in the command alike."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from gnlc_apply import services
from gnlc_apply.core import clock
from gnlc_apply.core.errors import SignInNeeded
from gnlc_apply.models import Role
from gnlc_apply.permissions import ANONYMOUS, FRESH, SYSTEM, Actor, Granted, require_fresh
from gnlc_apply.web.access import access_of

# Each page that asks for it, and the commands behind the page, which ask again whoever calls them.
TABLE: dict[str, set[str]] = {
    "jury.reviews.submit": {"review.submit"},
    "jury.calibration.submit": {"calibration.readings.submit"},
    "jury.recommendation.confirm": {"recommendation.confirm"},
    "secretariat.announcement.arm": {"cohort.arming.arm"},
    "secretariat.announcement.confirm_texts": {"cohort.correcting.confirm_texts"},
    "administration.accounts.give": {"account.requesting.ask_for_role", "account.granting.grant"},
    "administration.invitations.form": {"account.requesting.ask_for_role", "account.inviting.invite"},
    "administration.accounts.reset_second_factor": {"account.requesting.ask_second_factor_reset"},
    "administration.accounts.erase": {"account.requesting.ask_erasure"},
    "administration.accounts.deactivate": {"account.granting.deactivate"},
    "administration.accounts.reactivate": {"account.granting.reactivate"},
    "secretariat.applications.let_in": {"account.requesting.ask_to_let_in"},
    "administration.requests.page": {"account.requesting.confirm_request", "account.requesting.refuse_request"},
    "account.password.change": {"account.password.change_password"},
    "account.address.form": {"account.profile.ask_address_change"},
    "account.second_factor.renew": {"account.second_factor.renew_recovery_codes"},
    "account.second_factor.turn_off": {"account.second_factor.turn_off_second_factor"},
}
# Pages whose commands do not ask again, and why.
ON_THE_PAGE_ONLY = {
    "administration.hold.page": "it only shows what waits",
    "administration.hold.release": "the console releases as well, where whoever has the machine shows no second factor",
    "administration.hold.discard": "likewise",
    "secretariat.exports.page": "it only shows the way to a whole call",
    "secretariat.exports.as_csv": "reading, though of a whole call at once: there is no command",
    "secretariat.exports.as_json": "likewise",
}
COMMANDS = sorted(set().union(*TABLE.values()))
NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)
SOMEBODY = Actor(
    kind="person",
    person_id=1,
    grants=tuple(Granted(role) for role in Role),
    signed_in_at=NOW,
    second_factor_at=NOW,
    has_second_factor=True,
)


def commands() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every command there is, by the module it is written in."""
    prefix = f"{services.__name__}."
    for found in pkgutil.walk_packages(services.__path__, prefix):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if getattr(value, "is_command", False) and value.__module__ == found.name:
                yield f"{found.name.removeprefix(prefix)}.{name}", value


def test_the_pages_that_ask_are_those_of_the_table(app: Flask) -> None:
    asking = {rule.endpoint for rule in app.url_map.iter_rules() if _asks(app, rule.endpoint)}
    assert asking == set(TABLE) | set(ON_THE_PAGE_ONLY)


def _asks(app: Flask, endpoint: str) -> bool:
    access = access_of(app, endpoint)
    return access is not None and access.is_fresh


def test_the_commands_that_ask_are_those_of_the_table() -> None:
    assert sorted(name for name, command in commands() if command.is_fresh) == COMMANDS  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_refuses_before_it_looks_at_anything(name: str) -> None:
    """No argument but who acts: the refusal comes first, so nothing is prepared, read or written."""
    command = dict(commands())[name]
    with clock.at(NOW + FRESH + timedelta(seconds=1)), pytest.raises(SignInNeeded) as refused:
        command(actor=SOMEBODY)
    assert refused.value.step == "second_factor"
    with clock.at(NOW), pytest.raises(SignInNeeded):
        command(actor=replace(SOMEBODY, second_factor_at=None))
    # Shown in time, it goes on, and misses its arguments or the database.
    with clock.at(NOW + FRESH), pytest.raises((TypeError, KeyError, RuntimeError)):
        command(actor=SOMEBODY)


@pytest.mark.parametrize(
    ("actor", "step"),
    [
        (ANONYMOUS, "sign_in"),
        (replace(SOMEBODY, second_factor_at=None, has_second_factor=False), "set_up_second_factor"),
        (replace(SOMEBODY, second_factor_at=None, has_second_factor=False, grants=()), "confirm"),
        (replace(SOMEBODY, second_factor_at=NOW - FRESH - timedelta(seconds=1)), "second_factor"),
    ],
)
def test_the_refusal_says_what_to_show(actor: Actor, step: str) -> None:
    with pytest.raises(SignInNeeded) as refused:
        require_fresh(actor, NOW)
    assert refused.value.step == step


def test_the_system_has_nothing_to_show() -> None:
    require_fresh(SYSTEM, NOW)
