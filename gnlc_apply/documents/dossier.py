"""The dossier: one application version in print, as the mayor signs it and Commission and jurors read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.typesetting import typeset
from gnlc_apply.documents.wording import Wording, frame, isolated, prose


@dataclass(frozen=True)
class DossierAnswer:
    """One question and what was answered, both already in words; `note` is a small line below (a limit, a source)."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class DossierSection:
    """A section of the form with its answers in order."""

    title: str
    answers: tuple[DossierAnswer, ...]


@dataclass(frozen=True)
class DossierFile:
    """An attached file: its caption, name, size in bytes and SHA-256 (hexadecimal)."""

    caption: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Dossier:
    """All that a printed application version shows. The caller leaves out the sections a reader may not see."""

    call_title: str
    reference: str
    city: str
    country: str
    version_code: str
    digest: str
    frozen_at: datetime
    zone: tzinfo
    application_language: str
    sections: tuple[DossierSection, ...]
    files: tuple[DossierFile, ...] = ()
    commitment: str = ""
    signature: str = ""


def dossier(content: Dossier, wording: Wording) -> bytes:
    """The dossier as PDF, its labels in the language of `wording`, its answers as they were written."""
    return typeset("dossier.typ", dossier_values(content, wording), wording.language)


def dossier_values(content: Dossier, wording: Wording) -> dict[str, Any]:
    """What the template takes."""
    running = " · ".join((isolated(content.reference), isolated(content.city), isolated(content.version_code)))
    return frame(wording, wording.text(Text("Application for membership")), running) | {
        "call": isolated(content.call_title),
        "city": isolated(content.city),
        "country": isolated(content.country),
        "facts": _facts(content, wording),
        "digest_label": wording.text(Text("Digest of this version (SHA-256)")),
        "digest": isolated(content.digest),
        "commitment_label": wording.text(Text("The commitment")),
        "commitment": prose(content.commitment),
        "unanswered": wording.text(Text("No answer")),
        "sections": [
            {"title": isolated(section.title), "answers": [_answer(answer) for answer in section.answers]}
            for section in content.sections
        ],
        "files_label": wording.text(Text("Files")),
        "files_header": [wording.text(Text("Caption")), wording.text(Text("File")), wording.text(Text("Size"))],
        "digests_label": wording.text(Text("Digests of the files (SHA-256)")),
        "files": [_file(file, wording) for file in content.files],
    }


def _facts(content: Dossier, wording: Wording) -> list[list[str]]:
    facts = [
        [wording.text(Text("Reference")), isolated(content.reference)],
        [wording.text(Text("Version")), isolated(content.version_code)],
        [wording.text(Text("Version of")), wording.moment(content.frozen_at, content.zone)],
        [wording.text(Text("Language of the application")), content.application_language],
    ]
    if content.signature:
        facts.append([wording.text(Text("Signature")), isolated(content.signature)])
    return facts


def _answer(answer: DossierAnswer) -> dict[str, Any]:
    return {"label": isolated(answer.label), "value": prose(answer.value), "note": prose(answer.note)}


def _file(file: DossierFile, wording: Wording) -> dict[str, Any]:
    kilobytes = max(1, round(file.size / 1000))
    return {
        "caption": prose(file.caption),
        "name": isolated(file.name),
        "size": isolated(wording.text(Text("%(size)s kB", size=kilobytes))),
        "digest": isolated(file.sha256),
    }
