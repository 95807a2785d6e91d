"""Counters of guesses that hold against many workers at once: counted before the look, forgiven when it was right."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gnlc_apply.core.errors import TooMany
from gnlc_apply.core.sealing import hashed
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import GuessCounter
from gnlc_apply.services.record import count_guess, guesses

PASSWORD_TRIES = 10
CODE_TRIES = 5
# A town hall or a ministry is one network: high enough for all of them, too low for a machine.
NETWORK_TRIES = 300
MAILS_PER_ADDRESS = 5
MAILS_PER_NETWORK = 100


def network_key(network: str, what: str = "guess") -> str:
    """The counter of a network: an IPv4 address, or the /64 that one subscriber of IPv6 has."""
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return f"{what}-network:{hashed(network, 'network')[:40]}"
    if address.version == 6:
        network = str(ipaddress.ip_network(f"{address}/64", strict=False))
    return f"{what}-network:{hashed(network, 'network')[:40]}"


def address_key(email: str, what: str) -> str:
    """The counter of an address, whether or not anybody has it."""
    return f"{what}:{hashed(email, 'address')[:40]}"


def claim(limits: Iterable[tuple[str, int]]) -> None:
    """Count one try under each key. Raises TooMany, counting nothing, when one of them is over its limit."""
    counted: list[str] = []
    for key, limit in limits:
        count_guess(key)
        counted.append(key)
        if guesses(key) > limit:
            forgive(counted)
            raise TooMany(Text("Too many tries. Wait a quarter of an hour and try again."))


def is_within(limits: Iterable[tuple[str, int]]) -> bool:
    """Count one try under each key; False, without words, when one of them is over its limit."""
    try:
        claim(limits)
    except TooMany:
        return False
    return True


def forgive_within(session: Session, keys: Iterable[str]) -> None:
    """Within a command: take back the try that was counted last under each key, because it was right."""
    for key in keys:
        newest = (
            select(GuessCounter.id)
            .where(GuessCounter.key == key, GuessCounter.count > 0)
            .order_by(GuessCounter.window_start.desc())
            .limit(1)
            .scalar_subquery()
        )
        session.execute(update(GuessCounter).where(GuessCounter.id == newest).values(count=GuessCounter.count - 1))


def forgive(keys: Iterable[str]) -> None:
    """Take back the try that was counted last under each key, in a small unit of work of its own."""
    with db.writing() as session:
        forgive_within(session, keys)
