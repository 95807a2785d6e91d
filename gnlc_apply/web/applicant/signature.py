"""The signature panel of the city: the link, or the letter on paper; for a consortium one of each for every member.

An address without a number is about the signature for the city, or for the consortium as a whole.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as BaseResponse
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from gnlc_apply import config
from gnlc_apply.core.catalogues import PSEUDO
from gnlc_apply.permissions import Permission
from gnlc_apply.queries import signature as links
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire.constituents import WHOLE, signatory_key
from gnlc_apply.services import signature
from gnlc_apply.web import languages, reading
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant import documents
from gnlc_apply.web.applicant.controls import offered
from gnlc_apply.web.applicant.loading import sheet
from gnlc_apply.web.files import hand_out_pdf, name_of, stream_of
from gnlc_apply.web.forms import BaseForm, stripped
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("signature", __name__)
_WHOLE = {"constituent": WHOLE}


class AskForm(BaseForm):
    """Whom to ask."""

    name = StringField(_l("Name of the person who signs"), filters=[stripped])
    email = EmailField(_l("E-mail address of the person who signs"), filters=[stripped])
    language = SelectField(_l("Language of the message"))


class LetterForm(BaseForm):
    """The letter as it came back."""

    file = FileField(_l("Scan or photograph of the signed letter"))
    version_code = StringField(_l("Version code printed on the letter"), filters=[stripped])
    name = StringField(_l("Name of the person who signed"), filters=[stripped])
    title = StringField(_l("Title or form of address"), filters=[stripped])
    function = StringField(_l("Function"), filters=[stripped])


class ActForm(BaseForm):
    """Nothing but the button."""


def _languages() -> list[SelectChoice]:
    kept = [code for code in config.current().languages if code != PSEUDO]
    return offered((code, languages.name_of(code)) for code in kept)


def _here(application: str) -> BaseResponse:
    return redirect(url_for(".page", application=application), 303)


def _known(found: Sheet, constituent: int, *parts: str) -> dict[str, Any]:
    """What the city has told of whoever signs."""
    return {part: found.answers.get(signatory_key(constituent, part)) for part in parts}


def _keep_letter(application: str, constituent: int, form: LetterForm) -> str:
    return signature.upload_letter(
        actor=current_actor(),
        reference=application,
        constituent=constituent,
        stream=stream_of("file"),
        file_name=name_of("file"),
        name=form.name.data or "",
        title=form.title.data or "",
        function=form.function.data or "",
        version_code=form.version_code.data or "",
    )


def _panel(application: str, form: ActForm | None = None) -> BaseResponse:
    found = sheet(application)
    changes = reading.changes(found.form, links.changed_since_signed(found))
    return render("applicant/signature/page.html", form=form, sheet=found, changes=changes)


@blueprint.get("/applications/<application>/signature")
@requires(Permission.READ_AS_CITY)
def page(application: str) -> BaseResponse:
    """Where the signature stands, and both ways to get it."""
    return _panel(application)


@blueprint.route("/applications/<application>/signature/ask", methods=["GET", "POST"], defaults=_WHOLE)
@blueprint.route("/applications/<application>/signature/<int:constituent>/ask", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def ask(application: str, constituent: int) -> BaseResponse:
    """Send the personal link."""
    found = sheet(application)
    signing = found.signing(constituent)
    form = AskForm(language=languages.code(), **_known(found, constituent, "name", "email"))
    form.language.choices = _languages()
    if form.accepts(
        lambda: signature.ask(
            actor=current_actor(),
            reference=application,
            constituent=constituent,
            email=form.email.data or "",
            name=form.name.data or "",
            language=form.language.data or "",
        )
    ):
        flash(_("The link is on its way to %(email)s.", email=form.email.data or ""), "success")
        return _here(application)
    return render(form=form, sheet=found, signing=signing)


@blueprint.post("/applications/<application>/signature/ask-outstanding")
@requires(Permission.EDIT_AS_CITY, is_once=True)
def ask_outstanding(application: str) -> BaseResponse:
    """Send a link to each of those who sign by link and have none."""
    form = ActForm()
    if form.accepts(
        lambda: signature.ask_outstanding(actor=current_actor(), reference=application, language=languages.code())
    ):
        flash(_("Links sent: %(count)s.", count=languages.number(len(form.result))), "success")
        return _here(application)
    return _panel(application, form)


@blueprint.route("/applications/<application>/signature/revoke", methods=["GET", "POST"], defaults=_WHOLE)
@blueprint.route("/applications/<application>/signature/<int:constituent>/revoke", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def revoke(application: str, constituent: int) -> BaseResponse:
    """End the link that is out."""
    form = ActForm()
    if form.accepts(
        lambda: signature.revoke_request(actor=current_actor(), reference=application, constituent=constituent)
    ):
        flash(_("The link opens nothing any more."), "success")
        return _here(application)
    found = sheet(application)
    return render(form=form, sheet=found, signing=found.signing(constituent))


@blueprint.post("/applications/<application>/signature/letter", defaults=_WHOLE)
@blueprint.post("/applications/<application>/signature/<int:constituent>/letter")
@requires(Permission.EDIT_AS_CITY, is_once=True)
def prepare(application: str, constituent: int) -> BaseResponse:
    """Freeze the text and make the letter for it."""
    form = ActForm()
    if form.accepts(
        lambda: signature.prepare_letter(actor=current_actor(), reference=application, constituent=constituent)
    ):
        return redirect(url_for(".letter", application=application, constituent=constituent), 303)
    return _panel(application, form)


@blueprint.get("/applications/<application>/signature/letter.pdf", defaults=_WHOLE)
@blueprint.get("/applications/<application>/signature/<int:constituent>/letter.pdf")
@requires(Permission.READ_AS_CITY)
def letter(application: str, constituent: int) -> BaseResponse:
    """The letter to print, with the code of the text as it stands."""
    found = sheet(application)
    signing = found.signing(constituent)
    name = f"letter-{application}.pdf" if signing.is_whole else f"letter-{application}-{constituent}.pdf"
    return hand_out_pdf(documents.letter_pdf(found, signing), name)


@blueprint.route("/applications/<application>/signature/upload", methods=["GET", "POST"], defaults=_WHOLE)
@blueprint.route("/applications/<application>/signature/<int:constituent>/upload", methods=["GET", "POST"])
@requires(Permission.EDIT_AS_CITY, is_once=True)
def upload(application: str, constituent: int) -> BaseResponse:
    """The signed letter comes back."""
    found = sheet(application)
    signing = found.signing(constituent)
    form = LetterForm(**_known(found, constituent, "name", "title", "function"))
    if form.accepts(lambda: _keep_letter(application, constituent, form)):
        flash(_("The letter counts from now on. The secretariat looks at it later."), "success")
        return _here(application)
    return render(form=form, sheet=found, signing=signing)
