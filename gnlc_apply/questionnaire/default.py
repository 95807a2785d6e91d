"""The form and the scoring guide this release brings along; a call may pin others."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from gnlc_apply.questionnaire.form import Form
from gnlc_apply.questionnaire.guide import Guide, load_guide
from gnlc_apply.questionnaire.loading import load_form


@cache
def default_form() -> Form:
    """The form of 2027, read once per process."""
    return load_form(_read("form-2027.json"))


@cache
def default_guide() -> Guide:
    """The scoring guide of 2027, read once per process."""
    return load_guide(_read("guide-2027.json"))


def form_definition() -> dict[str, Any]:
    """The data of the form of 2027, as a call stores them."""
    return _read("form-2027.json")


def guide_definition() -> dict[str, Any]:
    """The data of the scoring guide of 2027, as a call stores them."""
    return _read("guide-2027.json")


def _read(name: str) -> dict[str, Any]:
    text = resources.files("gnlc_apply.questionnaire").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
