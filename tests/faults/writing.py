"""Somebody who writes without pause: each act is a person, a message and an entry, together or not at all.

As a program (``python -m tests.faults.writing URL SAID``) it says on a file, a byte for each, what was committed for sure.
It ends with whoever started it, so that a test that was killed leaves nobody behind who fills the disk.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from sqlalchemy import insert

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Person
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.services.command import Unit, command

# More than one page, so that a half written act could be seen.
NAME = "Ada Example " * 15


@command()
def write(unit: Unit, *, actor: Actor) -> None:
    """Three rows of three tables in one transaction."""
    email = f"{secrets.token_hex(8)}@example.org"
    row = {"email": email, "name": NAME, "language": "en", "organisation": "", "created_at": clock.now()}
    unit.session.execute(insert(Person), [row])
    unit.note("wrote", "person", None, email=email, text=NAME)
    unit.send(Message("test", email, {"name": NAME}))


def main(url: str, said: str) -> None:
    """Write until somebody ends it, or until whoever started it has ended."""
    parent = os.getppid()
    config.use(config.Settings(instance=Path(said).parent, database_url=url, secret_key="for tests only: " + "x" * 32))
    db.open(url)
    with Path(said).open("ab", buffering=0) as sure:
        while os.getppid() == parent:
            write(actor=SYSTEM)
            sure.write(b".")


if __name__ == "__main__":
    main(*sys.argv[1:])
