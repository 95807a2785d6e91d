from __future__ import annotations

import pytest

from gnlc_apply.jury.conflicts import (
    Conflict,
    ConflictCode,
    FileTies,
    JurorTies,
    Level,
    blocked_pairs,
    conflicts,
    find_conflicts,
)
from gnlc_apply.jury.domains import registrable_domain

FILE = FileTies("F1", "BR", ("prefeito@cidade.sp.gov.br", "https://www.unb.br/learning"))


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("x@mail.unb.br", "unb.br"),
        ("x@unb.br", "unb.br"),
        ("X@MAIL.UNB.BR ", "unb.br"),
        ("https://www.lewisham.gov.uk/learning?x=1", "lewisham.gov.uk"),
        ("www.lewisham.gov.uk", "lewisham.gov.uk"),
        ("a@students.uct.ac.za", "uct.ac.za"),
        ("a@ville-dakar.gouv.sn", "ville-dakar.gouv.sn"),
        ("a@cityofadelaide.com.au", "cityofadelaide.com.au"),
        ("http://user:pw@learning.example.org:8080/", "example.org"),
        ("a@münchen.de", "xn--mnchen-3ya.de"),
        ("https://xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("a@example.org.", "example.org"),
        ("someone@gmail.com", None),
        ("someone@yahoo.co.uk", None),
        ("https://www.facebook.com/ourcity", None),
        ("https://ourcity.wordpress.com", None),
        ("a@gov.uk", None),
        ("a@localhost", None),
        ("http://192.0.2.7/", None),
        ("http://[2001:db8::1]/", None),
        ("http://[broken", None),
        ("not an address", None),
        ("a@" + "x" * 70 + ".org", None),
        ("a@..org", None),
        ("", None),
    ],
)
def test_registrable_domain(address: str, domain: str | None) -> None:
    assert registrable_domain(address) == domain


@pytest.mark.parametrize(
    ("juror", "expected"),
    [
        (JurorTies("J1"), []),
        (JurorTies("J1", residences=frozenset({"BR"})), [("own_country", "BR")]),
        (JurorTies("J1", nationalities=frozenset({"PT", "BR"})), [("own_country", "BR")]),
        (JurorTies("J1", employer_countries=frozenset({"BR"})), [("own_country", "BR")]),
        (JurorTies("J1", residences=frozenset({"PT"})), []),
        (JurorTies("J1", declared_files=frozenset({"F1"})), [("declared_application", "F1")]),
        (JurorTies("J1", declared_files=frozenset({"F2"})), []),
        (JurorTies("J1", declared_countries=frozenset({"BR"})), [("declared_country", "BR")]),
        (JurorTies("J1", addresses=("me@mail.unb.br",)), [("same_domain", "unb.br")]),
        (JurorTies("J1", addresses=("me@usp.br",)), []),
        (
            JurorTies(
                "J1",
                residences=frozenset({"BR"}),
                addresses=("me@unb.br", "x@unb.br"),
                declared_files=frozenset({"F1"}),
                declared_countries=frozenset({"BR"}),
            ),
            [
                ("own_country", "BR"),
                ("declared_application", "F1"),
                ("declared_country", "BR"),
                ("same_domain", "unb.br"),
            ],
        ),
    ],
)
def test_the_rules(juror: JurorTies, expected: list[tuple[str, str]]) -> None:
    found = conflicts(juror, FILE)
    assert [(c.code.value, c.detail) for c in found] == expected
    assert {c.level for c in found} <= {Level.BLOCK}


def test_free_mail_is_no_tie_even_if_both_use_it() -> None:
    assert conflicts(JurorTies("J1", addresses=("a@gmail.com",)), FileTies("F1", "BR", ("b@gmail.com",))) == ()
    assert conflicts(JurorTies("J1", addresses=("a@unb.br",)), FileTies("F1", "BR", ("b@unb.br",))) != ()


def test_all_pairs_sorted_and_what_they_block() -> None:
    jurors = [
        JurorTies("J2", residences=frozenset({"KE"})),
        JurorTies("J1", declared_countries=frozenset({"BR", "KE"})),
    ]
    files = [FileTies("F2", "KE"), FILE]
    found = find_conflicts(jurors, files)
    assert [(c.juror_id, c.file_id, c.code) for c in found] == [
        ("J1", "F1", ConflictCode.DECLARED_COUNTRY),
        ("J1", "F2", ConflictCode.DECLARED_COUNTRY),
        ("J2", "F2", ConflictCode.OWN_COUNTRY),
    ]
    assert blocked_pairs(found) == {("J1", "F1"), ("J1", "F2"), ("J2", "F2")}


def test_a_tie_of_office_blocks() -> None:
    juror = JurorTies("J1", own_files=frozenset({"F1"}), commission_countries=frozenset({"KEN"}))
    assert [c.code for c in conflicts(juror, FileTies("F1", "KEN"))] == [
        ConflictCode.OWN_APPLICATION,
        ConflictCode.OWN_COMMISSION,
    ]
    assert conflicts(juror, FileTies("F2", "PER")) == ()


def test_a_question_does_not_block() -> None:
    asked = Conflict("J1", "F1", ConflictCode.SAME_DOMAIN, Level.ASK, "unb.br")
    assert blocked_pairs([asked]) == frozenset()


@pytest.mark.parametrize("code", list(ConflictCode))
def test_every_rule_has_its_sentence(code: ConflictCode) -> None:
    sentence = str(Conflict("J1", "F1", code, Level.BLOCK, "detail-7").sentence)
    assert sentence.startswith("The juror")
    assert "%(" not in sentence
    # A tie to the application itself needs no further detail.
    assert ("detail-7" in sentence) is (not code.value.endswith("_application"))
