from __future__ import annotations

import pytest

from gnlc_apply.jury.bank import BANK, Fault, Finding, Part, check_draft, sentence


def test_every_sentence_stands_in_both_languages_and_is_fit_to_be_sent() -> None:
    assert {language: set(bank) for language, bank in BANK.items()} == {"en": set(Part), "fr": set(Part)}
    for language in BANK:
        told = [sentence(part, language, criterion="Governance", number=12) for part in Part]
        assert [one for one in told if "%" in one] == []
        assert [check_draft(one, jurors=["Ana Silva"], other_cities=["Dakar"]) for one in told] == [()] * len(told)
        assert "12" in sentence(Part.CLOSE_CASE, language, number=12)
        assert "Governance" in sentence(Part.BELOW, language, criterion="Governance")


NOTE = "The mayor told me so at dinner."


@pytest.mark.parametrize(
    ("draft", "faults"),
    [
        ("A strong plan, well written.", ()),
        ("As ANA  SÍLVA says, a strong plan.", (Finding(Fault.JUROR_NAME, "Ana Silva"),)),
        ("Professor Silva says so.", (Finding(Fault.JUROR_NAME, "Ana Silva"),)),
        ("Silvana park is green.", ()),
        ("A plan. the mayor told me so, at dinner!", (Finding(Fault.PRIVATE_NOTE, NOTE),)),
        ("The mayor told me so.", ()),
        ("Better than Saint-Louis.", (Finding(Fault.OTHER_CITY, "Saint Louis"),)),
        ("A saint-louis plan.", ()),
        ("You had 3.2 points.", (Finding(Fault.FIGURE, "3.2 points"),)),
        ("You came 65th of all.", (Finding(Fault.FIGURE, "65th"),)),
        ("Votre rang était bon.", (Finding(Fault.FIGURE, "rang"),)),
        ("A plan of 2025 for 3 schools.", ()),
    ],
)
def test_what_keeps_a_draft_back(draft: str, faults: tuple[Finding, ...]) -> None:
    found = check_draft(
        draft, jurors=["Ana Silva", "Bo Li"], private_notes=[NOTE, "good"], other_cities=["Saint Louis"]
    )
    assert found == faults


def test_a_family_name_that_is_an_approved_word_tells_only_with_the_first_name() -> None:
    told = "The plan of Lyon is strong."
    assert check_draft(told, jurors=["Marie Lyon"]) == (Finding(Fault.JUROR_NAME, "Marie Lyon"),)
    assert check_draft(told, jurors=["Marie Lyon"], approved=["Lyon", "Governance"]) == ()
    whole = check_draft("As Marie Lyon says.", jurors=["Marie Lyon"], approved=["Lyon"])
    assert whole == (Finding(Fault.JUROR_NAME, "Marie Lyon"),)


def test_a_city_in_a_script_without_capitals_is_found() -> None:
    assert check_draft("أفضل من عمان.", other_cities=["عمّان"]) == (Finding(Fault.OTHER_CITY, "عمّان"),)


def test_a_short_note_such_as_good_keeps_nothing_back() -> None:
    assert check_draft("A good plan.", private_notes=["good", ""]) == ()
