"""Ties that show in names: the same person, the same organisation, the same family name (jury-method.md §3).

Kept apart from ``conflicts``, which is decided by equality of codes: here names are compared, so all but the first are
questions to the juror, never a block by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.jury.conflicts import Level

FEWEST_DISTINCTIVE = 2
CONTAINED = 0.99

_TYPES = {
    "university": "university universite universidad universidade universita universitat universitatea universiteit "
    "uniwersytet universitesi universitas universitet universitetet univerzita egyetem yliopisto",
    "municipality": "municipality municipalite municipalidad municipio municipalidade prefeitura comune comuna commune mairie "
    "ayuntamiento alcaldia gemeente gemeinde stadt stadtverwaltung city town ville ciudad cidade citta miasto belediyesi "
    "belediye kota pemerintah kommune kommun council conseil consejo conselho consiglio rat gobierno camara hall",
    "foundation": "foundation fondation fundacion fundacao fondazione stiftung stichting fundacja vakfi vakif yayasan stiftelsen",
    "institute": "institute institut instituto istituto instituut instytut enstitusu",
    "school": "school ecole escuela escola scuola schule szkola okulu sekolah skole skola",
    "college": "college colegio collegio kolleg",
    "academy": "academy academie academia accademia akademie akademia akademisi akademi",
    "association": "association asociacion associacao associazione verein vereniging stowarzyszenie dernegi perkumpulan forening",
    "ministry": "ministry ministere ministerio ministero ministerium ministerie ministerstwo bakanligi kementerian",
    "centre": "centre center centro zentrum centrum merkezi pusat senter",
    "company": "ltd llc inc gmbh sarl spa plc bv ag",
}
_TYPE_OF = {word: kind for kind, words in _TYPES.items() for word in words.split()}
_SMALL = frozenset(
    [
        "the",
        "of",
        "and",
        "for",
        "in",
        "at",
        "to",
        "a",
        "an",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "et",
        "en",
        "pour",
        "el",
        "los",
        "las",
        "y",
        "del",
        "do",
        "da",
        "dos",
        "das",
        "e",
        "di",
        "della",
        "dei",
        "degli",
        "il",
        "lo",
        "i",
        "gli",
        "per",
        "der",
        "die",
        "das",
        "und",
        "fur",
        "im",
        "von",
        "zu",
        "het",
        "een",
        "van",
        "voor",
        "ve",
        "w",
        "z",
        "dan",
        "untuk",
        "og",
        "i",
    ]
)


class NameCode(StrEnum):
    """The rules that compare names."""

    SAME_PERSON = "same_person"
    ORGANISATION = "organisation"
    SAME_FAMILY_NAME = "same_family_name"


@dataclass(frozen=True)
class JurorNames:
    """``names``: the juror's full name and those of listed relatives and co-authors; ``organisations``: where the juror works."""

    id: str
    names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileNames:
    """``place``: the city's name; ``people``: mayor, contacts, partners' persons; ``organisations``: the partners."""

    id: str
    place: str = ""
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameTie:
    """One tie between a juror and a file that names show. ``detail``: the names that agree."""

    juror_id: str
    file_id: str
    code: NameCode
    level: Level
    detail: str

    @property
    def sentence(self) -> Text:
        """The tie in words, for the secretariat and for the juror who is asked."""
        match self.code:
            case NameCode.SAME_PERSON:
                return Text(
                    "The juror, or a person close to the juror, is named in the application: %(name)s", name=self.detail
                )
            case NameCode.ORGANISATION:
                return Text(
                    "An organisation of the juror looks like one of the application: %(names)s", names=self.detail
                )
            case NameCode.SAME_FAMILY_NAME:
                return Text("Somebody named in the application has the same family name: %(name)s", name=self.detail)


_IN_BRACKETS = re.compile(r"\([^()]*\)")


def normalised(name: str) -> str:
    """The name without accents, in small letters, with single spaces between its words."""
    return fold(name)


