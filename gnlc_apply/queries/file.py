"""One file as a National Commission and the secretariat see it: summary, frozen text, differences, attachments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationVersion,
    Attachment,
    Call,
    City,
    CommissionRank,
    Endorsement,
    FileOpened,
    PlacePurpose,
    QuotaPlace,
    State,
    VersionReason,
)
from gnlc_apply.permissions import Actor, Permission, visible_to
from gnlc_apply.queries import deadlines, signature_count
from gnlc_apply.queries.figures import REGION_NAMES
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.queries.rows import AnyRow, Rows
from gnlc_apply.questionnaire import Form
from gnlc_apply.questionnaire.canonical import Change, difference
from gnlc_apply.workflow.application import APPLICATION


@dataclass(frozen=True)
class FileSummary:
    """What stands at the head of a file's page. Labels: for the secretariat, and for everybody else."""

    id: int
    reference: str
    place_name: str
    country: str
    region: Text
    language: str
    state: str
    label: Text
    public_label: Text
    call: str
    call_title: str
    time_zone: str
    submitted_at: datetime | None
    version: int | None
    short_code: str
    city: str | None
    city_name: str | None
    is_associate_member: bool
    override_reason: str
    withdrawal_reason: str
    opened_at: datetime | None
    place_number: int | None
    position: int | None
    signature: Text
    city_until: datetime
    commission_until: datetime
    commission_days_left: int | None

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the answer of its Commission."""
        return self.state == "submitted"

    @property
    def is_endorsed(self) -> bool:
        """Whether its Commission has endorsed it and the secretariat can find it eligible, or has."""
        return self.state in ("endorsed", "eligible")

    @property
    def is_withdrawn(self) -> bool:
        """Whether the city has withdrawn it."""
        return self.state == "withdrawn"


@dataclass(frozen=True)
class FrozenText:
    """A version of the application, ready to be read, and what the version before said otherwise."""

    form: Form
    number: int
    short_code: str
    sha256: str
    frozen_at: datetime
    language: str
    answers: dict[str, Any]
    files: tuple[dict[str, str], ...]
    changes: tuple[Change, ...]
    numbers: tuple[int, ...]
    compared_with: int | None


def summary(actor: Actor, permission: Permission, reference: str) -> FileSummary:
    """The head of a file's page. Raises NotFound where the file is not this actor's to see."""
    row = db.reader.execute(
        select(
            Application,
            State.region,
            Call.reference.label("call"),
            Call.title.label("call_title"),
            Call.time_zone,
            ApplicationVersion.number,
            ApplicationVersion.short_code,
            City.reference.label("city"),
            City.name.label("city_name"),
            FileOpened.opened_at,
            QuotaPlace.number.label("place_number"),
            CommissionRank.position,
        )
        .join(State, State.iso3 == Application.country)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.version_id)
        .outerjoin(City, City.id == Application.city_id)
        .outerjoin(FileOpened, FileOpened.application_id == Application.id)
        .outerjoin(CommissionRank, CommissionRank.application_id == Application.id)
        .outerjoin(
            QuotaPlace,
            (QuotaPlace.application_id == Application.id) & (QuotaPlace.purpose == PlacePurpose.ENDORSEMENT),
        )
        .where(Application.reference == reference, visible_to(actor, permission))
    ).one_or_none()
    if row is None:
        raise NotFound()
    return _summary(row)


def _summary(row: AnyRow) -> FileSummary:
    file: Application = row.Application
    until = deadlines.of_calls([file.call_id])
    commission = until.of_commission(file.call_id, file.country, file.id)
    labels = APPLICATION.labels[file.state.value]
    return FileSummary(
        id=file.id,
        reference=file.reference,
        place_name=file.place_name,
        country=file.country,
        region=REGION_NAMES[row.region.value],
        language=file.language,
        state=file.state.value,
        label=labels[0],
        public_label=labels[1],
        call=row.call,
        call_title=row.call_title,
        time_zone=row.time_zone,
        submitted_at=file.submitted_at,
        version=row.number,
        short_code=row.short_code or "",
        city=row.city,
        city_name=row.city_name,
        is_associate_member=file.is_associate_member,
        override_reason=file.override_reason,
        withdrawal_reason=file.withdrawal_reason,
        opened_at=row.opened_at,
        place_number=row.place_number,
        position=row.position,
        signature=signature_count.of_application(db.reader, file.id).words,
        city_until=until.of_city(file.call_id, file.country, file.id),
        commission_until=commission,
        commission_days_left=deadlines.days_left(commission, clock.now()),
    )


def _shown(file: FileSummary) -> Rows:
    """The versions that Commission and secretariat may read, the oldest first.

    Versions that were frozen for a signature only, and never submitted, are the city's own: they are not shown.
    """
    was_endorsed = select(Endorsement.id).where(Endorsement.version_id == ApplicationVersion.id).exists()
    was_submitted = (
        (ApplicationVersion.reason == VersionReason.SUBMISSION)
        | (ApplicationVersion.id == Application.version_id)
        | was_endorsed
    )
    return db.reader.execute(
        select(ApplicationVersion, Application.language)
        .join(Application, Application.id == ApplicationVersion.application_id)
        .where(Application.id == file.id, was_submitted)
        .order_by(ApplicationVersion.number)
    ).all()


def changes_since(file: FileSummary, short_code: str) -> tuple[Form, tuple[Change, ...]]:
    """What the text that was submitted last says otherwise than the version with this code, with the form to read it by."""
    versions = [row.ApplicationVersion for row in _shown(file)]
    now = next(version for version in versions if version.number == file.version)
    before = next((version for version in versions if version.short_code == short_code), now)
    form = form_of(db.reader, now.form_version_id)
    return form, tuple(difference(before.content, now.content, form))


def text(file: FileSummary, number: int | None = None) -> FrozenText:
    """The text that was submitted last, or the version with this number. Raises NotFound."""
    shown = [row for row in _shown(file) if row.ApplicationVersion.number <= (file.version or 0)]
    wanted = number if number is not None else file.version
    found = next((row for row in shown if row.ApplicationVersion.number == wanted), None)
    if found is None:
        raise NotFound()
    version: ApplicationVersion = found.ApplicationVersion
    before = next((r.ApplicationVersion for r in reversed(shown) if r.ApplicationVersion.number < version.number), None)
    form = form_of(db.reader, version.form_version_id)
    content = json.loads(version.content)
    return FrozenText(
        form=form,
        number=version.number,
        short_code=version.short_code,
        sha256=version.sha256,
        frozen_at=version.frozen_at,
        language=content.get("language", found.language),
        answers=content["answers"],
        files=tuple(content["files"]),
        changes=tuple(difference(before.content, version.content, form)) if before is not None else (),
        numbers=tuple(row.ApplicationVersion.number for row in shown),
        compared_with=before.number if before is not None else None,
    )


def attachments(file: FileSummary, version: FrozenText) -> list[AnyRow]:
    """The attached files of this version, each once; files added since it was frozen are the city's own."""
    signed = {(entry["question"], entry["sha256"]) for entry in version.files}
    rows = db.reader.execute(
        select(
            Attachment.reference,
            Attachment.name,
            Attachment.caption,
            Attachment.size,
            Attachment.pages,
            Attachment.question_key,
            Attachment.sha256_original,
            Attachment.sha256_clean,
        )
        .where(Attachment.application_id == file.id)
        .order_by(Attachment.question_key, Attachment.uploaded_at.desc())
    )
    found: dict[tuple[str, str], AnyRow] = {}
    for row in rows:
        for digest in (row.sha256_clean, row.sha256_original):
            if (row.question_key, digest) in signed:
                found.setdefault((row.question_key, row.sha256_original), row)
    return list(found.values())
