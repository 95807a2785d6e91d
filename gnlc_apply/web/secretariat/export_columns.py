"""The columns of a call's table to take away: what each is called, and what of an application stands in it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from gnlc_apply.core.spreadsheet import cell
from gnlc_apply.core.text import Text
from gnlc_apply.models import Outcome, Region
from gnlc_apply.models.reference_data.countries import iso3_codes
from gnlc_apply.queries.embargoed.call_record import (
    CONFLICT,
    NOT_SUBMITTED,
    OWN_READING,
    ApplicationRecord,
    CallRecord,
)
from gnlc_apply.questionnaire import Form, Group, Kind, Question, load_form, load_guide
from gnlc_apply.questionnaire.answers import field_names
from gnlc_apply.web import languages, reading
from gnlc_apply.workflow.application import APPLICATION

Record = Mapping[str, Any]
Told = Callable[[Record], object]
Column = tuple[str, Told]


class Table:
    """The columns of a call: what is known of an application, then its answers.

    Made while the request runs, in its language; lines are written when it is over, and need no request.
    """

    def __init__(self, head: CallRecord) -> None:
        self._own = _own_columns(head)
        self._questions = _Questions.of(map(load_form, head.forms.values()))

    @property
    def headings(self) -> list[object]:
        """The first line."""
        return [
            cell(words) for words in (*(heading for heading, _told in self._own), *self._questions.headings.values())
        ]

    def line(self, application: ApplicationRecord) -> list[object]:
        """The line of one application; what looks like a formula stays text."""
        record = json.loads(application.record)
        answers = json.loads(application.text)["answers"] if application.text else {}
        return [*(cell(told(record)) for _heading, told in self._own), *self._questions.values(record, answers)]


_LEFT_OUT: Mapping[str, Text] = {
    NOT_SUBMITTED: Text("Not submitted: the text is the city's own"),
    CONFLICT: Text("A conflict of interest: somebody else acts on this file"),
    OWN_READING: Text("Scores open when your own review is in"),
}


def _part(name: str, key: str) -> Told:
    """One value of an object that is there or not."""
    return lambda record: (record[name] or {}).get(key)


def _each(name: str, *keys: str) -> Told:
    """Some values of every object in a list, in one cell."""

    def told(record: Record) -> str:
        return "; ".join(", ".join(str(entry[key]) for key in keys if entry[key]) for entry in record[name] or ())

    return told


def _value(key: str) -> Told:
    return lambda record: record[key]


def _words(words: Mapping[str, str], value: Told) -> Told:
    """What a value is called; a value without a name stands as it is."""

    def told(record: Record) -> object:
        found = value(record)
        return words.get(str(found), found)

    return told


def _translated(words: Mapping[str, Text]) -> dict[str, str]:
    return {value: languages.translate(text) for value, text in words.items()}


def _own_columns(head: CallRecord) -> list[Column]:
    """What is known of an application apart from its answers."""
    states = {state: labels[0] for state, labels in APPLICATION.labels.items()}
    decided = {Outcome.APPROVED.value: _("Approved"), Outcome.NOT_APPROVED.value: _("Not approved")}
    return [
        (_("Reference"), _value("reference")),
        (_("City"), _value("city")),
        (_("Country"), _words(languages.countries(iso3_codes()), _value("country"))),
        (_("Region"), _words({region.value: _(region.value) for region in Region}, _value("region"))),
        (_("State"), _words(_translated(states), _value("state"))),
        (_("Left out"), _words(_translated(_LEFT_OUT), lambda record: record["left_out"] or record["jury_left_out"])),
        (_("Submitted"), _value("submitted_at")),
        (_("Version"), _part("version", "number")),
        (_("Digest of the text (SHA-256)"), _part("version", "sha256")),
        (_("Signatures"), _each("signatures", "name", "function", "signed_at", "voided_at", "refused_at")),
        (_("Endorsement"), _each("endorsements", "outcome", "name", "function", "acted_at", "reason", "revoked_at")),
        (_("Order of the National Commission"), _value("commission_rank")),
        (_("Check"), _each("checks", "outcome", "reason", "checked_at", "final_at", "reversed_at")),
        *_jury_columns(head),
        (_("Decision"), _words(decided, _part("decision", "outcome"))),
        (_("Approved by"), _part("decision", "approved_by")),
        (_("Decided"), _part("decision", "approved_at")),
        (_("Reason for departing from the recommendation"), _part("decision", "departure_reason")),
    ]


def _jury_columns(head: CallRecord) -> list[Column]:
    """Readings by criterion, in the order of the readers' letters; reasons stand in the document only."""
    said = {"True": _("Recommended"), "False": _("Not recommended")}
    return [
        (_("Readings"), lambda record: len(_submitted(record)) if record["readings"] is not None else None),
        (_("Totals"), lambda record: "; ".join(_figure(one["total"]) for one in _submitted(record))),
        *((_(one.title), _scores_for(one.code)) for one in load_guide(head.guide).criteria),
        (_("Recommendation"), _words(said, _part("recommendation", "is_recommended"))),
        (_("Average when it was confirmed"), _part("recommendation", "average")),
        (_("Note"), _part("recommendation", "note")),
    ]


