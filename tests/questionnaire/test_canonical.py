"""One content has one text and one digest; whatever the signatory would read differently changes both."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.questionnaire import UnknownQuestion, default_form
from gnlc_apply.questionnaire.canonical import (
    Change,
    SignedFile,
    canonical,
    difference,
    digest,
    short_code,
    tidy_short_code,
)
from tests.questionnaire.filled import complete, practice

FORM = default_form()
PLAN = SignedFile("vision.plan_file", "The plan", "a" * 64)
PHOTO = SignedFile("practices.1.files", "A boat", "b" * 64)


def _version(
    answers: Mapping[str, object], *files: SignedFile, language: str = "en", commitment: str = "We will."
) -> str:
    return canonical(FORM, answers, language, commitment, files)


def test_the_text_is_canonical_json() -> None:
    text = _version({"city.name_local": "Sa\u0303o Filipe", "city.kind": "city"}, PLAN, language="fr")
    # The plan's question is hidden while nothing says that there is a plan.
    assert text == (
        '{"answers":{"city.kind":"city","city.name_local":"São Filipe"},"commitment":"We will.","files":[],'
        '"form":"gnlc-form-1","language":"fr"}'
    )


def test_people_and_commitment_are_not_part_of_it() -> None:
    version = json.loads(_version(complete()))
    kept = {FORM.expand(key).section for key in version["answers"]}
    assert kept == {section.key for section in FORM.sections} - {"people", "commitment"}
    changed = {**complete(), "people.focal_email": "other@city.example", "commitment.correctness": None}
    assert _version(changed) == _version(complete())


@pytest.mark.parametrize("key", [key for key in complete() if FORM.expand(key).is_signed])
def test_every_other_answer_is(key: str) -> None:
    answers = complete()
    del answers[key]
    assert _version(answers) != _version(complete())


def test_language_commitment_and_files_are_part_of_it() -> None:
    texts = {
        _version(complete()),
        _version(complete(), language="fr"),
        _version(complete(), commitment="We will not."),
        _version(complete(), PLAN),
        _version(complete(), PHOTO),
        _version(complete(), PLAN, PHOTO),
        _version(complete(), SignedFile(PLAN.question, "Another caption", PLAN.sha256)),
        _version(complete(), SignedFile(PLAN.question, PLAN.caption, "c" * 64)),
    }
    assert len(texts) == 8


def test_the_order_of_uploading_changes_nothing() -> None:
    assert _version(complete(), PLAN, PHOTO) == _version(complete(), PHOTO, PLAN)


def test_an_empty_answer_equals_none() -> None:
    empty = {"city.subdivision": "", "city.website": None, "partners.2.names": "  ".strip()}
    assert _version({**complete(), **empty}) == _version(complete())


def test_hidden_answers_are_not_part_of_it() -> None:
    assert _version({**complete(), "city.kind_other": "Canton"}) == _version(complete())
    assert _version({**complete(), "constituents.1.name_latin": "A"}) == _version(complete())


def test_nothing_unknown_and_no_float_enters() -> None:
    with pytest.raises(UnknownQuestion):
        _version({"city.nothing": "x"})
    with pytest.raises(UnknownQuestion):
        _version({}, SignedFile("practices.9.files", "", "a" * 64))
    with pytest.raises(TypeError, match="float"):
        _version({"practices.1.since": 2022.0})


@given(st.randoms(use_true_random=False), st.sampled_from(["NFC", "NFD"]))
def test_order_and_composition_change_nothing(shuffler: random.Random, form: str) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, str):
            return unicodedata.normalize(form, value)  # type: ignore[arg-type]
        if isinstance(value, dict):
            pairs = list(value.items())
            shuffler.shuffle(pairs)
            return {key: turned(part) for key, part in pairs}
        return value

    answers = {**complete(), "city.subdivision": "Şanlıurfa İli é ñ 각"}
    files = [PLAN, PHOTO]
    shuffler.shuffle(files)
    assert digest(_version(turned(answers), *files)) == digest(_version(answers, PLAN, PHOTO))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    version = json.loads(_version({"motivation.context": text}))
    expected = {"motivation.context": unicodedata.normalize("NFC", text)} if text else {}
    assert version["answers"] == expected


def test_the_digest_is_sha256() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_short_code_is_the_head_of_the_digest_in_base_32() -> None:
    # The 40 bits 0xBA7816BF8F are 23 9 28 1 13 15 28 15 in groups of five.
    assert short_code(digest("abc")) == "Q9W1-DFWF"
    assert short_code("00" * 32) == "0000-0000"
    assert short_code("ff" * 32) == "ZZZZ-ZZZZ"


@given(st.binary(min_size=32, max_size=32))
def test_a_typed_short_code_is_recognised(bits: bytes) -> None:
    code = short_code(bits.hex())
    as_number = 0
    for character in code.replace("-", ""):
        as_number = as_number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    assert as_number == int.from_bytes(bits[:5], "big")
    misread = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert tidy_short_code(misread) == code


@pytest.mark.parametrize("typed", ["", "Q9R1", "Q9R1-DFWF-0", "Q9R1-DF!F"])
def test_what_is_no_short_code(typed: str) -> None:
    assert tidy_short_code(typed) is None


def test_equal_versions_do_not_differ() -> None:
    assert difference(_version(complete(), PLAN), _version(complete(), PLAN)) == []


def test_the_difference_is_in_the_order_of_the_form() -> None:
    after = {**complete(), "city.subdivision": "South", "practices.2.title": "New", "practices.1.audience": "All"}
    after |= {**practice(3), "partners.1.number": 5}
    del after["monitoring.monitoring"]
    changes = difference(
        _version(complete(), PHOTO), _version(after, PLAN, language="fr", commitment="We promise."), FORM
    )
    assert [change.key for change in changes] == [
        "language",
        "city.subdivision",
        "vision.plan_file",
        "partners.1.number",
        "practices.1.audience",
        "practices.1.files",
        "practices.2.title",
        *(
            f"practices.3.{name}"
            for name in ("title", "description", "since", "audience", "learners", "results", "publish")
        ),
        "monitoring.monitoring",
        "commitment",
    ]
    by_key = {change.key: change for change in changes}
    assert by_key["language"] == Change("language", "en", "fr")
    assert by_key["city.subdivision"] == Change("city.subdivision", None, "South")
    assert by_key["practices.1.files"] == Change("practices.1.files", [{"caption": "A boat", "sha256": "b" * 64}], None)
    assert by_key["monitoring.monitoring"].after is None


def test_the_tenth_item_comes_after_the_second() -> None:
    before = {"city.kind": "consortium"}
    after = before | {f"constituents.{number}.name_latin": "A" for number in (10, 2, 1)}
    keys = [change.key for change in difference(_version(before), _version(after))]
    assert keys == [f"constituents.{number}.name_latin" for number in (1, 2, 10)]


def test_answers_of_an_older_form_come_last() -> None:
    old = json.loads(_version(complete()))
    old["answers"]["city.motto"] = "Learn"
    changes = difference(json.dumps(old), _version({**complete(), "monitoring.monitoring": "x"}))
    assert [change.key for change in changes] == ["monitoring.monitoring", "city.motto"]
