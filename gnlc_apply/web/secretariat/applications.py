"""Applications of a call as the secretariat reads them: the list, one file, its versions, its attachments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.errors import NotFound
from gnlc_apply.mail import kinds
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import call as calls
from gnlc_apply.queries import file as files
from gnlc_apply.queries import file_list, file_record, screening
from gnlc_apply.queries.attachment import served
from gnlc_apply.services import account, offers, screening_exception
from gnlc_apply.services import screening as acts
from gnlc_apply.web import reading
from gnlc_apply.web.access import requires
from gnlc_apply.web.handing_out import hand_out
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.secretariat import history_words, list_address
from gnlc_apply.web.secretariat.call_forms import pairs
from gnlc_apply.web.secretariat.screening_forms import LetInForm, ReasonForm

blueprint = Blueprint("applications", __name__)


@blueprint.get("/secretariat/calls/<call>/applications")
@requires(Permission.SEE_SECRETARIAT)
def index(call: str) -> Response:
    """The list, with its filters in the address."""
    found = calls.page(call)
    listed = file_list.by_call(current_actor(), found, file_list.wanted_from(request.args))
    return render(
        call=found,
        listed=listed,
        pills=list_address.pills(found, listed.wanted),
        sorts=list_address.sorts(call, listed.wanted),
        pages=list_address.pages(call, listed),
    )


def _text_parts(file: files.FileSummary, text: files.FrozenText) -> dict[str, Any]:
    """What the city said: the text, its differences, people, files, requests."""
    return {
        "sections": reading.sections(text),
        "changes": reading.changes(text.form, text.changes),
        "contacts": reading.unsigned_sections(*screening.contact_answers(file)),
        "people": screening.people(file),
        "attachments": files.attachments(file, text),
        "requests": file_record.requests(file),
        "missing_signatures": file_record.missing_signatures(file, text.answers),
        "spellings": screening.spellings(file),
        "label_of": lambda key: reading.label_of(text.form, key),
    }


def _record_parts(file: files.FileSummary) -> dict[str, Any]:
    """What others did: endorsements, signatures, findings, mail, history."""
    return {
        "endorsements": file_record.endorsements(file),
        "objections": file_record.objections(file),
        "signatures": screening.signatures(file),
        "findings": screening.findings(file),
        "messages": screening.messages(file),
        "kind_label": kinds.label,
        "history": history_words.told(screening.history(file, history_words.acts())),
        "conflicts": screening.staff_conflicts(file.reference),
    }


@blueprint.get("/secretariat/applications/<application>")
@requires(Permission.READ_AS_SECRETARIAT)
def page(application: str) -> Response:
    """One file: strip, text, differences, people, files, endorsements, signature, requests, mail, history."""
    actor = current_actor()
    file = files.summary(actor, Permission.READ_AS_SECRETARIAT, application)
    text = files.text(file)
    return render(
        file=file,
        text=text,
        offers=offers.offers(actor, application),
        **_text_parts(file, text),
        **_record_parts(file),
    )


@blueprint.get("/secretariat/applications/<application>/versions/<int:number>")
@requires(Permission.READ_AS_SECRETARIAT)
def version(application: str, number: int) -> Response:
    """A version that was submitted, and what it changed."""
    file = files.summary(current_actor(), Permission.READ_AS_SECRETARIAT, application)
    text = files.text(file, number)
    return render(
        file=file, text=text, sections=reading.sections(text), changes=reading.changes(text.form, text.changes)
    )


@blueprint.get("/secretariat/applications/<application>/attachments/<attachment>")
@requires(Permission.READ_AS_SECRETARIAT)
def attachment(application: str, attachment: str) -> Response:
    """An attached file of the version at hand, or the scan of a signed letter."""
    file = files.summary(current_actor(), Permission.READ_AS_SECRETARIAT, application)
    known = {row.reference for row in files.attachments(file, files.text(file))}
    if attachment not in known | {row.letter for row in screening.signatures(file)}:
        raise NotFound()
    return hand_out(served(application, attachment, with_removed=True))


@blueprint.route("/secretariat/applications/<application>/conflict", methods=["GET", "POST"])
@requires(Permission.LIST_AS_SECRETARIAT, is_once=True)
def conflict(application: str) -> BaseResponse:
    """Declare a conflict of one's own: the file closes for oneself, somebody else acts."""
    actor = current_actor()
    form = ReasonForm()
    head = screening.head(actor, application)
    if form.accepts(
        lambda: acts.declare_staff_conflict(actor=actor, reference=application, reason=form.reason.data or "")
    ):
        flash(_("Your conflict is recorded. Somebody else acts on this file from now on."), "success")
        return redirect(url_for("secretariat.applications.index", call=head.call), 303)
    return render(form=form, file=head)


@blueprint.route("/secretariat/applications/<application>/exception", methods=["GET", "POST"])
@requires(Permission.HELP_CITY, is_once=True)
def exception(application: str) -> BaseResponse:
    """Let the city apply as an exception; a draft too, which would otherwise never be submitted."""
    actor, form = current_actor(), ReasonForm()
    head = screening.head(actor, application, Permission.HELP_CITY)
    if form.accepts(
        lambda: screening_exception.allow_exception(actor=actor, reference=application, reason=form.reason.data or "")
    ):
        flash(_("The exception is recorded. The city has been told, with your reason."), "success")
        return redirect(url_for("secretariat.applications.index", call=head.call), 303)
    return render(form=form, file=head)


@blueprint.route("/secretariat/applications/<application>/let-in", methods=["GET", "POST"])
@requires(Permission.HELP_CITY, is_fresh=True, is_once=True)
def let_in(application: str) -> BaseResponse:
    """Nobody can act for the city any more: ask a director to let a colleague, or an address it names, in."""
    actor, form = current_actor(), LetInForm()
    head = screening.head(actor, application, Permission.HELP_CITY)
    found = screening.heirs_of(application)
    form.email.choices = pairs([(one.email, one.label) for one in found.heirs])
    if form.accepts(
        lambda: account.ask_to_let_in(
            actor=actor, application=application, email=form.email.data, reason=form.reason.data or ""
        )
    ):
        flash(_("A director has been asked to confirm it."), "success")
        return redirect(url_for("secretariat.applications.index", call=head.call), 303)
    return render(form=form, file=head, found=found)
