"""The signatory's page, without an account: read, ask for the code, sign or decline. Opening it changes nothing."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from gnlc_apply.core.errors import NotFound
from gnlc_apply.documents.answer_words import dossier_sections
from gnlc_apply.queries import attachment as attachments
from gnlc_apply.queries import signature as links
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire.canonical import Change
from gnlc_apply.questionnaire.constituents import signatory_key
from gnlc_apply.services import signature
from gnlc_apply.web import reading
from gnlc_apply.web.access import public
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.handing_out import hand_out
from gnlc_apply.web.rendering import render

blueprint = Blueprint("signing", __name__)


class SignForm(BaseForm):
    """What makes a signature: a name, a title, a function, a tick and the code."""

    name = StringField(_l("Your name"), filters=[stripped])
    title = StringField(_l("Title or form of address"), filters=[stripped])
    function = StringField(_l("Your function"), filters=[stripped])
    code = StringField(_l("Code"), filters=[stripped])
    is_ticked = BooleanField(_l("I have read the application and agree to this commitment."))
    version_digest = HiddenField()


class DeclineForm(BaseForm):
    """Why not."""

    reason = TextAreaField(_l("Your reason"), filters=[stripped])


class CodeForm(BaseForm):
    """Nothing but the button."""


def _open(token: str) -> links.Opened:
    opened = links.open_link(token)
    if opened.sheet is not None:
        g.time_zone = opened.sheet.time_zone
    return opened


def _spent(opened: links.Opened) -> BaseResponse:
    return render("signatory/signing/spent.html", state=opened.state.value, status=410)


def _page(opened: links.Opened, form: SignForm, changes: tuple[Change, ...], *, has_changed: bool) -> BaseResponse:
    sheet = opened.sheet
    if sheet is None:
        return _spent(opened)
    captions: dict[str, list[str]] = defaultdict(list)
    for file in sheet.around.files:
        captions[file.question_key].append(file.caption)
    return render(
        "signatory/signing/page.html",
        form=form,
        sheet=sheet,
        opened=opened,
        sections=dossier_sections(sheet.form, sheet.standing_answers, reading.wording(), captions),
        files=sheet.around.files,
        changes=reading.changes(sheet.form, changes),
        has_changed=has_changed,
        token=(request.view_args or {})["token"],
    )


def _filled(sheet: Sheet, constituent: int) -> SignForm:
    """The form with what the city told of the signatory, to be corrected; the digest is of the text on this page."""
    known = {part: sheet.answers.get(signatory_key(constituent, part)) for part in ("name", "title", "function")}
    return SignForm(**known, version_digest=sheet.standing_sha256)


@blueprint.get("/sign/<token>")
@public
def page(token: str) -> BaseResponse:
    """What is asked, the whole application, sign or decline."""
    opened = _open(token)
    if opened.sheet is None or opened.signing is None:
        return _spent(opened)
    return _page(opened, _filled(opened.sheet, opened.signing.constituent), opened.changes, has_changed=False)


@blueprint.post("/sign/<token>/code")
@public(is_once=True)
def code(token: str) -> BaseResponse:
    """Send the code to the address to which the link went."""
    form = CodeForm()
    if form.accepts(lambda: signature.send_code(actor=signature.SIGNATORY, token=token)):
        flash(_("A code is on its way to you. It is valid for 24 hours."), "success")
        return redirect(url_for(".page", token=token, _anchor="sign"), 303)
    return _refused(token, form)


@blueprint.post("/sign/<token>")
@public(is_once=True)
def sign(token: str) -> BaseResponse:
    """Sign the text that was read."""
    form = SignForm()
    if form.accepts(
        lambda: signature.sign(
            actor=signature.SIGNATORY,
            token=token,
            code=form.code.data or "",
            name=form.name.data or "",
            title=form.title.data or "",
            function=form.function.data or "",
            is_ticked=bool(form.is_ticked.data),
            version_digest=form.version_digest.data or "",
            network=request.remote_addr or "",
            browser=request.headers.get("User-Agent", ""),
        )
    ):
        return redirect(url_for(".thanks", token=token), 303)
    return _refused(token, form)


def _refused(token: str, form: BaseForm) -> BaseResponse:
    """The page again with what was typed; where the text changed, with the difference and the new text to read."""
    opened = _open(token)
    if opened.sheet is None:
        return _spent(opened)
    shown = form if isinstance(form, SignForm) else SignForm(formdata=None, version_digest=opened.sheet.standing_sha256)
    shown.form_errors, shown.refusal_status = form.form_errors, form.refusal_status
    has_changed = isinstance(form.refusal, signature.TextChanged)
    changes = tuple(form.refusal.changes) if isinstance(form.refusal, signature.TextChanged) else opened.changes
    shown.version_digest.data = opened.sheet.standing_sha256 if has_changed else shown.version_digest.data
    return _page(opened, shown, changes, has_changed=has_changed)


@blueprint.route("/sign/<token>/decline", methods=["GET", "POST"])
@public(is_once=True)
def decline(token: str) -> BaseResponse:
    """Do not sign, with a reason."""
    opened = _open(token)
    form = DeclineForm()
    if opened.sheet is None:
        return _spent(opened)
    if form.accepts(lambda: signature.decline(actor=signature.SIGNATORY, token=token, reason=form.reason.data or "")):
        return redirect(url_for(".thanks", token=token), 303)
    return render(form=form, token=token, sheet=opened.sheet, signing=opened.signing)


@blueprint.get("/sign/<token>/done")
@public
def thanks(token: str) -> BaseResponse:
    """The end: signed, or not signed."""
    opened = links.open_link(token)
    if opened.sheet is not None:
        return redirect(url_for(".page", token=token), 303)
    return render(state=opened.state.value)


@blueprint.get("/sign/<token>/files/<attachment>")
@public
def download(token: str, attachment: str) -> BaseResponse:
    """A file of the application, for whoever is asked to sign it."""
    opened = _open(token)
    if opened.sheet is None or attachment not in {file.reference for file in opened.sheet.around.files}:
        raise NotFound()
    return hand_out(attachments.served(opened.sheet.reference, attachment))
