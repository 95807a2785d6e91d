"""The outcome letter: rendered at sending, from values that were frozen before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.typesetting import typeset
from gnlc_apply.documents.wording import Wording, frame, isolated, prose


@dataclass(frozen=True)
class OutcomeLetter:
    """The letter's frozen values; `body` is the text of the letter, the same as in the e-mail, paragraphs parted by lines."""

    sender: str
    recipient: tuple[str, ...]
    place: str
    written_on: date
    subject: str
    reference: str
    body: str
    signer: tuple[str, ...]


def outcome_letter(content: OutcomeLetter, wording: Wording) -> bytes:
    """The letter as PDF."""
    return typeset("outcome_letter.typ", outcome_letter_values(content, wording), wording.language)


def outcome_letter_values(content: OutcomeLetter, wording: Wording) -> dict[str, Any]:
    """What the template takes."""
    return frame(wording, " ".join(content.subject.split()), isolated(content.reference)) | {
        "sender": isolated(content.sender),
        "recipient": [isolated(line) for line in content.recipient],
        "dated": wording.text(
            Text("%(place)s, %(date)s", place=isolated(content.place), date=content.written_on),
        ),
        "reference": wording.text(Text("Reference: %(reference)s", reference=isolated(content.reference))),
        "body": [prose(part) for part in content.body.split("\n\n") if part.strip()],
        "signer": [isolated(line) for line in content.signer],
    }
