"""The application of an address, its times shown in the zone of its call; what a page sends back, taken apart."""

from __future__ import annotations

from flask import g
from werkzeug.datastructures import MultiDict

from gnlc_apply.core.errors import NotFound
from gnlc_apply.queries import application as applications
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.questionnaire import Section, UnknownQuestion
from gnlc_apply.web.identity import current_actor

VERSION = "version:"


def sheet(reference: str) -> Sheet:
    """The application as its city sees it."""
    found = applications.for_city(current_actor(), reference)
    g.time_zone = found.time_zone
    return found


def section_of(found: Sheet, key: str) -> Section:
    """The section of an address. Raises NotFound."""
    try:
        return found.form.section(key)
    except UnknownQuestion as unknown:
        raise NotFound() from unknown


def marks(form: MultiDict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """Versions and fingerprints of the answers that a page had shown."""
    versions: dict[str, int] = {}
    seen: dict[str, str] = {}
    for name, mark in form.items():
        number, _, sign = mark.partition(".")
        if name.startswith(VERSION) and number.isascii() and number.isdecimal() and len(number) < 10:
            key = name.removeprefix(VERSION)
            versions[key], seen[key] = int(number), sign
    return versions, seen


def raw(form: MultiDict[str, str]) -> dict[str, str | list[str]]:
    """The answers' fields as they were sent: of a name that was sent several times, all."""
    return {
        name: values if len(values) > 1 else values[0] for name, values in form.lists() if not name.startswith(VERSION)
    }
