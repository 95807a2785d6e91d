"""The receipt: what a city keeps after it has submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.typesetting import typeset
from gnlc_apply.documents.wording import Wording, frame, isolated


@dataclass(frozen=True)
class NextStep:
    """What happens next, and when, already in words."""

    what: str
    when: str


@dataclass(frozen=True)
class Receipt:
    """The facts of one submission. `received_at` is the moment at which the complete request had arrived."""

    call_title: str
    reference: str
    city: str
    country: str
    version_code: str
    digest: str
    received_at: datetime
    zone: tzinfo
    submitted_by: str
    next_steps: tuple[NextStep, ...]


def receipt(content: Receipt, wording: Wording) -> bytes:
    """The receipt as PDF."""
    return typeset("receipt.typ", receipt_values(content, wording), wording.language)


def receipt_values(content: Receipt, wording: Wording) -> dict[str, Any]:
    """What the template takes."""
    return frame(wording, wording.text(Text("Receipt of your application")), isolated(content.reference)) | {
        "call": isolated(content.call_title),
        "reference_label": wording.text(Text("Reference")),
        "reference": isolated(content.reference),
        "facts": [
            [wording.text(Text("City")), isolated(content.city)],
            [wording.text(Text("Country")), isolated(content.country)],
            [wording.text(Text("Received")), wording.moment(content.received_at, content.zone)],
            [wording.text(Text("Submitted by")), isolated(content.submitted_by)],
            [wording.text(Text("Version")), isolated(content.version_code)],
        ],
        "thanks": wording.text(
            Text("The application has arrived complete. Please keep this page and quote the reference in every letter.")
        ),
        "next_label": wording.text(Text("What happens next")),
        "next": [[step.what, step.when] for step in content.next_steps],
        "proof_label": wording.text(Text("Proof of what was received")),
        "proof": wording.text(
            Text("This digest (SHA-256) stands for the text and the files as received. A changed text has another one.")
        ),
        "digest": isolated(content.digest),
    }
