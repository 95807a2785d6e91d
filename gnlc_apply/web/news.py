"""What a page says of the save that led to it, by its own address and the moment of the save.

Words that wait in the session would cost every save a second write to the disk, and the page after it a third. That something
was saved is known to the page anyway; for a minute it is news.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import g, request
from flask_babel import gettext as _

from gnlc_apply.core import clock

FRESH = timedelta(minutes=1)
SAVED = "saved"


def say_saved(saved_at: datetime | None) -> None:
    """Say so on this page, where a save has led to it (``?said=saved``) and what it shows was saved just now."""
    if request.args.get("said") == SAVED and saved_at is not None and clock.now() - saved_at <= FRESH:
        g.news = [("success", _("Saved."))]
