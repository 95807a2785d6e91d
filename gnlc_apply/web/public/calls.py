"""Opened calls for everybody: what is asked, by when, every question, the scoring guide, the blank form."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, g

from gnlc_apply.documents.blank_form import blank_form as print_blank_form
from gnlc_apply.documents.blank_form import blank_form_values
from gnlc_apply.documents.wording import Wording
from gnlc_apply.queries import public_call
from gnlc_apply.queries.public_call import PublicCall
from gnlc_apply.questionnaire import Form
from gnlc_apply.web import languages
from gnlc_apply.web.access import public
from gnlc_apply.web.public.words import say, wording
from gnlc_apply.web.rendering import render

blueprint = Blueprint("calls", __name__, url_prefix="/calls")


def _call(reference: str) -> PublicCall:
    """The opened call of the address; its zone is the zone of this page's times."""
    call = public_call.page(reference)
    g.time_zone = call.time_zone
    return call


@blueprint.get("/")
@public(cache="revalidate")
def index() -> Response:
    """All calls that have been opened, the newest first."""
    return render(calls=public_call.index())


@blueprint.get("/<call>")
@public(cache="revalidate")
def page(call: str) -> Response:
    """One call: deadline, who may apply, what is needed, what comes when."""
    found = _call(call)
    here = languages.locale_of(languages.code())
    names = [languages.locale_of(code).get_language_name(here) or code for code in found.languages]
    return render(call=found, languages=", ".join(names))


@blueprint.get("/<call>/questions")
@public(cache="revalidate")
def questions(call: str) -> Response:
    """Every question of the form, to read without an account."""
    found = _call(call)
    return render(call=found, form=found.form, criteria=_feeds(found), say=say)


def _feeds(call: PublicCall) -> dict[str, list[str]]:
    """The titles of the criteria that a question or group feeds."""
    fed: dict[str, list[str]] = {}
    for criterion in call.guide.criteria:
        for key in criterion.reads:
            fed.setdefault(key, []).append(say(criterion.title))
    return fed


@blueprint.get("/<call>/guide")
@public(cache="revalidate")
def guide(call: str) -> Response:
    """The scoring guide: criteria, weights, what each value looks like."""
    found = _call(call)
    return render(call=found, guide=found.guide, say=say)


@blueprint.get("/<call>/blank-form")
@public(cache="revalidate")
def blank_form(call: str) -> Response:
    """The blank form to print and fill in by hand."""
    found = _call(call)
    return render(call=found, values=blank_form_values(found.form, wording(), found.title))


@blueprint.get("/<call>/blank-form.pdf")
@public(cache="revalidate")
def blank_form_pdf(call: str) -> Response:
    """The blank form as PDF."""
    found = _call(call)
    content = _printed(found.form_reference, found.form, wording(), found.title)
    name = f"{found.reference}-form-{languages.code()}.pdf"
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


class _Named:
    """A form that is told apart by its version's reference alone: versions never change."""

    def __init__(self, reference: str, form: Form, words: Wording) -> None:
        self.form, self.words = form, words
        self._key = (reference, words.language)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and other._key == self._key


@lru_cache(maxsize=32)
def _typeset(named: _Named, title: str) -> bytes:
    """Typesetting takes a child process: done once per form, language and title, whoever asks."""
    return print_blank_form(named.form, named.words, title)


def _printed(reference: str, form: Form, words: Wording, title: str) -> bytes:
    return _typeset(_Named(reference, form, words), title)
