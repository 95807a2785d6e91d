"""After a restore: what waits, and letting the installation work again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.permissions import Permission
from gnlc_apply.queries import instance
from gnlc_apply.services import holding
from gnlc_apply.web import languages
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("hold", __name__)


def _back(words: str) -> BaseResponse:
    flash(words, "success")
    return redirect(url_for(".page"), 303)


@blueprint.get("/administration/hold")
@requires(Permission.RELEASE_HOLD, is_fresh=True)
def page() -> BaseResponse:
    """Whether this installation is held, since when, and what waits."""
    return render(held=instance.held(current_actor()))


@blueprint.post("/administration/hold/release")
@requires(Permission.RELEASE_HOLD, is_fresh=True, is_once=True)
def release() -> BaseResponse:
    """Let it work again."""
    holding.release(actor=current_actor())
    return _back(_("Released: mail leaves again. Announcements that were armed are on hold."))


@blueprint.post("/administration/hold/discard")
@requires(Permission.RELEASE_HOLD, is_fresh=True, is_once=True)
def discard() -> BaseResponse:
    """Decide that what waits never leaves."""
    count = holding.discard_waiting(actor=current_actor())
    return _back(_("Messages discarded: %(count)s.", count=languages.number(count)))