def _submitted(record: Record) -> list[Any]:
    return [one for one in record["readings"] or () if one["state"] == "submitted"]


def _figure(value: float) -> str:
    """Databases write a whole total with or without a nought."""
    return str(round(float(value), 4))


def _scores_for(code: str) -> Told:
    def told(record: Record) -> str:
        given = [
            str(score["value"])
            for one in _submitted(record)
            for score in one["scores"]
            if score["criterion"] == code and score["value"] is not None
        ]
        return "; ".join(given)

    return told


def _plain(answer: Any, yes: str) -> object:
    """An answer in one cell."""
    if isinstance(answer, list):
        return "; ".join(answer)
    if isinstance(answer, dict):
        return json.dumps(answer, ensure_ascii=False)
    return yes if answer is True else answer


@dataclass(frozen=True)
class _Questions:
    """A column for each signed question of every form that was used, repeated ones by their number, with the key.

    Figures and coordinates have a column for each of their parts, as the form has fields.
    """

    headings: Mapping[str, str]
    parted: frozenset[str]
    yes: str

    @classmethod
    def of(cls, forms: Iterable[Form]) -> _Questions:
        headings: dict[str, str] = {}
        parted: set[str] = set()
        for form in forms:
            for question in _written_out(form):
                label = reading.label_of(form, question.key)
                names: tuple[str, ...] = (question.key,)
                if question.kind in (Kind.FIGURE, Kind.COORDINATES):
                    names = field_names(question)
                    parted.add(question.key)
                for name in names:
                    headings.setdefault(name, f"{label} ({name})")
        return cls(headings, frozenset(parted), _("yes"))

    def values(self, record: Record, answers: Mapping[str, Any]) -> Iterable[object]:
        """The cells of one application, in the order of the headings."""
        found: dict[str, object] = {}
        for key, answer in answers.items():
            if key in self.parted and isinstance(answer, dict):
                found.update({f"{key}-{part}": cell(value) for part, value in answer.items()})
            else:
                found[key] = cell(_plain(answer, self.yes))
        files: dict[str, list[str]] = defaultdict(list)
        for file in record["attachments"] or ():
            files[file["question"]].append(f"{file['name']} ({file['sha256']})")
        found.update({key: cell("; ".join(named)) for key, named in files.items()})
        return map(found.get, self.headings)


def _written_out(form: Form) -> Iterator[Question]:
    for section in form.sections:
        if section.is_signed:
            for item in section.items:
                yield from _questions_of(item)


def _questions_of(item: Question | Group) -> Iterator[Question]:
    if isinstance(item, Question):
        yield item
        return
    for number in range(1, item.maximum + 1):
        yield from item.item(number)