def overlap(left: str, right: str, place: str = "") -> float:
    """How far two organisations are the same, in 0..1: the share of the shorter name's distinctive words in the longer one.

    Distinctive: what is left without words for a kind of organisation (in twelve languages), small words and the name of
    the place. 0 with fewer than two distinctive words in common. Where neither keeps any, 1 for the same kind at the same
    place, else 0. Source: jury-method.md §3, vectors of ``overlap``.
    """
    of_place = frozenset(normalised(place).split())
    (kinds, words, is_here), (other_kinds, other_words, is_there) = (_parts(n, of_place) for n in (left, right))
    if not words and not other_words:
        return float(bool(kinds & other_kinds) and is_here and is_there)
    common = words & other_words
    if len(common) < FEWEST_DISTINCTIVE:
        return 0.0
    return len(common) / min(len(words), len(other_words))


def _parts(name: str, place: frozenset[str]) -> tuple[frozenset[str], frozenset[str], bool]:
    """The kinds of organisation, the distinctive words, and whether the place stands in the name."""
    words = frozenset(normalised(name).split())
    kinds = frozenset(_TYPE_OF[word] for word in words - place if word in _TYPE_OF)
    left = words - _SMALL - place - set(_TYPE_OF)
    return kinds, left, bool(place) and place <= words


def family_name(name: str) -> str:
    """The family name, normalised: the words in capitals where others are not, else the last word; a remark in brackets is
    no name.
    """
    words = _IN_BRACKETS.sub(" ", name).replace(",", " ").split()
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if capitals and len(capitals) < len(words):
        return normalised(" ".join(capitals))
    return normalised(words[-1]) if words else ""


def name_ties(jurors: Collection[JurorNames], files: Collection[FileNames]) -> tuple[NameTie, ...]:
    """Every tie that names show, sorted by juror, file and code: ``same_person`` blocks, the others ask the juror.

    same_person: a normalised full name agrees; organisation: ``overlap`` of at least 0.99; same_family_name: only the
    family name agrees. No answer in time blocks, which is for the caller to do (jury-method.md §3).
    """
    read = [_read(file.people, file.organisations, file.place) for file in files]
    found = [
        tie
        for juror, own in ((juror, _read(juror.names, juror.organisations, "")) for juror in jurors)
        for file, theirs in zip(files, read, strict=True)
        for tie in _between(juror, own, file, theirs)
    ]
    return tuple(sorted(found, key=lambda tie: (tie.juror_id, tie.file_id, tie.code, tie.detail)))


@dataclass(frozen=True)
class _Read:
    """One side, read once: full names with their family names, organisations with their words, the words of the place."""

    people: Mapping[str, str]
    families: frozenset[str]
    organisations: Mapping[str, frozenset[str]]
    place: frozenset[str]


def _read(people: Iterable[str], organisations: Iterable[str], place: str) -> _Read:
    folded = _folded(people)
    return _Read(folded, frozenset(folded.values()), _bare(organisations), _words(place))


def _words(name: str) -> frozenset[str]:
    return frozenset(normalised(name).split())


def _bare(organisations: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Each organisation with its words, but for kinds of organisation and small words."""
    return {name: _words(name) - _SMALL - _TYPE_OF.keys() for name in organisations}


def _folded(names: Iterable[str]) -> Mapping[str, str]:
    """The normalised full names, each with its family name."""
    return {full: family_name(name) for name in names if (full := normalised(name))}


def _between(juror: JurorNames, own: _Read, file: FileNames, theirs: _Read) -> Iterable[NameTie]:
    same = own.people.keys() & theirs.people.keys()
    for name in sorted(same):
        yield NameTie(juror.id, file.id, NameCode.SAME_PERSON, Level.BLOCK, name)
    for mine, words in own.organisations.items():
        for partner, others in theirs.organisations.items():
            if _may_be_one(words, others, theirs.place) and overlap(mine, partner, file.place) >= CONTAINED:
                yield NameTie(juror.id, file.id, NameCode.ORGANISATION, Level.ASK, f"{mine} / {partner}")
    if own.families.isdisjoint(theirs.families):
        return
    families = {family for name, family in theirs.people.items() if name not in same}
    for family in sorted(own.families & families - {""}):
        yield NameTie(juror.id, file.id, NameCode.SAME_FAMILY_NAME, Level.ASK, family)


def _may_be_one(mine: frozenset[str], theirs: frozenset[str], place: frozenset[str]) -> bool:
    """Whether a closer look is worth while: of a thousand pairs one is. Without it, a large jury would take half a minute."""
    if mine.isdisjoint(theirs):
        return mine <= place and theirs <= place
    return len(mine & theirs) >= FEWEST_DISTINCTIVE or (mine <= place and theirs <= place)
