"""Languages of a juror as they are kept: ``fr`` for one the juror works in, ``fr:reading`` for one that is only read."""

from __future__ import annotations

from collections.abc import Iterable

READING = "reading"
FULL = "full"


def kept(language: str, level: str) -> str:
    """How a language with its level (``full`` or ``reading``) is kept."""
    return f"{language}:{READING}" if level == READING else language


def level_of(entry: str) -> tuple[str, str]:
    """The language and the level of one kept entry."""
    language, _, level = entry.partition(":")
    return language, READING if level == READING else FULL


def read_languages(entries: Iterable[str]) -> frozenset[str]:
    """Every language in which the juror can read a file."""
    return frozenset(level_of(entry)[0] for entry in entries)


def working_languages(entries: Iterable[str]) -> frozenset[str]:
    """The languages in which the juror works at native or full level."""
    return frozenset(language for language, level in map(level_of, entries) if level == FULL)
