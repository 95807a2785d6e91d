"""One of each document, about one invented file of a real city, in any language."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pdfua
import pypdf

from gnlc_apply.documents.commitment_letter import CommitmentLetter
from gnlc_apply.documents.dossier import Dossier, DossierAnswer, DossierFile, DossierSection
from gnlc_apply.documents.outcome_letter import OutcomeLetter
from gnlc_apply.documents.receipt import NextStep, Receipt
from gnlc_apply.documents.wording import Wording

DIGEST = "3f2a" * 16
REFERENCE = "GNLC-2027-7KQ4M"
CODE = "7KQ4-M2XP"
MOMENT = datetime(2027, 3, 1, 10, 5, 7, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
NAMES = {"en": "Córdoba", "ar": "الإسكندرية", "zh_Hans": "南京市"}
LANGUAGES = tuple(NAMES)


def wording(language: str) -> Wording:
    """The language without a catalogue: sentences stay English, shapes and direction are the language's."""
    return Wording(language, lambda msgid: msgid)


def words(pdf: bytes) -> str:
    """The text of a PDF in one line, marks of direction left out."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join("".join(sign for sign in text if sign not in "\u2066\u2067\u2068\u2069\u200e\u200f").split())


def findings(pdf: bytes, folder: Path) -> list[str]:
    """What the checker of accessible PDFs has to say against a document."""
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    return [f"{finding.rule_id} {finding.message}" for finding in pdfua.validate(str(path)).findings]


def make_dossier(city: str = "Córdoba", answer: str = "Because *learning* #matters.") -> Dossier:
    """A small dossier."""
    return Dossier(
        call_title="Call 2027",
        reference=REFERENCE,
        city=city,
        country="Argentina",
        version_code=CODE,
        digest=DIGEST,
        frozen_at=MOMENT,
        zone=ZONE,
        application_language="Español",
        sections=(
            DossierSection(
                "3. Motivation", (DossierAnswer("Why now?", answer, "4 of 150 words"), DossierAnswer("Plan", ""))
            ),
        ),
        files=(DossierFile("Plan of the city", "plan.pdf", 1_234_567, DIGEST),),
        commitment="On behalf of the city.",
        signature="王小明, Mayor",
    )


def make_receipt(city: str = "Córdoba") -> Receipt:
    """A receipt with two next steps."""
    steps = (
        NextStep("The National Commission reads the file", "until 30 April 2027"),
        NextStep("Results", "September"),
    )
    return Receipt("Call 2027", REFERENCE, city, "Argentina", CODE, DIGEST, MOMENT, ZONE, "王小明", steps)


def make_commitment_letter(city: str = "Córdoba") -> CommitmentLetter:
    """A letter for a signatory whose name is known."""
    return CommitmentLetter(
        "Call 2027", REFERENCE, city, "Argentina", CODE, "On behalf of the city.", "王小明", "Dr", "Mayor"
    )


def make_outcome_letter(city: str = "Córdoba") -> OutcomeLetter:
    """A letter of three paragraphs."""
    return OutcomeLetter(
        sender="UNESCO Institute for Lifelong Learning",
        recipient=("Ms María José Peña", f"Mayor of {city}"),
        place="Hamburg",
        written_on=date(2027, 9, 15),
        subject="Membership of the network",
        reference=REFERENCE,
        body="Dear Ms Peña,\n\nYour city is a member from today.\n\nYours sincerely",
        signer=("A. Director", "Director"),
    )
