"""What an application says at this moment, and its frozen versions. Inner functions: they take the unit of a command."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationState,
    ApplicationVersion,
    Attachment,
    Call,
    VersionReason,
)
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire import Form, UnknownQuestion
from gnlc_apply.questionnaire.canonical import SignedFile, canonical, digest, short_code
from gnlc_apply.questionnaire.checks import Problem
from gnlc_apply.questionnaire.completeness import missing
from gnlc_apply.questionnaire.constituents import Constituent, constituents, parties
from gnlc_apply.questionnaire.population import binding
from gnlc_apply.services.command import Unit

# Where the scan of a letter signed on paper is kept; it is no question of the form and no part of the text.
LETTER = "signature.letter"
# The states in which the live answers are the text; in all others the frozen version is.
EDITABLE = (ApplicationState.DRAFT, ApplicationState.RETURNED)


@dataclass(frozen=True)
class Content:
    """The live answers and files of an application."""

    form: Form
    language: str
    answers: Mapping[str, object]
    files: tuple[SignedFile, ...]
    smallest_population: int | None = None

    def text(self) -> str:
        """The canonical text of this moment."""
        return canonical(self.form, self.answers, self.language, self.form.commitment, self.files)

    @property
    def file_counts(self) -> dict[str, int]:
        """How many files each question has."""
        return dict(Counter(file.question for file in self.files))

    def problems(self) -> tuple[Problem, ...]:
        """All that keeps it from being submitted."""
        return missing(self.form, self.answers, self.file_counts, self.smallest_population)

    def signed_problems(self) -> tuple[Problem, ...]:
        """What is missing or wrong in the text that is signed."""
        return tuple(problem for problem in self.problems() if self._is_signed(problem.key))

    def _is_signed(self, key: str) -> bool:
        try:
            return self.form.expand(key).is_signed
        except UnknownQuestion:
            return True


@dataclass(frozen=True)
class Standing:
    """The text that counts now, with its digest: the live answers while they may change, the frozen version otherwise."""

    text: str
    sha256: str


def content_of(session: Session, application: Application) -> Content:
    """The live answers and files. Answers whose question the form does not know are left out."""
    form, call = form_of(session, application.form_version_id), session.get_one(Call, application.call_id)
    rows = session.execute(select(Answer.key, Answer.value).where(Answer.application_id == application.id))
    return Content(
        form=form,
        language=application.language,
        answers={row.key: row.value for row in rows if row.value is not None},
        files=files_of(session, application.id),
        smallest_population=binding(call.smallest_population, application.override_reason),
    )


def files_of(session: Session, application_id: int) -> tuple[SignedFile, ...]:
    """The files that belong to questions, as they enter the text: by the digest of the copy that readers get."""
    rows = session.execute(
        select(Attachment.question_key, Attachment.caption, Attachment.sha256_clean).where(
            Attachment.application_id == application_id,
            Attachment.removed_at.is_(None),
            Attachment.question_key != LETTER,
        )
    )
    return tuple(SignedFile(*row) for row in rows)


def standing(session: Session, application: Application) -> Standing:
    """The text that counts now."""
    if application.state in EDITABLE or application.version_id is None:
        text = content_of(session, application).text()
        return Standing(text, digest(text))
    version = session.get_one(ApplicationVersion, application.version_id)
    return Standing(version.content, version.sha256)


def constituents_of(text: Standing) -> tuple[Constituent, ...]:
    """The constituents of a consortium that this text names; none where a single city applies."""
    return constituents(json.loads(text.text)["answers"])


def parties_of(text: Standing, place: str) -> dict[int, str]:
    """Who signs this text, by number."""
    return parties(json.loads(text.text)["answers"], place)


def freeze(unit: Unit, application: Application, reason: VersionReason) -> ApplicationVersion:
    """The version of the text that counts now: the same text gives the same version, a new one a new number."""
    now_standing = standing(unit.session, application)
    known = unit.session.scalar(
        select(ApplicationVersion).where(
            ApplicationVersion.application_id == application.id, ApplicationVersion.sha256 == now_standing.sha256
        )
    )
    return known or _new_version(unit, application, now_standing, reason)


def _new_version(
    unit: Unit, application: Application, now_standing: Standing, reason: VersionReason
) -> ApplicationVersion:
    last = unit.session.scalar(
        select(func.max(ApplicationVersion.number)).where(ApplicationVersion.application_id == application.id)
    )
    version = ApplicationVersion(
        application_id=application.id,
        number=(last or 0) + 1,
        content=now_standing.text,
        sha256=now_standing.sha256,
        short_code=short_code(now_standing.sha256),
        form_version_id=application.form_version_id,
        signatures_needed=1 + len(constituents_of(now_standing)),
        reason=reason,
        frozen_at=unit.now,
    )
    unit.session.add(version)
    unit.session.flush()
    unit.note("froze_version", "application", application.id, number=version.number, sha256=version.sha256)
    return version


def version_values(version: ApplicationVersion) -> dict[str, Any]:
    """What messages say of a version."""
    return {"version": version.short_code}
