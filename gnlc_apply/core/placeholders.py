"""Texts with fixed placeholders, ``{city}``: filled by looking up a name, never by running anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

# A single pair of braces around a plain word. ``{{7*7}}``, ``%s`` and ``{0.__class__}`` are none of it and stay as typed.
_PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z][a-z_]*)\}(?!\})")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, in one pass: braces inside a value stay as they are.

    A name that has no value stays as typed.
    """
    parts = list(_parts(text))
    parts[1::2] = [values.get(name, f"{{{name}}}") for name in parts[1::2]]
    return "".join(parts)


@lru_cache(maxsize=256)
def _parts(text: str) -> tuple[str, ...]:
    """Words and names by turns: one text is filled for many readers."""
    return tuple(_PLACEHOLDER.split(text))


def named(text: str) -> list[str]:
    """The names used in the text, each once, in their order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown(text: str, known: Iterable[str]) -> list[str]:
    """The names used in the text that do not exist."""
    allowed = set(known)
    return [name for name in named(text) if name not in allowed]
