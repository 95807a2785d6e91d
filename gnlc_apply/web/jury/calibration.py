"""The calibration round for a juror: the files, scoring each alone, and how the others scored."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.attachment import served_pdf
from gnlc_apply.queries.embargoed import calibration as queries
from gnlc_apply.queries.embargoed.calibration import MyFile, MyRound
from gnlc_apply.queries.embargoed.calibration_comparison import in_words
from gnlc_apply.services import calibration
from gnlc_apply.web import news
from gnlc_apply.web.access import requires
from gnlc_apply.web.forms import BaseForm
from gnlc_apply.web.handing_out import hand_out
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.jury import held
from gnlc_apply.web.jury.review_form import ReviewForm, SentReview, form_of
from gnlc_apply.web.rendering import render
from gnlc_apply.web.scores import two_places

blueprint = Blueprint("calibration", __name__)


def _round(call: str) -> MyRound:
    return queries.my_round(current_actor(), clock.now(), call)


@blueprint.get("/jury/calls/<call>/calibration")
@requires(Permission.SEE_JURY_HOME)
def page(call: str) -> Response:
    """The files, the talk, and how everybody scored once the own scores are in."""
    return render(round=_round(call), in_words=in_words, two_places=two_places)


def _shown(found: MyRound, file: MyFile, form: ReviewForm) -> BaseResponse:
    """The file beside its scores, whatever brought us here; after a clash both texts stand on the page."""
    has_clash = form.refusal is not None and form.typed_revision != file.revision
    if has_clash:
        form.revision.data = str(file.revision)
    values: dict[str, Any] = {
        "form": form,
        "round": found,
        "file": file,
        "text": held.criteria_of(found.guide),
        "total": form.total(found.guide),
        "saved": file if has_clash else None,
        "two_places": two_places,
    }
    return render("jury/calibration/read.html", **values)


def _again(call: str, file: str, sent: SentReview) -> BaseResponse:
    """What was sent was refused: the page once more, with everything that was typed."""
    found = _round(call)
    mine = found.file(file)
    return _shown(found, mine, form_of(found.guide, mine).take_back(sent))


@blueprint.route("/jury/calls/<call>/calibration/<calibration_file>", methods=["GET", "POST"])
@requires(Permission.SEE_JURY_HOME)
def read(call: str, calibration_file: str) -> BaseResponse:
    """Read a file, score it, save."""
    if request.method == "GET":
        found = _round(call)
        mine = found.file(calibration_file)
        news.say_saved(mine.updated_at)
        return _shown(found, mine, form_of(found.guide, mine))
    sent = SentReview()
    if not sent.accepts(
        lambda: calibration.save(actor=current_actor(), call=call, file=calibration_file, **sent.work())
    ):
        return _again(call, calibration_file, sent)
    return redirect(
        url_for(".read", call=call, calibration_file=calibration_file, said=news.SAVED, _anchor="scores"), 303
    )


@blueprint.route("/jury/calls/<call>/calibration/<calibration_file>/submit", methods=["GET", "POST"])
@requires(Permission.SEE_JURY_HOME, is_fresh=True, is_once=True)
def submit(call: str, calibration_file: str) -> BaseResponse:
    """Submit for good. The second factor is asked again; what was typed waits meanwhile."""
    if request.method == "GET":
        found = _round(call)
        return _shown(found, found.file(calibration_file), form_of(found.guide, found.file(calibration_file)))
    sent = SentReview()
    if not sent.accepts(
        lambda: calibration.submit(actor=current_actor(), call=call, file=calibration_file, **sent.work())
    ):
        return _again(call, calibration_file, sent)
    flash(_("Your scores are submitted."), "success")
    return redirect(url_for(".page", call=call), 303)


@blueprint.route("/jury/calls/<call>/calibration/<calibration_file>/recognise", methods=["GET", "POST"])
@requires(Permission.SEE_JURY_HOME, is_once=True)
def recognise(call: str, calibration_file: str) -> BaseResponse:
    """The juror recognises the city, and gives the file no scores."""
    found, form = _round(call), BaseForm()
    mine = found.file(calibration_file)
    if form.accepts(lambda: calibration.recognise(actor=current_actor(), call=call, file=calibration_file)):
        flash(_("Thank you. You give this file no scores."), "success")
        return redirect(url_for(".page", call=call), 303)
    return render(form=form, round=found, file=mine)


@blueprint.get("/jury/calls/<call>/calibration/<calibration_file>/pdf")
@requires(Permission.SEE_JURY_HOME)
def download(call: str, calibration_file: str) -> Response:
    """The cleaned PDF of a file, under a name that says nothing."""
    mine = _round(call).file(calibration_file)
    return hand_out(served_pdf(mine.storage_key, f"{mine.reference}.pdf", mine.size))
