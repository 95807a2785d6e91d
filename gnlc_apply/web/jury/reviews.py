"""Reading and scoring: text left, scores right; saved as a draft, submitted once, or abstained from."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import jury as homes
from gnlc_apply.queries.embargoed import reading as queries
from gnlc_apply.queries.embargoed.reading import ReadingPage
from gnlc_apply.services import review
from gnlc_apply.web import news
from gnlc_apply.web.access import requires
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.juror_form import language_name
from gnlc_apply.web.jury import held
from gnlc_apply.web.jury.files import ReasonForm
from gnlc_apply.web.jury.review_form import ReviewForm, SentReview, form_for
from gnlc_apply.web.rendering import render
from gnlc_apply.web.scores import two_places

blueprint = Blueprint("reviews", __name__)


def _page(application: str) -> ReadingPage:
    return queries.reading(current_actor(), clock.now(), application)


def _next(application: str) -> str:
    """Where the next open file is, in the juror's own order; home when there is none."""
    following = homes.next_open(current_actor(), clock.now(), application)
    if following is None:
        return url_for("jury.home.page")
    return url_for("jury.reviews.read" if following.is_declared else "jury.files.gate", application=following.reference)


def _shown(page: ReadingPage, form: ReviewForm) -> BaseResponse:
    """The reading page, whatever brought us here; after a clash both texts stand on it."""
    application = page.reference
    has_clash = form.refusal is not None and form.typed_revision != page.revision
    if has_clash:
        form.revision.data = str(page.revision)
    values: dict[str, Any] = {
        "form": form,
        "file": page,
        "text": held.text_of(page),
        "total": form.total(page.guide),
        "saved": page if has_clash else None,
        "others": queries.others(current_actor(), clock.now(), application) if page.is_submitted else [],
        "next_file": _next(application),
        "two_places": two_places,
        "language_name": language_name,
    }
    return render("jury/reviews/read.html", **values)


@blueprint.route("/jury/files/<application>/read", methods=["GET", "POST"])
@requires(Permission.REVIEW)
def read(application: str) -> BaseResponse:
    """Read, score, save; "save and next" goes on to the next file."""
    if request.method == "GET":
        page = _page(application)
        news.say_saved(page.updated_at)
        return _shown(page, form_for(page))
    sent = SentReview()
    if not sent.accepts(lambda: review.save(actor=current_actor(), reference=application, **sent.work())):
        return _again(application, sent)
    if request.form.get("act") == "next":
        return redirect(_next(application), 303)
    return redirect(url_for(".read", application=application, said=news.SAVED, _anchor="scores"), 303)


def _again(application: str, sent: SentReview) -> BaseResponse:
    """What was sent was refused: the page once more, with everything that was typed."""
    page = _page(application)
    return _shown(page, form_for(page).take_back(sent))


@blueprint.route("/jury/files/<application>/submit", methods=["GET", "POST"])
@requires(Permission.REVIEW, is_fresh=True, is_once=True)
def submit(application: str) -> BaseResponse:
    """Submit for good. The second factor is asked again; what was typed waits meanwhile."""
    if request.method == "GET":
        page = _page(application)
        return _shown(page, form_for(page))
    sent = SentReview()
    if not sent.accepts(lambda: review.submit(actor=current_actor(), reference=application, **sent.work())):
        return _again(application, sent)
    flash(_("Your review is submitted. The reviews of your colleagues are open to you now."), "success")
    return redirect(url_for(".read", application=application), 303)


@blueprint.route("/jury/files/<application>/abstain", methods=["GET", "POST"])
@requires(Permission.REVIEW, is_once=True)
def abstain(application: str) -> BaseResponse:
    """Give no scores, with a reason."""
    actor, form = current_actor(), ReasonForm()
    page = _page(application)
    if form.accepts(lambda: review.abstain(actor=actor, reference=application, reason=form.reason.data or "")):
        flash(_("You have abstained from %(place)s.", place=page.place_name), "success")
        return redirect(url_for("jury.home.page"), 303)
    return render(form=form, file=page)
