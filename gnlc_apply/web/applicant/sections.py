"""One page per section, and one per practice. Saving keeps whatever was typed; a clash shows both texts."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply.core.errors import Conflict, Invalid, NotFound, Refusal, TooMany, Unavailable
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire import Section
from gnlc_apply.questionnaire.constituents import shared_addresses
from gnlc_apply.services import application as applications
from gnlc_apply.services.application import Saved
from gnlc_apply.web import keeping, languages, news
from gnlc_apply.web.access import requires
from gnlc_apply.web.applicant.loading import marks, raw, section_of, sheet
from gnlc_apply.web.applicant.section_page import SectionPage, build, is_of_items, wrong_answers
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render

blueprint = Blueprint("sections", __name__)
_PAGE = "applicant/sections/page.html"


@blueprint.get("/applications/<application>/sections/<section>")
@requires(Permission.READ_AS_CITY)
def page(application: str, section: str) -> BaseResponse:
    """A section: its questions, or the list of its items."""
    found = sheet(application)
    here = section_of(found, section)
    if is_of_items(here):
        return render("applicant/sections/items.html", sheet=found, section=here, items=_items(found, here))
    return _show(found, here, None)


@blueprint.post("/applications/<application>/sections/<section>")
@requires(Permission.EDIT_AS_CITY)
def save(application: str, section: str) -> BaseResponse:
    """Keep what was typed in a section."""
    return _save(application, section, None)


@blueprint.get("/applications/<application>/sections/<section>/<int:number>")
@requires(Permission.READ_AS_CITY)
def item(application: str, section: str, number: int) -> BaseResponse:
    """One item, such as a practice."""
    found = sheet(application)
    here = section_of(found, section)
    _refuse_no_item(here, number)
    return _show(found, here, number)


@blueprint.post("/applications/<application>/sections/<section>/<int:number>")
@requires(Permission.EDIT_AS_CITY)
def save_item(application: str, section: str, number: int) -> BaseResponse:
    """Keep what was typed in one item."""
    return _save(application, section, number)


@blueprint.post("/applications/<application>/sections/<section>/<int:number>/clear")
@requires(Permission.EDIT_AS_CITY, is_once=True)
def clear(application: str, section: str, number: int) -> BaseResponse:
    """Empty the answers of an item that is not needed after all; its files are taken off one by one."""
    found = sheet(application)
    here = section_of(found, section)
    _refuse_no_item(here, number)
    nothing = {question.key: "" for question in here.groups[0].item(number)}
    applications.save_answers(
        actor=current_actor(),
        reference=application,
        raw=nothing,
        versions={key: found.versions.get(key, 0) for key in nothing},
    )
    flash(_("The answers were removed."), "success")
    return redirect(url_for(".page", application=application, section=section), 303)


def _refuse_no_item(section: Section, number: int) -> None:
    if not is_of_items(section) or not 1 <= number <= section.groups[0].maximum:
        raise NotFound()


def _items(found: Sheet, section: Section) -> list[tuple[int, str, bool]]:
    """Number, title and whether it is begun, of every item that can be."""
    group = section.groups[0]
    used = group.used(found.answers.keys() | found.around.file_counts.keys())
    first = group.questions[0].key.partition(".")[2]
    return [
        (number, str(found.answers.get(f"{group.key}.{number}.{first}") or ""), number in used)
        for number in range(1, group.maximum + 1)
    ]


def _more() -> Mapping[str, int]:
    """How many items of a group the reader asked to see: ``?partners=3``."""
    return {name: int(value) for name, value in request.args.items() if value.isascii() and value.isdecimal()}


def _show(found: Sheet, section: Section, number: int | None) -> BaseResponse:
    news.say_saved(found.saved_at)
    kept = keeping.take()
    shown = build(
        found, section, number=number, more=_more(), typed=kept, problems=[] if kept else wrong_answers(found, section)
    )
    return render(_PAGE, shown=shown, sheet=found)


def _save(application: str, section: str, number: int | None) -> BaseResponse:
    versions, seen = marks(request.form)
    try:
        saved = applications.save_answers(
            actor=current_actor(),
            reference=application,
            raw=raw(request.form),
            versions=versions,
            seen=seen,
        )
    except (Conflict, Invalid, TooMany, Unavailable) as refusal:
        return _refused(application, section, number, refusal)
    return _after(application, section, number, saved)


def _refused(application: str, section: str, number: int | None, refusal: Refusal) -> BaseResponse:
    """Nothing was saved; everything typed stands on the page again."""
    found = sheet(application)
    here = section_of(found, section)
    shown = build(found, here, number=number, more=_more(), typed=_form())
    shown.message, shown.refusal_status = languages.translate(refusal.message), refusal.status
    return render(_PAGE, shown=shown, sheet=found)


def _form() -> MultiDict[str, str]:
    return request.form


def _after(application: str, section: str, number: int | None, saved: Saved) -> BaseResponse:
    if saved.is_signature_voided:
        flash(
            _("You changed a signed text. The signature no longer stands; whoever signed by link has been told."),
            "warning",
        )
    if saved.clashes or saved.locked or saved.problems:
        return _again(application, section, number, saved)
    return redirect(_next(application, section, number, saved), 303)


def _again(application: str, section: str, number: int | None, saved: Saved) -> BaseResponse:
    found = sheet(application)
    here = section_of(found, section)
    _refuse_no_item(here, number) if number is not None else None
    shown = build(
        found, here, number=number, more=_more(), typed=_form(), problems=saved.problems, clashes=saved.clashes
    )
    shown.was_saved = bool(saved.saved)
    shown.refusal_status = 409 if saved.clashes or saved.locked else 422
    if saved.locked:
        shown.message = _("Only the questions named in the request can be changed. The others were not saved.")
    return render(_PAGE, shown=shown, sheet=found)


def _next(application: str, section: str, number: int | None, saved: Saved) -> str:
    """Where to go after saving: where the button says, or here again when the answers opened further questions."""
    way = request.form.get("then", "")
    here = _address(application, section, number)
    if any(key.endswith("email") for key in saved.saved):
        _warn_of_shared_addresses(sheet(application))
    group, _sep, count = way.removeprefix("add:").partition(":")
    if way.startswith("add:"):
        return f"{here}?{group}={count}#{group}.{count}"
    if way == "stay":
        return _stay(here, saved)
    if request.args.get("back") == "check":
        return url_for("applicant.check.page", application=application)
    found = sheet(application)
    if _opened(found, section_of(found, section), saved):
        flash(_("Saved. Your answers opened further questions on this page."), "info")
        return here
    if number is not None:
        return url_for(".page", application=application, section=section)
    return _following(found, section)


def _stay(here: str, saved: Saved) -> str:
    """Here again. Where nothing had changed, the moment of the last save would say nothing of this one."""
    if saved.saved:
        return f"{here}?said={news.SAVED}"
    flash(_("Saved."), "success")
    return here


def _warn_of_shared_addresses(found: Sheet) -> None:
    """Two who sign may share an address, but not by mistake: each must read the mail that only they can answer."""
    for address in shared_addresses(found.answers):
        flash(
            _("Two of those who sign have the same address: %(email)s. Check that it is right.", email=address),
            "warning",
        )


def _address(application: str, section: str, number: int | None) -> str:
    if number is None:
        return url_for(".page", application=application, section=section)
    return url_for(".item", application=application, section=section, number=number)


def _opened(found: Sheet, section: Section, saved: Saved) -> bool:
    """Whether a saved answer of this section made a question of it visible that was not on the page."""
    sent = {name.partition("-")[0] for name in request.form} | set(marks(request.form)[0])
    changed = set(saved.saved)
    asked = [
        *section.items,
        *(q for q in section.concrete(found.answers, found.around.file_counts) if q.number is not None),
    ]
    return any(
        item.shown_if is not None
        and item.shown_if.key in changed
        and item.shown_if.holds(found.answers)
        and not any(key == item.key or key.startswith(f"{item.key}.") for key in sent)
        for item in asked
    )


def _following(found: Sheet, section: str) -> str:
    keys = [one.key for one in found.form.sections]
    place = keys.index(section) + 1
    if place < len(keys) and found.around.open_keys is None:
        return url_for(".page", application=found.reference, section=keys[place])
    return url_for("applicant.applications.page", application=found.reference)


__all__ = ["SectionPage", "blueprint"]
