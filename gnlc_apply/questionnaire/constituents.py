"""Who has to sign: the city, or a consortium as a whole and each city or municipality in it, by its number in the form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

# The number that stands for the city, or for the consortium as a whole.
WHOLE = 0
GROUP, SIGNATORIES = "constituents", "constituent_signatories"
KIND, CONSORTIUM = "city.kind", "consortium"
_NAMES = ("name_latin", "name_local")


@dataclass(frozen=True, slots=True)
class Constituent:
    """One city or municipality of a consortium."""

    number: int
    name: str


def constituents(answers: Mapping[str, object]) -> tuple[Constituent, ...]:
    """The constituents that these answers name, in their order; none unless a consortium applies."""
    if answers.get(KIND) != CONSORTIUM:
        return ()
    named: dict[int, dict[str, str]] = defaultdict(dict)
    for key, value in answers.items():
        group, _, rest = key.partition(".")
        number, _, part = rest.partition(".")
        if group == GROUP and part in _NAMES and value:
            named[int(number)][part] = str(value)
    return tuple(
        Constituent(number, next(named[number][part] for part in _NAMES if part in named[number])[:200])
        for number in sorted(named)
    )


def parties(answers: Mapping[str, object], place: str, needed: int | None = None) -> dict[int, str]:
    """Who signs the text, by number: the city, or the consortium as a whole and each of its constituents.

    ``needed``: how many signatures a frozen version takes; one frozen before constituents signed takes the first alone.
    """
    named = constituents(answers)
    if needed is not None:
        named = named[: needed - 1]
    return {WHOLE: place} | {one.number: one.name for one in named}


def names_constituents(key: str) -> bool:
    """Whether this answer has a say in who the constituents are."""
    return key == KIND or key.startswith(f"{GROUP}.")


def signatory_key(number: int, part: str) -> str:
    """The question in which the city tells this of whoever signs: ``name``, ``title``, ``function``, ``email``."""
    return f"people.signatory_{part}" if number == WHOLE else f"{SIGNATORIES}.{number}.{part}"


def link_addresses(answers: Mapping[str, object]) -> dict[int, str]:
    """The addresses of those who sign by link, by number; who signs on paper has none, whatever was typed before."""
    found = {}
    for number in (WHOLE, *(one.number for one in constituents(answers))):
        is_on_paper = answers.get(
            "people.signs_on_paper" if number == WHOLE else f"{SIGNATORIES}.{number}.signs_on_paper"
        )
        address = answers.get(signatory_key(number, "email"))
        if address and is_on_paper != "yes":
            found[number] = str(address)
    return found


def shared_addresses(answers: Mapping[str, object]) -> tuple[str, ...]:
    """The addresses given for more than one person who signs; each should read the mail that only they can answer."""
    asked = [signatory_key(number, "email") for number in (WHOLE, *(one.number for one in constituents(answers)))]
    given = [str(answers[key]).casefold() for key in asked if answers.get(key)]
    return tuple(dict.fromkeys(address for address in given if given.count(address) > 1))
