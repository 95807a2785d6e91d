"""The list's address: pills, sorting and pages as links that keep everything else that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from gnlc_apply.queries.call import CallPage
from gnlc_apply.queries.file_list import SORTS, FileList, Wanted
from gnlc_apply.web import languages
from gnlc_apply.web.rendering import Link
from gnlc_apply.workflow.application import APPLICATION

# The states in the order of a file's way; those that no file has get no pill.
_WAY = (
    "draft",
    "submitted",
    "endorsed",
    "returned",
    "eligible",
    "ineligible",
    "unanswered",
    "not_endorsed",
    "in_review",
    "admitted",
    "not_admitted",
    "withdrawn",
    "expired",
)


@dataclass(frozen=True)
class PageLink:
    """A page of the list."""

    number: int
    href: str
    is_current: bool


def _address(call: str, wanted: Wanted, **changed: str | int) -> str:
    sort = f"-{wanted.sort}" if wanted.is_descending else wanted.sort
    values: dict[str, str | int] = {"state": wanted.state, "query": wanted.query, "sort": sort, **changed}
    usual = {"state": "", "query": "", "sort": "city", "page": 1}
    kept: dict[str, Any] = {name: value for name, value in values.items() if value != usual[name]}
    return url_for("secretariat.applications.index", call=call, **kept)


def pills(call: CallPage, wanted: Wanted) -> list[Link]:
    """One pill for each state that some file has, with how many, and for what waits."""
    total = sum(call.counts.values())
    links = [
        Link(
            _("All (%(number)s)", number=languages.number(total)),
            _address(call.reference, wanted, state=""),
            not wanted.state,
        )
    ]
    for state in _WAY:
        if call.counts.get(state) or wanted.state == state:
            label = languages.translate(APPLICATION.labels[state][0])
            words = _("%(state)s (%(number)s)", state=label, number=languages.number(call.counts.get(state, 0)))
            links.append(Link(words, _address(call.reference, wanted, state=state), wanted.state == state))
    for waiting, words in (("letter", _("Letters to confirm")), ("answered", _("Answers to read"))):
        links.append(Link(words, _address(call.reference, wanted, state=waiting), wanted.state == waiting))
    return links


def sorts(call: str, wanted: Wanted) -> dict[str, dict[str, str]]:
    """For each column that sorts: where a click leads, and how it stands now."""
    found = {}
    for name in SORTS:
        is_current = name == wanted.sort
        target = f"-{name}" if is_current and not wanted.is_descending else name
        now = ("descending" if wanted.is_descending else "ascending") if is_current else "other"
        found[name] = {"href": _address(call, wanted, sort=target), "sort": now}
    return found


def pages(call: str, listed: FileList) -> list[PageLink]:
    """All pages of the list."""
    return [
        PageLink(number, _address(call, listed.wanted, page=number), number == listed.wanted.page)
        for number in range(1, listed.pages + 1)
    ]
