"""Every document in three scripts: printed, tagged, with what a reader needs on it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from gnlc_apply.documents.blank_form import blank_form, blank_form_values
from gnlc_apply.documents.commitment_letter import commitment_letter
from gnlc_apply.documents.dossier import dossier
from gnlc_apply.documents.fonts import absent
from gnlc_apply.documents.outcome_letter import outcome_letter
from gnlc_apply.documents.receipt import receipt
from gnlc_apply.documents.wording import Wording
from gnlc_apply.questionnaire import default_form
from tests.documents.samples import (
    CODE,
    DIGEST,
    LANGUAGES,
    NAMES,
    REFERENCE,
    findings,
    make_commitment_letter,
    make_dossier,
    make_outcome_letter,
    make_receipt,
    wording,
    words,
)

DOCUMENTS: dict[str, Callable[[str, Wording], bytes]] = {
    "dossier": lambda city, language: dossier(make_dossier(city), language),
    "receipt": lambda city, language: receipt(make_receipt(city), language),
    "commitment letter": lambda city, language: commitment_letter(make_commitment_letter(city), language),
    "outcome letter": lambda city, language: outcome_letter(make_outcome_letter(city), language),
    "blank form": lambda city, language: blank_form(default_form(), language, city),
}
cjk = pytest.mark.skipif("Noto Sans CJK SC" in absent(), reason="no Chinese font on this machine")


@cjk
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_passes_the_checks_of_accessibility(name: str, language: str, tmp_path: Path) -> None:
    printed = DOCUMENTS[name](NAMES[language], wording(language))
    reader = pypdf.PdfReader(io.BytesIO(printed))
    assert b"pdfuaid:part" in printed
    assert findings(printed, tmp_path) == []
    assert str(reader.root_object["/Lang"]).split("-")[0] == language[:2]
    assert reader.metadata is not None
    assert reader.metadata.title


@cjk
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_name_of_the_city_is_on_it_in_its_own_script(name: str) -> None:
    assert NAMES["zh_Hans"] in words(DOCUMENTS[name](NAMES["zh_Hans"], wording("en")))


def test_arabic_pages_stand_on_the_other_side() -> None:
    """The first words of a page begin left of the middle in English and right of it in Arabic."""
    assert {language: starts_left(receipt(make_receipt("Fez"), wording(language))) for language in ("en", "ar")} == {
        "en": True,
        "ar": False,
    }


def starts_left(printed: bytes) -> bool:
    page = pypdf.PdfReader(io.BytesIO(printed)).pages[0]
    places: list[float] = []

    def note(text: str, matrix: list[float], *_rest: object) -> None:
        if "Call" in text:
            places.append(matrix[4])

    page.extract_text(visitor_text=note)
    return places[0] < float(page.mediabox.width) / 2


def test_the_dossier_carries_reference_code_digests_and_answers() -> None:
    text = words(dossier(make_dossier(), wording("en")))
    for part in (
        REFERENCE,
        CODE,
        DIGEST,
        "Córdoba",
        "Argentina",
        "Because *learning* #matters.",
        "No answer",
        "1,235 kB",
    ):
        assert part in text
    assert text.count(DIGEST) == 2
    assert "1 March 2027, 11:05:07 (Central European Standard Time)" in text


def test_the_receipt_carries_the_moment_and_what_comes_next() -> None:
    text = words(receipt(make_receipt(), wording("en")))
    for part in (REFERENCE, CODE, DIGEST, "1 March 2027, 11:05:07", "until 30 April 2027"):
        assert part in text


def test_the_letter_to_sign_carries_the_code_and_room_to_sign_on_one_page() -> None:
    printed = commitment_letter(make_commitment_letter(), wording("en"))
    text = words(printed)
    assert text.count(CODE) == 2
    for part in ("On behalf of the city.", "Signature", "Stamp or seal", "Place and date"):
        assert part in text
    assert len(pypdf.PdfReader(io.BytesIO(printed)).pages) == 1


def test_the_outcome_letter_carries_its_frozen_text() -> None:
    text = words(outcome_letter(make_outcome_letter(), wording("en")))
    for part in ("Hamburg, 15 September 2027", "Your city is a member from today.", REFERENCE, "A. Director"):
        assert part in text


def test_the_blank_form_asks_every_question_of_the_form() -> None:
    form = default_form()
    text = words(blank_form(form, wording("en"), "Call 2027"))
    assert [question.key for question in form.questions if " ".join(question.label.split()) not in text] == []
    assert [section.title for section in form.sections if section.title not in text] == []
    assert form.version in text


def test_the_blank_form_offers_every_choice_and_gives_room_by_the_limit() -> None:
    form = default_form()
    asked = {
        question["label"]: question
        for section in blank_form_values(form, wording("en"))["sections"]
        for item in section["items"]
        for question in ([item] if item["kind"] == "question" else item["copies"][0]["questions"])
    }
    kind = form.question("city.kind")
    assert asked[kind.label]["choices"] == [choice.label for choice in kind.choices]
    context = form.question("motivation.context")
    assert (context.word_limit, asked[context.label]["lines"]) == (150, 15)


def test_labels_are_translated_and_answers_are_not() -> None:
    marked = Wording("en", lambda msgid: f"¶{msgid}")
    text = words(dossier(make_dossier(), marked))
    for label in ("¶Reference", "¶Application for membership", "¶Files", "¶No answer", "¶Page 1 of"):
        assert label in text
    assert "¶Because" not in text
    assert "Because *learning* #matters." in text
