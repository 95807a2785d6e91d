"""Translators get every text of form and guide, with its place."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from babel.messages.extract import extract_from_file

from gnlc_apply.questionnaire import default_form, default_guide
from gnlc_apply.questionnaire.form import Group

METHOD = "gnlc_apply.questionnaire.messages:extract_form"
DATA = Path(str(resources.files("gnlc_apply.questionnaire"))) / "data"


def _extracted(name: str) -> dict[str, tuple[int, str]]:
    found = extract_from_file(METHOD, str(DATA / name))
    return {str(message): (line, comments[0]) for line, message, comments, _context in found}


def _form_texts() -> set[str]:
    form = default_form()
    texts = {form.title, form.intro, form.commitment}
    for section in form.sections:
        texts |= {section.title, section.intro}
        for item in section.items:
            texts |= {item.label, item.help, item.part}
            texts |= {item.item_label} if isinstance(item, Group) else set()
    for question in form.questions:
        texts |= {question.label, question.help, question.example, question.prompt, question.part, question.unit}
        texts |= {choice.label for choice in question.choices}
    return texts - {""}


def _guide_texts() -> set[str]:
    guide = default_guide()
    texts = {guide.title, guide.intro, guide.summary_label, guide.summary_help}
    for criterion in guide.criteria:
        texts |= {criterion.title, criterion.question, *criterion.values}
    return texts


def test_every_text_of_the_form_is_extracted_and_nothing_else() -> None:
    assert set(_extracted("form-2027.json")) == _form_texts()


def test_every_text_of_the_guide_is_extracted_and_nothing_else() -> None:
    assert set(_extracted("guide-2027.json")) == _guide_texts()


def test_a_text_comes_with_its_line_and_place() -> None:
    lines = (DATA / "form-2027.json").read_text(encoding="utf-8").splitlines()
    for text, (line, _comment) in _extracted("form-2027.json").items():
        assert f'"{text}"' in lines[line - 1]
    assert _extracted("form-2027.json")["Telephone number of the focal point"][1] == "people.focal_phone: label"
    looks = "What a 3 looks like".lower()
    assert any(comment == f"plan: {looks}" for _line, comment in _extracted("guide-2027.json").values())
