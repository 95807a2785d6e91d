"""The approved sentences of feedback, in both working languages, and what a draft must not contain (jury-method.md §9).

The bank is a text that the secretariat approves as a whole, in English and in French side by side; it is not a string of a
page, so it does not go through the catalogues. Without figures, ranks or names: what a city reads is words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from gnlc_apply.core.folding import fold

LANGUAGES = ("en", "fr")


class Part(StrEnum):
    """What a sentence of the bank is for."""

    STRENGTH = "strength"
    CLOSE = "close"
    BELOW = "below"
    CLOSE_CASE = "close_case"
    AGAIN = "again"


BANK: dict[str, dict[Part, str]] = {
    "en": {
        Part.STRENGTH: "The jury valued what the application says on “%(criterion)s”: it is like that of the cities admitted.",
        Part.CLOSE: "On “%(criterion)s” the application comes close to the cities admitted; more detail and examples would help.",
        Part.BELOW: "On “%(criterion)s” the application stays behind the cities admitted; this is where work will tell most.",
        Part.CLOSE_CASE: "Your file was among the %(number)d close cases.",
        Part.AGAIN: "We invite you to apply again.",
    },
    "fr": {
        Part.STRENGTH: "Le jury a apprécié ce que dit la candidature sur « %(criterion)s » : elle y égale les villes admises.",
        Part.CLOSE: "Sur « %(criterion)s », la candidature s’approche des villes admises ; plus de détails et d’exemples aideraient.",
        Part.BELOW: "Sur « %(criterion)s », la candidature reste en deçà des villes admises ; c’est là qu’un effort comptera le plus.",
        Part.CLOSE_CASE: "Votre dossier figurait parmi les %(number)d cas serrés.",
        Part.AGAIN: "Nous vous invitons à présenter une nouvelle candidature.",
    },
}


class Fault(StrEnum):
    """Why a draft cannot be sent as it is."""

    JUROR_NAME = "juror_name"
    PRIVATE_NOTE = "private_note"
    OTHER_CITY = "other_city"
    FIGURE = "figure"


@dataclass(frozen=True)
class Finding:
    """One fault of a draft. ``words``: the place in it, as it is written in the list that it was compared with."""

    fault: Fault
    words: str


_SHORTEST_NOTE = 12
"""Letters; a note such as "good" stands in many a text."""

_SHORTEST_FAMILY_NAME = 4
_FIGURE = re.compile(
    r"(?<![\w-])\d+(?:[.,]\d+)?\s*(?:points?\b|/\s*\d|%|st\b|nd\b|rd\b|th\b|e\b|er\b|ème\b)|\brank\w*|\brang\b",
    re.IGNORECASE,
)


def sentence(part: Part, language: str, *, criterion: str = "", number: int = 0) -> str:
    """One sentence of the bank, with the criterion's title or the number of close cases. Raises KeyError for a language
    that the bank does not have."""
    return BANK[language][part] % {"criterion": criterion, "number": number}


def check_draft(
    draft: str,
    *,
    jurors: Collection[str] = (),
    private_notes: Collection[str] = (),
    other_cities: Collection[str] = (),
    approved: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What keeps a draft of feedback from being sent: a juror's name, a private note, another city's name, a figure or rank.

    Compared without regard to case, accents and punctuation. A name counts where it stands as a whole, and a family name
    (the last word, four letters or more) by itself, unless it is a word of an ``approved`` text as well (the city's own
    name, a criterion); a note where the draft holds all of it, from twelve letters on; another city where it is not
    written in small letters, as "a nice park" is. Errs towards asking: a person decides (jury-method.md §9).
    """
    text, allowed = f" {fold(draft)} ", f" {' '.join(fold(one) for one in approved)} "
    found = [Finding(Fault.JUROR_NAME, name) for name in sorted(jurors) if _names(text, name, allowed)]
    found += [
        Finding(Fault.PRIVATE_NOTE, note)
        for note in sorted(private_notes)
        if len(plain := fold(note)) >= _SHORTEST_NOTE and f" {plain} " in text
    ]
    found += [
        Finding(Fault.OTHER_CITY, city)
        for city in sorted(other_cities)
        if (plain := fold(city)) and f" {plain} " in text and _is_capitalised(draft, plain)
    ]
    found += [Finding(Fault.FIGURE, figure.group().strip()) for figure in _FIGURE.finditer(draft)]
    return tuple(found)


def _names(text: str, name: str, allowed: str) -> bool:
    plain = fold(name)
    family = f" {plain.rpartition(' ')[2]} "
    is_telling = len(family) - 2 >= _SHORTEST_FAMILY_NAME and family not in allowed
    return bool(plain) and (f" {plain} " in text or (is_telling and family in text))


def _is_capitalised(draft: str, name: str) -> bool:
    """Whether the first word of this folded name is written somewhere without small first letter; scripts without capitals
    count."""
    first = name.split(maxsplit=1)[0]
    return any(not word[0].islower() for word in re.findall(r"\S+", draft) if first in fold(word).split())
