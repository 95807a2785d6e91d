"""Texts with fixed placeholders, ``{city}``: filled by looking up a name, never by running anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# A single pair of braces around a plain word. ``{{7*7}}``, ``%s`` and ``{0.__class__}`` are none of it and stay as typed.
_PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z][a-z_]*)\}(?!\})")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, in one pass: braces inside a value stay as they are.

    A name that has no value stays as typed.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def named(text: str) -> list[str]:
    """The names used in the text, each once, in their order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown(text: str, known: Iterable[str]) -> list[str]:
    """The names used in the text that do not exist."""
    allowed = set(known)
    return [name for name in named(text) if name not in allowed]
