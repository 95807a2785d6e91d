"""The commitment letter: as good as the signing link, for a city that signs on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gnlc_apply.core.text import Text
from gnlc_apply.documents.typesetting import typeset
from gnlc_apply.documents.wording import Wording, frame, isolated, prose


@dataclass(frozen=True)
class CommitmentLetter:
    """The letter's facts. Name, title and function may be empty: the signatory writes them by hand.

    ``constituent``: the member of a consortium that signs with this letter; empty where the city, or the whole, does.
    """

    call_title: str
    reference: str
    city: str
    country: str
    version_code: str
    commitment: str
    constituent: str = ""
    signatory_name: str = ""
    signatory_title: str = ""
    signatory_function: str = ""
    return_by: str = ""


def commitment_letter(content: CommitmentLetter, wording: Wording) -> bytes:
    """The letter as PDF, ready to print, sign, stamp and scan."""
    return typeset("commitment_letter.typ", commitment_letter_values(content, wording), wording.language)


def commitment_letter_values(content: CommitmentLetter, wording: Wording) -> dict[str, Any]:
    """What the template takes."""
    facts = [
        [wording.text(Text("Consortium") if content.constituent else Text("City")), isolated(content.city)],
        [wording.text(Text("Country")), isolated(content.country)],
        [wording.text(Text("Reference")), isolated(content.reference)],
    ]
    if content.constituent:
        facts.insert(0, [wording.text(Text("Signed for")), isolated(content.constituent)])
    if content.return_by:
        facts.append([wording.text(Text("Upload the signed letter by")), isolated(content.return_by)])
    title = wording.text(Text("Commitment of the city"))
    return frame(wording, title, isolated(content.reference)) | {
        "call": isolated(content.call_title),
        "code_label": wording.text(Text("Version code")),
        "code": isolated(content.version_code),
        "facts": facts,
        "commitment": prose(content.commitment),
        "bound": wording.text(
            Text(
                "This letter belongs to the version of the application with the code %(code)s. If the application is "
                "changed after it was signed, a new letter is needed.",
                code=isolated(content.version_code),
            )
        ),
        "to_fill": [
            [wording.text(Text("Name")), isolated(content.signatory_name)],
            [wording.text(Text("Title")), isolated(content.signatory_title)],
            [wording.text(Text("Function")), isolated(content.signatory_function)],
            [wording.text(Text("Place and date")), ""],
        ],
        "signature_label": wording.text(Text("Signature")),
        "stamp_label": wording.text(Text("Stamp or seal")),
        "back": wording.text(
            Text(
                "Sign and stamp this page, scan or photograph it so that the version code can be read, and upload it "
                "to the application. It counts from the upload; the secretariat checks it afterwards."
            )
        ),
    }
