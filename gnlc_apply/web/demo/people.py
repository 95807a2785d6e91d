"""The invented people of a demonstration, and one click to become one of them."""

from __future__ import annotations

from flask import request, session
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.queries import demonstration
from gnlc_apply.services import account
from gnlc_apply.web.access import public
from gnlc_apply.web.entering import enter
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render


@public(is_before_second_factor=True)
def page() -> BaseResponse:
    """Everybody, by role."""
    search = request.args.get("search", "")
    return render(groups=demonstration.people_by_role(search), search=search)


@public(is_before_second_factor=True)
def sign_in() -> BaseResponse:
    """Become this person; the second factor counts as shown, because nobody here is real."""
    entered = account.enter_demonstration(actor=current_actor(), email=request.form.get("email", ""))
    session.pop("after_sign_in", None)
    return enter(entered.person_id, entered.second_factor_at)
