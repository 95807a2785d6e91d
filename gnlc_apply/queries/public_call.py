"""Calls as everybody may read them: only once opened, and alike for all between the jury's start and the announcement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Cohort, Deadline, Extension, ExtensionScope, FormVersion, GuideVersion
from gnlc_apply.models.base import UtcDateTime
from gnlc_apply.queries.questionnaire import form_of, guide_of
from gnlc_apply.queries.rows import AnySelect
from gnlc_apply.questionnaire import Form, Guide

EVERYWHERE = "Etc/GMT+12"


@dataclass(frozen=True)
class PublicCall:
    """An opened call. Deadlines include what was granted to all; single countries and cities learn of theirs elsewhere."""

    reference: str
    title: str
    year: int
    time_zone: str
    opens_at: datetime
    deadline_at: datetime
    commission_deadline_at: datetime
    results_promised_on: date
    languages: list[str]
    quota: int
    smallest_population: int | None
    signature_may_follow: bool
    contact_email: str
    form_version_id: int
    form_reference: str
    guide_version_id: int
    guide_reference: str
    is_extended: bool
    cohort: str | None

    @property
    def is_everywhere(self) -> bool:
        """The deadline lasts until the day has ended everywhere on earth."""
        return self.time_zone == EVERYWHERE

    @property
    def stage(self) -> str:
        """``coming``, ``open``, ``commissions``, ``jury`` or ``announced``: by the clock and the announcement alone."""
        now = clock.now()
        if self.cohort is not None:
            return "announced"
        steps = ((self.opens_at, "coming"), (self.deadline_at, "open"), (self.commission_deadline_at, "commissions"))
        return next((stage for until, stage in steps if now <= until), "jury")

    @property
    def stage_words(self) -> Text:
        """The stage as a tag says it."""
        return {
            "coming": Text("Opens soon"),
            "open": Text("Open for applications"),
            "commissions": Text("With the National Commissions"),
            "jury": Text("With the jury"),
            "announced": Text("Results announced"),
        }[self.stage]

    @property
    def form(self) -> Form:
        """The questions of this call."""
        return form_of(db.reader, self.form_version_id, self.form_reference)

    @property
    def guide(self) -> Guide:
        """What the jury looks for in this call."""
        return guide_of(db.reader, self.guide_version_id, self.guide_reference)


_NOW = bindparam("now", type_=UtcDateTime)


def _longest(deadline: Deadline) -> Any:
    return (
        select(func.max(Extension.until_at))
        .where(Extension.call_id == Call.id, Extension.scope == ExtensionScope.ALL, Extension.deadline == deadline)
        .correlate(Call)
        .scalar_subquery()
    )


@cache
def _calls() -> AnySelect:
    """Built once: it runs on the start page, and on every home page of an official."""
    cities, commissions = _longest(Deadline.CITIES), _longest(Deadline.COMMISSIONS)
    plain = [
        Call.reference,
        Call.title,
        Call.year,
        Call.time_zone,
        Call.opens_at,
        Call.deadline_at,
        Call.commission_deadline_at,
        Call.results_promised_on,
        Call.languages,
        Call.quota,
        Call.smallest_population,
        Call.signature_may_follow,
        Call.contact_email,
        Call.form_version_id,
        FormVersion.reference.label("form_reference"),
        Call.guide_version_id,
        GuideVersion.reference.label("guide_reference"),
    ]
    return (
        select(
            *plain,
            cities.label("cities_until"),
            commissions.label("commissions_until"),
            case((Cohort.announced_at <= _NOW, Cohort.reference), else_=None).label("cohort"),
        )
        .join(FormVersion, FormVersion.id == Call.form_version_id)
        .join(GuideVersion, GuideVersion.id == Call.guide_version_id)
        .outerjoin(Cohort, Cohort.call_id == Call.id)
        .where(Call.opened_at <= _NOW)
    )


def _call(row: Any) -> PublicCall:
    values = dict(row._mapping)
    granted, commissions = values.pop("cities_until"), values.pop("commissions_until")
    cities = max(filter(None, (values["deadline_at"], granted)))
    later = max(filter(None, (values["commission_deadline_at"], commissions, cities)))
    return PublicCall(
        **{**values, "deadline_at": cities, "commission_deadline_at": later}, is_extended=cities > row.deadline_at
    )


def index() -> tuple[PublicCall, ...]:
    """All calls that have been opened, the newest first: one statement."""
    return tuple(map(_call, db.reader.connection().execute(_in_order(), {"now": clock.now()})))


@cache
def _in_order() -> AnySelect:
    return _calls().order_by(Call.deadline_at.desc(), Call.id.desc())


def page(reference: str) -> PublicCall:
    """One opened call: one statement. Raises NotFound, for a call in preparation too."""
    row = db.reader.execute(_calls().where(Call.reference == reference), {"now": clock.now()}).one_or_none()
    if row is None:
        raise NotFound()
    return _call(row)
