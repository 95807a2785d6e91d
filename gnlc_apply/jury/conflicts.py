"""Conflicts of interest that can be found from what is known: the rules that block, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gnlc_apply.core.text import Text
from gnlc_apply.jury.domains import registrable_domain

RULES_VERSION = "conflicts-1"


class ConflictCode(StrEnum):
    """The rules of jury-method.md §3 that are decided by equality. Rules that ask a person come beside them."""

    OWN_COUNTRY = "own_country"
    DECLARED_APPLICATION = "declared_application"
    DECLARED_COUNTRY = "declared_country"
    SAME_DOMAIN = "same_domain"
    OWN_APPLICATION = "own_application"
    OWN_COMMISSION = "own_commission"


class Level(StrEnum):
    """``BLOCK``: the pair is impossible. ``ASK``: the juror answers a question first; no answer in time blocks."""

    BLOCK = "block"
    ASK = "ask"


@dataclass(frozen=True)
class JurorTies:
    """What ties a juror: codes of ``residences``, ``nationalities`` and ``employer_countries``; e-mail and web addresses;
    ids of files and codes of countries that the juror declared; ids of files that the juror works on for the city, codes of
    countries whose National Commission the juror is."""

    id: str
    residences: frozenset[str] = frozenset()
    nationalities: frozenset[str] = frozenset()
    employer_countries: frozenset[str] = frozenset()
    addresses: tuple[str, ...] = ()
    declared_files: frozenset[str] = frozenset()
    declared_countries: frozenset[str] = frozenset()
    own_files: frozenset[str] = frozenset()
    commission_countries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FileTies:
    """What ties a file: its country's code, and the e-mail and web addresses of the city, its contacts and signatory."""

    id: str
    country: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """One reason why one juror may not read one file. ``detail``: the country code, file id or domain that agrees."""

    juror_id: str
    file_id: str
    code: ConflictCode
    level: Level
    detail: str

    @property
    def sentence(self) -> Text:
        """The reason in words, for the secretariat; a country is given by its code, for the page to name."""
        match self.code:
            case ConflictCode.OWN_COUNTRY:
                return Text(
                    "The juror lives, works or has nationality in the country of the file (%(country)s)",
                    country=self.detail,
                )
            case ConflictCode.DECLARED_APPLICATION:
                return Text("The juror declared a conflict with this application")
            case ConflictCode.DECLARED_COUNTRY:
                return Text(
                    "The juror declared a conflict with the country of the file (%(country)s)", country=self.detail
                )
            case ConflictCode.SAME_DOMAIN:
                return Text("The juror and the city share the internet domain %(domain)s", domain=self.detail)
            case ConflictCode.OWN_APPLICATION:
                return Text("The juror works on this application for the city, or declared a tie to it as staff")
            case ConflictCode.OWN_COMMISSION:
                return Text(
                    "The juror acts for the National Commission of the country of the file (%(country)s)",
                    country=self.detail,
                )


def conflicts(juror: JurorTies, file: FileTies) -> tuple[Conflict, ...]:
    """Every rule that this juror and this file meet, in the order of ``ConflictCode``; empty if there is none.

    own_country: the file's country in {residence, nationality, employer's country}. declared_application and
    declared_country: the juror said so, at any time. same_domain: an equal registrable domain of any two addresses,
    free mail excluded. own_application and own_commission: the juror acts for the city or its Commission. All of them block. Codes are compared as they are written. Source: jury-method.md §3.
    """
    return _against(juror, file, _domains(juror.addresses), _domains(file.addresses))


def find_conflicts(jurors: Collection[JurorTies], files: Collection[FileTies]) -> tuple[Conflict, ...]:
    """Every conflict of every pair, sorted by juror, file and code; domains are worked out once per person and file."""
    file_domains = {file.id: _domains(file.addresses) for file in files}
    found: list[Conflict] = []
    for juror in jurors:
        domains = _domains(juror.addresses)
        for file in files:
            found.extend(_against(juror, file, domains, file_domains[file.id]))
    return tuple(sorted(found, key=lambda c: (c.juror_id, c.file_id, c.code, c.detail)))


class Tie(Protocol):
    """What every rule says of a pair, those of ``names`` too."""

    @property
    def juror_id(self) -> str:
        """The juror."""

    @property
    def file_id(self) -> str:
        """The file."""

    @property
    def level(self) -> Level:
        """Whether it blocks or asks."""


def blocked_pairs(found: Iterable[Tie]) -> frozenset[tuple[str, str]]:
    """The (juror id, file id) pairs that these conflicts make impossible: what ``propose`` takes as ``blocked``."""
    return frozenset((c.juror_id, c.file_id) for c in found if c.level is Level.BLOCK)


def _domains(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(domain for address in addresses if (domain := registrable_domain(address)) is not None)


def _against(
    juror: JurorTies, file: FileTies, juror_domains: frozenset[str], file_domains: frozenset[str]
) -> tuple[Conflict, ...]:
    found: list[tuple[ConflictCode, str]] = []
    if file.country in juror.residences | juror.nationalities | juror.employer_countries:
        found.append((ConflictCode.OWN_COUNTRY, file.country))
    if file.id in juror.declared_files:
        found.append((ConflictCode.DECLARED_APPLICATION, file.id))
    if file.country in juror.declared_countries:
        found.append((ConflictCode.DECLARED_COUNTRY, file.country))
    found.extend((ConflictCode.SAME_DOMAIN, domain) for domain in sorted(juror_domains & file_domains))
    if file.id in juror.own_files:
        found.append((ConflictCode.OWN_APPLICATION, file.id))
    if file.country in juror.commission_countries:
        found.append((ConflictCode.OWN_COMMISSION, file.country))
    return tuple(Conflict(juror.id, file.id, code, Level.BLOCK, detail) for code, detail in found)
