"""An act on a file is about what the person saw of it: where that has changed since, the act is refused."""

from __future__ import annotations

from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.models import Application
from gnlc_apply.queries.seen import mark_of, parsed
from gnlc_apply.services.command import Unit

_WORDS = {
    "version": Text(
        "The city has submitted another version since you opened this page. Read what changed before you act."
    ),
    "letter": Text("Another letter has come since you opened this page, or this one was answered. Look at it again."),
    "finding": Text("The finding has changed since you opened this page, or the city has replied. Read it again."),
}


class Unseen(Conflict):
    """What the person looked at is no longer what there is."""


def refuse_unseen(unit: Unit, row: Application, seen: str | None, *parts: str) -> None:
    """Raise Unseen where one of these parts of the file (``version``, ``letter``, ``finding``) is not the one shown.

    ``seen`` is the mark that the page carried (``queries.seen``); None where nobody looked at a page: at the terminal.
    """
    if seen is None:
        return
    shown, now = parsed(seen), mark_of(unit.session, row.id)
    for part in parts:
        if getattr(shown, part) != getattr(now, part):
            raise Unseen(_WORDS[part])
