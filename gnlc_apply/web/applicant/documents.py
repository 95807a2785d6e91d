"""The PDFs of a city: the whole application at any time, the receipt, the letter to sign."""

from __future__ import annotations

from collections import defaultdict
from zoneinfo import ZoneInfo

from babel import Locale

from gnlc_apply.core import clock
from gnlc_apply.core.text import Text
from gnlc_apply.documents.answer_words import dossier_sections
from gnlc_apply.documents.commitment_letter import CommitmentLetter, commitment_letter
from gnlc_apply.documents.dossier import Dossier, DossierFile, DossierSection, dossier
from gnlc_apply.documents.receipt import NextStep, Receipt, receipt
from gnlc_apply.documents.wording import Wording
from gnlc_apply.models import ApplicationState
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.queries.signing import Signing
from gnlc_apply.questionnaire.constituents import signatory_key
from gnlc_apply.web import languages, reading


def signed_sections(sheet: Sheet) -> tuple[DossierSection, ...]:
    """The text that counts now, in words, without anybody's contact data."""
    return dossier_sections(sheet.form, sheet.standing_answers, reading.wording(), _captions(sheet))


def _captions(sheet: Sheet) -> dict[str, list[str]]:
    captions: dict[str, list[str]] = defaultdict(list)
    for file in sheet.around.files:
        captions[file.question_key].append(file.caption)
    return captions


def application_pdf(sheet: Sheet, *, with_people: bool) -> bytes:
    """The application as it stands; with its people for the city itself, without them for the signatory."""
    wording = reading.wording()
    keys = frozenset(s.key for s in sheet.form.sections if s.is_signed or with_people)
    answers = {**sheet.answers, **sheet.standing_answers} if with_people else sheet.standing_answers
    return dossier(
        Dossier(
            call_title=sheet.call_title,
            reference=sheet.reference,
            city=sheet.place_name,
            country=languages.country(sheet.country),
            version_code=sheet.standing_code,
            digest=sheet.standing_sha256,
            frozen_at=sheet.received_at or sheet.saved_at or clock.now(),
            zone=ZoneInfo(sheet.time_zone),
            application_language=_language_name(sheet.language, wording),
            sections=dossier_sections(sheet.form, answers, wording, _captions(sheet), keys),
            files=tuple(DossierFile(f.caption, f.name, f.size, f.sha256) for f in sheet.around.files),
            commitment=wording.translate(sheet.form.commitment),
            signature=signature_line(sheet, wording),
        ),
        wording,
    )


def _language_name(code: str, wording: Wording) -> str:
    return str(wording.locale.languages.get(Locale.parse(code, sep="-").language, code))


def signature_line(sheet: Sheet, wording: Wording) -> str:
    """Who signed and when, in one line for each; empty while nobody has."""
    return "\n".join(_signed_words(sheet, one, wording) for one in sheet.signings if one.signature is not None)


def _signed_words(sheet: Sheet, signing: Signing, wording: Wording) -> str:
    signed = signing.signature
    if signed is None:
        return ""
    moment = wording.moment(signed.signed_at, ZoneInfo(sheet.time_zone))
    words = Text("%(name)s, %(function)s, %(moment)s", name=signed.name, function=signed.function, moment=moment)
    return wording.text(words if signing.is_whole else Text("%(place)s: %(words)s", place=signing.name, words=words))


def next_steps(sheet: Sheet) -> list[tuple[Text, Text]]:
    """What happens after submitting, and when."""
    steps = [
        (
            Text("Your National Commission for UNESCO reads the application and may endorse it"),
            Text("until %(moment)s", moment=sheet.commission_deadline),
        ),
        (Text("The secretariat checks whether it is complete and eligible"), Text("afterwards")),
        (Text("An international jury reads the endorsed applications"), Text("after the check")),
        (
            Text("The results are announced to all cities at the same time"),
            Text("by %(day)s", day=sheet.results_promised_on),
        ),
    ]
    if not sheet.is_signed:
        outstanding = len(sheet.signings) - sheet.signatures_given
        steps.insert(
            0,
            (
                Text("Signatures of the consortium must follow: %(number)s", number=outstanding)
                if sheet.is_consortium
                else Text("The signature for the city must follow"),
                Text("until %(moment)s", moment=sheet.commission_deadline),
            ),
        )
    return steps


def receipt_pdf(sheet: Sheet, submitted_by: str) -> bytes:
    """The receipt of the last submission."""
    wording = reading.wording()
    shown = languages.translate
    return receipt(
        Receipt(
            call_title=sheet.call_title,
            reference=sheet.reference,
            city=sheet.place_name,
            country=languages.country(sheet.country),
            version_code=sheet.version_code,
            digest=sheet.version_sha256,
            received_at=sheet.received_at or clock.now(),
            zone=ZoneInfo(sheet.time_zone),
            submitted_by=submitted_by,
            next_steps=tuple(NextStep(shown(what), shown(when)) for what, when in next_steps(sheet)),
        ),
        wording,
    )


def letter_pdf(sheet: Sheet, signing: Signing) -> bytes:
    """The letter to sign on paper, for the city or for one constituent, with the code of the text as it stands."""
    wording = reading.wording()
    keys = {part: signatory_key(signing.constituent, part) for part in ("name", "title", "function")}
    typed = {part: str(sheet.answers.get(key) or "") for part, key in keys.items()}
    return commitment_letter(
        CommitmentLetter(
            call_title=sheet.call_title,
            reference=sheet.reference,
            city=sheet.place_name,
            constituent="" if signing.is_whole else signing.name,
            country=languages.country(sheet.country),
            version_code=sheet.standing_code,
            commitment=wording.translate(sheet.form.commitment),
            signatory_name=typed["name"],
            signatory_title=typed["title"],
            signatory_function=typed["function"],
            return_by=wording.moment(sheet.commission_deadline, ZoneInfo(sheet.time_zone)),
        ),
        wording,
    )


def is_submitted(sheet: Sheet) -> bool:
    """Whether there is a version that was submitted."""
    return sheet.received_at is not None and sheet.state is not ApplicationState.DRAFT
