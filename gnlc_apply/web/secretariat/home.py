"""Today: what waits for the secretariat, and the card of each call that is open."""

from __future__ import annotations

from flask import Blueprint, Response

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import call as queries
from gnlc_apply.queries import call_words
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat.after_the_jury import steps_of

blueprint = Blueprint("home", __name__)


@blueprint.get("/secretariat")
@requires(Permission.SEE_SECRETARIAT)
def page() -> Response:
    """What must be done now, call by call."""
    now = clock.now()
    pages = [queries.page(call.reference) for call in queries.index() if call.is_open or call.is_preparing]
    actor = current_actor()
    found = steps_of(now)
    cards = [
        (call, call_words.open_now(call, now, step), call_words.coming(call, now, step))
        for call in pages
        for step in [found.get(call.reference)]
    ]
    # With one call alone its name would stand at every line.
    titles = {call.reference: call.settings.title for call in pages} if len(pages) > 1 else {}
    tasks = [*call_words.tasks(actor, found), *call_words.undelivered(actor)]
    return render(cards=cards, titles=titles, tasks=tasks)
