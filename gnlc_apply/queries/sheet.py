"""One application with its live answers and everything around it: what pages of city and signatory show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationState,
    ApplicationVersion,
    Call,
    CallState,
    Deadline,
    Extension,
    ExtensionScope,
    FormVersion,
    MemberRole,
)
from gnlc_apply.permissions import Actor, ApplicationFacts
from gnlc_apply.queries.around import Around, Checked, around
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.queries.rows import AnySelect
from gnlc_apply.queries.signing import Signing, Stand
from gnlc_apply.questionnaire import Form
from gnlc_apply.questionnaire.canonical import SignedFile, canonical, digest, short_code
from gnlc_apply.questionnaire.checks import Problem
from gnlc_apply.questionnaire.completeness import missing
from gnlc_apply.questionnaire.constituents import link_addresses, parties
from gnlc_apply.questionnaire.population import binding
from gnlc_apply.workflow.guards import ApplicationCase


@dataclass(frozen=True)
class Sheet:
    """One application as its city sees it, with the live answers."""

    id: int
    reference: str
    place_name: str
    country: str
    language: str
    state: ApplicationState
    returned_from: str | None
    role: MemberRole
    call_reference: str
    call_title: str
    time_zone: str
    results_promised_on: date
    contact_email: str
    is_call_open: bool
    signature_may_follow: bool
    guide_version_id: int
    smallest_population: int | None
    cities_deadline: datetime
    commission_deadline: datetime
    grace: timedelta
    submitted_at: datetime | None
    received_at: datetime | None
    withdrawn_at: datetime | None
    version_id: int | None
    version_code: str
    version_sha256: str
    version_content: str
    version_frozen_at: datetime | None
    signatures_needed: int
    form: Form
    answers: Mapping[str, object]
    versions: Mapping[str, int]
    changed_at: Mapping[str, datetime]
    around: Around

    @property
    def saved_at(self) -> datetime | None:
        """When an answer was last saved."""
        return max(self.changed_at.values(), default=None)

    @property
    def is_editable(self) -> bool:
        """Whether answers can be changed by whoever may edit, with time left."""
        return self.is_with_city and clock.arrived() <= self.edit_until + self.grace

    @property
    def is_with_city(self) -> bool:
        """Whether it lies with the city: begun, or given back with questions."""
        return self.state in (ApplicationState.DRAFT, ApplicationState.RETURNED)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the answer of its National Commission."""
        return self.state is ApplicationState.SUBMITTED

    @property
    def may_edit(self) -> bool:
        """Whether this reader's role lets them edit."""
        return self.role in (MemberRole.OWNER, MemberRole.EDITOR)

    @property
    def is_owner(self) -> bool:
        """Whether this reader owns it for the city."""
        return self.role is MemberRole.OWNER

    @property
    def has_outcome(self) -> bool:
        """Whether the announcement has been made."""
        return self.state in (ApplicationState.ADMITTED, ApplicationState.NOT_ADMITTED)

    @property
    def finding(self) -> Checked | None:
        """The finding against it, while it stands."""
        return next(iter(self.around.checks[-1:]), None) if self.state is ApplicationState.INELIGIBLE else None

    @property
    def edit_until(self) -> datetime:
        """Until when answers can be changed: the date of the return, else the city's deadline."""
        if self.state is ApplicationState.RETURNED:
            dates = [one.due_at for one in self.around.asked if one.is_return and one.is_open]
            return max(dates, default=self.cities_deadline)
        return self.cities_deadline

    @cached_property
    def standing(self) -> str:
        """The text that counts now, canonical."""
        if self.is_with_city or not self.version_content:
            files = [SignedFile(file.question_key, file.caption, file.sha256) for file in self.around.files]
            return canonical(self.form, self.answers, self.language, self.form.commitment, files)
        return self.version_content

    @cached_property
    def standing_sha256(self) -> str:
        """Its digest."""
        return digest(self.standing)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All that keeps the live answers from being submitted."""
        return missing(self.form, self.answers, self.around.file_counts, self.smallest_population)

    @property
    def standing_code(self) -> str:
        """Its short code."""
        return short_code(self.standing_sha256)

    @cached_property
    def standing_answers(self) -> Mapping[str, object]:
        """The signed answers of the text that counts now."""
        answers: dict[str, object] = json.loads(self.standing)["answers"]
        return answers

    @cached_property
    def signings(self) -> tuple[Signing, ...]:
        """The signatures that the text needs: for the city, and of a consortium for each of its constituents."""
        is_frozen = not self.is_with_city and bool(self.version_content)
        who = parties(self.standing_answers, self.place_name, self.signatures_needed if is_frozen else None)
        return tuple(self.around.signing(number, name) for number, name in who.items())

    @property
    def is_consortium(self) -> bool:
        """Whether more than one must sign."""
        return len(self.signings) > 1

    @property
    def signatures_given(self) -> int:
        """How many of those who must sign have signed."""
        return sum(1 for one in self.signings if one.signature is not None)

    @property
    def is_signed(self) -> bool:
        """Whether everybody who must sign has signed."""
        return self.signatures_given == len(self.signings)

    @property
    def addresses_to_ask(self) -> tuple[str, ...]:
        """Who signs by link and has not been asked, or whose link or signature has ended since."""
        by_link = link_addresses(self.answers)
        done = (Stand.SIGNED, Stand.DECLINED, Stand.LINK_SENT, Stand.CODE_SENT, Stand.CAME_BACK)
        waiting = [one.constituent for one in self.signings if one.stand not in done]
        return tuple(by_link[number] for number in waiting if number in by_link)

    def signing(self, constituent: int) -> Signing:
        """The signature of the city (0) or of this constituent. Raises NotFound for one that the text does not name."""
        for one in self.signings:
            if one.constituent == constituent:
                return one
        raise NotFound()


def longer(deadline: Deadline) -> Any:
    """The latest extension of this deadline that reaches the application of the statement around it."""
    return (
        select(func.max(Extension.until_at))
        .where(
            Extension.call_id == Application.call_id,
            Extension.deadline == deadline,
            or_(
                Extension.scope == ExtensionScope.ALL,
                (Extension.scope == ExtensionScope.COUNTRY) & (Extension.country == Application.country),
                (Extension.scope == ExtensionScope.CITY) & (Extension.application_id == Application.id),
            ),
        )
        .correlate(Application)
        .scalar_subquery()
    )


@cache
def head() -> Any:
    """The statement of an application with its call, form and version; built once."""
    return (
        select(
            Application,
            Call,
            FormVersion.reference.label("form_reference"),
            ApplicationVersion,
            longer(Deadline.CITIES).label("longer_cities"),
            longer(Deadline.COMMISSIONS).label("longer_commissions"),
        )
        .join(Call, Call.id == Application.call_id)
        .join(FormVersion, FormVersion.id == Application.form_version_id)
        .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.version_id)
    )


@cache
def _answers() -> AnySelect:
    return select(Answer.key, Answer.value, Answer.version, Answer.updated_at).where(
        Answer.application_id == bindparam("application_id")
    )


def sheet_of(row: Row[Any], role: MemberRole | None = None) -> Sheet:
    """The sheet of a row of ``head``."""
    application, call, version = row.Application, row.Call, row.ApplicationVersion
    found = db.reader.connection().execute(_answers(), {"application_id": application.id}).all()
    cities = max(call.deadline_at, row.longer_cities or call.deadline_at)
    commissions = max(call.commission_deadline_at, row.longer_commissions or call.commission_deadline_at, cities)
    return Sheet(
        id=application.id,
        reference=application.reference,
        place_name=application.place_name,
        country=application.country,
        language=application.language,
        state=application.state,
        returned_from=application.returned_from,
        role=role or row.role,
        call_reference=call.reference,
        call_title=call.title,
        time_zone=call.time_zone,
        results_promised_on=call.results_promised_on,
        contact_email=call.contact_email,
        is_call_open=call.state is CallState.OPEN and clock.arrived() >= call.opens_at,
        signature_may_follow=call.signature_may_follow,
        guide_version_id=call.guide_version_id,
        smallest_population=binding(call.smallest_population, application.override_reason),
        cities_deadline=cities,
        commission_deadline=commissions,
        grace=timedelta(minutes=call.grace_minutes),
        submitted_at=application.submitted_at,
        received_at=application.received_at,
        withdrawn_at=application.withdrawn_at,
        version_id=application.version_id,
        version_code=version.short_code if version else "",
        version_sha256=version.sha256 if version else "",
        version_content=version.content if version else "",
        version_frozen_at=version.frozen_at if version else None,
        signatures_needed=version.signatures_needed if version else 1,
        form=form_of(db.reader, application.form_version_id, row.form_reference),
        answers={one.key: one.value for one in found if one.value is not None},
        versions={one.key: one.version for one in found},
        changed_at={one.key: one.updated_at for one in found},
        around=around(application.id),
    )


def case_for_page(sheet: Sheet, actor: Actor) -> ApplicationCase:
    """The sheet as the guards look at it, to say which buttons there are and why one is not; the command looks again."""
    members = {actor.person_id: sheet.role} if actor.person_id is not None else {}
    return ApplicationCase(
        row=sheet,
        facts=ApplicationFacts(sheet.id, 0, sheet.country, str(sheet.state), members=members),
        now=clock.arrived(),
        call_is_open=sheet.is_call_open,
        cities_deadline=sheet.cities_deadline + sheet.grace,
        commission_deadline=sheet.commission_deadline,
        problems=sheet.problems if sheet.is_with_city else (),
        signature_may_follow=sheet.signature_may_follow,
        has_signature=sheet.is_signed,
        signatures_given=sheet.signatures_given,
        return_due_at=sheet.edit_until if sheet.state is ApplicationState.RETURNED else None,
    )
