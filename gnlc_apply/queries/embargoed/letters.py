"""The letters of an announcement: who gets which, with which values."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from sqlalchemy import Executable, Row, select
from sqlalchemy.orm import Session

from gnlc_apply.core.placeholders import fill
from gnlc_apply.models import ApplicationMember, Call, Cohort, Grant, LetterKind, Outcome, Person, Role
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.queries.among import among
from gnlc_apply.queries.embargoed.letter_texts import FIRST_TEXTS
from gnlc_apply.queries.embargoed.standing import Line, Standing
from gnlc_apply.queries.figures import ReleaseFigures

MAIL_KINDS = {
    LetterKind.ADMITTED: "letter_admitted",
    LetterKind.NOT_ADMITTED: "letter_not_admitted",
    LetterKind.COMMISSION: "letter_commission",
}
# What an empty value leaves behind.
_GAP = re.compile(r"\n{3,}")
# The outbox holds 200 characters of key.
_LONGEST_KEY = 200


@dataclass(frozen=True)
class PlannedLetter:
    """One letter to one address, ready to be frozen."""

    kind: LetterKind
    key: str
    recipient: str
    name: str
    person_id: int
    language: str
    application_id: int | None
    reference: str
    place: str
    subject: str
    body: str

    @property
    def mail_kind(self) -> str:
        """The kind of its message in the outbox."""
        return MAIL_KINDS[self.kind]


@dataclass(frozen=True)
class Occasion:
    """What all letters of an announcement share."""

    cohort: Cohort
    call: Call
    figures: ReleaseFigures
    on: date
    texts: dict[tuple[LetterKind, str], tuple[str, str]] = field(default_factory=dict)
    _values: dict[str, dict[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def values(self, language: str) -> dict[str, str]:
        """The shared placeholders, as this language writes dates and numbers: written out once, however many letters."""
        if language not in self._values:
            locale = locale_of(language)
            self._values[language] = {
                "cohort": self.cohort.title,
                "call": self.call.title,
                "date": dates.format_date(self.on, "long", locale=locale),
                "new_members": numbers.format_decimal(self.figures.new_members, locale=locale),
                "new_countries": numbers.format_decimal(self.figures.countries, locale=locale),
                "total_members": numbers.format_decimal(self.figures.total_members, locale=locale),
                "event_title": self.cohort.event_title,
                "event_time": _moment(self.cohort.event_at, self.cohort.time_zone, locale),
                "event_link": self.cohort.event_link,
                "contact": self.call.contact_email,
            }
        return self._values[language]

    def text(self, kind: LetterKind, language: str) -> tuple[str, str, str]:
        """Language, subject and body: in the reader's language where it was written, else in English."""
        found = language if (kind, language) in self.texts else "en"
        subject, body = self.texts.get((kind, found), FIRST_TEXTS[kind])
        return found, subject, body


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Babel's locale of a language code; English where there is none."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _moment(at: datetime | None, zone: str, locale: Locale) -> str:
    return dates.format_datetime(at, "long", tzinfo=ZoneInfo(zone), locale=locale) if at is not None else ""


def city_letter(occasion: Occasion, kind: LetterKind, line: Line, name: str, language: str) -> tuple[str, str, str]:
    """Language, subject and body of the letter to one person of a city, with all values in place."""
    found, subject, body = occasion.text(kind, language)
    values = {
        **occasion.values(found),
        "name": name,
        "city": line.name,
        "reference": line.reference,
        "country": country_name(line.country, str(locale_of(found))),
        "feedback": line.feedback,
    }
    text = fill(body, values)
    return found, _one_line(fill(subject, values)), _GAP.sub("\n\n", text) if "\n\n\n" in text else text


def commission_letter(
    occasion: Occasion, country: str, lines: Sequence[Line], name: str, language: str
) -> tuple[str, str, str]:
    """Language, subject and body of the letter to one person of a National Commission."""
    found, subject, body = occasion.text(LetterKind.COMMISSION, language)
    values = {
        **occasion.values(found),
        "name": name,
        "country": country_name(country, str(locale_of(found))),
        "admitted": _listed(line for line in lines if line.outcome is Outcome.APPROVED),
        "not_admitted": _listed(line for line in lines if line.outcome is Outcome.NOT_APPROVED),
    }
    return found, _one_line(fill(subject, values)), fill(body, values)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())


def _listed(lines: Iterable[Line]) -> str:
    return "\n".join(f"– {line.name} ({line.reference})" for line in lines) or "–"


def _key(cohort: Cohort, about: str, kind: LetterKind, email: str) -> str:
    key = f"announce:{cohort.reference}:{about}:{MAIL_KINDS[kind]}:{email}"
    if len(key) <= _LONGEST_KEY:
        return key
    return f"announce:{cohort.reference}:{about}:{MAIL_KINDS[kind]}:{hashlib.sha256(email.encode()).hexdigest()}"


def planned(session: Session, occasion: Occasion, standing: Standing) -> list[PlannedLetter]:
    """Every letter of the announcement, city by city, then Commission by Commission: two statements."""
    decided = {line.application_id: line for line in (*standing.approved(), *standing.not_approved())}
    letters = [
        _to_city(occasion, decided[row.application_id], row) for row in session.execute(_city_people(list(decided)))
    ]
    by_country: dict[str, list[Line]] = defaultdict(list)
    for line in decided.values():
        by_country[line.country].append(line)
    letters += [
        _to_commission(occasion, row.country, by_country[row.country], row)
        for row in session.execute(_commission_people(occasion, list(by_country)))
    ]
    return letters


def _city_people(application_ids: Sequence[int]) -> Executable:
    return (
        select(ApplicationMember.application_id, Person.id, Person.email, Person.name, Person.language)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(
            among(ApplicationMember.application_id, application_ids),
            ApplicationMember.removed_at.is_(None),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(ApplicationMember.application_id, Person.id)
    )


def _commission_people(occasion: Occasion, countries: Sequence[str]) -> Executable:
    return (
        select(Grant.country, Person.id, Person.email, Person.name, Person.language)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.role == Role.COMMISSION,
            Grant.country.in_(countries),
            Grant.revoked_at.is_(None),
            Grant.valid_from.is_(None) | (Grant.valid_from <= occasion.on),
            Grant.valid_until.is_(None) | (Grant.valid_until >= occasion.on),
            Person.deactivated_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Grant.country, Person.id)
    )


def _to_city(occasion: Occasion, line: Line, row: Row[Any]) -> PlannedLetter:
    kind = LetterKind.ADMITTED if line.outcome is Outcome.APPROVED else LetterKind.NOT_ADMITTED
    language, subject, body = city_letter(occasion, kind, line, row.name, row.language)
    return PlannedLetter(
        kind=kind,
        key=_key(occasion.cohort, line.reference, kind, row.email),
        recipient=row.email,
        name=row.name,
        person_id=row.id,
        language=language,
        application_id=line.application_id,
        reference=line.reference,
        place=line.name,
        subject=subject,
        body=body,
    )


def _to_commission(occasion: Occasion, country: str, lines: Sequence[Line], row: Row[Any]) -> PlannedLetter:
    language, subject, body = commission_letter(occasion, country, lines, row.name, row.language)
    return PlannedLetter(
        kind=LetterKind.COMMISSION,
        key=_key(occasion.cohort, country, LetterKind.COMMISSION, row.email),
        recipient=row.email,
        name=row.name,
        person_id=row.id,
        language=language,
        application_id=None,
        reference=occasion.cohort.reference,
        place=country_name(country, str(locale_of(language))),
        subject=subject,
        body=body,
    )
