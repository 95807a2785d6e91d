"""The cells of the access matrix: which address, asked how, by whom, and what the tables written by hand say to that.

``routes.csv`` says what each address demands, ``who.csv`` who has it on what, ``when.csv`` what is not there at all in a
state although somebody may see it. None of them is made from the code: a change there that is not meant is seen here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
SIGN_IN, STEP, MISSING, FORBIDDEN, OPEN, GONE = "sign in", "step", "missing", "forbidden", "open", "gone"
# A closed account is nobody; whoever holds the mayor's link has no account either.
NOBODY = ("anonymous", "mayor", "deactivated_officer")
HALF_WAY = ("officer_half_way", "juror_half_way", "officer_without_app")
STALE = ("stale_director",)
ROLES = (
    *NOBODY,
    *HALF_WAY,
    *STALE,
    *("owner", "editor", "viewer", "removed_editor", "neighbour", "official_abroad", "plain"),
    *("commission", "deputy", "commission_abroad", "commission_and_viewer", "former_commission"),
    *("reader", "undeclared_reader", "other_juror", "conflicted_juror", "ended_juror", "former_juror", "late_juror"),
    *("chair", "recused_chair", "former_chair", "juror_and_viewer", "juror_and_commission", "officer_and_juror"),
    *("officer", "conflicted_officer", "officer_and_viewer", "stand_by", "former_officer", "administrator"),
    *("director", "conflicted_director", "acting_director", "past_acting_director", "coming_acting_director"),
)
OBJECTS = {
    "": ("any",),
    "application": (
        *("draft", "expired", "withdrawn", "submitted", "returned", "endorsed", "not_endorsed", "unanswered"),
        *("eligible", "ineligible", "in_review", "admitted", "not_admitted"),
        *("neighbour", "abroad", "other_call", "locked", "no_such"),
    ),
    "call": ("now", "past", "no_such"),
    "call_file": ("now", "past", "no_such"),
    "call_juror": ("now", "past", "no_such"),
    "call_reading": ("now", "past", "no_such"),
    "public_call": ("now", "past", "no_such"),
    "seat": ("now", "late", "past", "no_such"),
    "ranking": ("now", "late", "past", "locked", "no_such"),
    "chair": ("now", "late", "past", "no_such"),
    "cohort": ("preparing", "locked", "armed", "announced", "no_such"),
    "published": ("preparing", "locked", "armed", "announced", "no_such"),
    "country": ("KEN", "PER", "no_such"),
    "person": ("known", "no_such"),
    "account_request": ("known", "no_such"),
    "message": ("known", "no_such"),
    "link": ("mayor", "other_mayor", "no_such"),
    "letter": ("no_such",),
    "demonstration": ("no_such",),
}
FEW = ("draft", "in_review", "admitted", "abroad", "no_such")


@dataclass(frozen=True)
class Route:
    """One line of ``routes.csv``."""

    endpoint: str
    methods: tuple[str, ...]
    permission: str
    kind: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """One question: this role asks for this address of this object in this way; and what must come of it."""

    route: Route
    method: str
    role: str
    which: str
    expected: str


def table(name: str) -> list[dict[str, str]]:
    """The lines of one of the tables."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def routes() -> dict[str, Route]:
    """What stands in ``routes.csv``, by endpoint."""
    found = {}
    for line in table("routes"):
        methods, marks = tuple(line["methods"].split()), tuple(line["marks"].split())
        found[line["endpoint"]] = Route(line["endpoint"], methods, line["permission"], line["object"], marks)
    return found


@cache
def _who() -> dict[tuple[str, str, str], dict[str, str]]:
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for line in table("who"):
        answers = dict.fromkeys(_named(line["may"]), OPEN)
        answers |= dict.fromkeys(_named(line["may_only_see"]), FORBIDDEN)
        for which in line["which"].split():
            found[line["permission"], line["object"], which] = answers
    return found


@cache
def _exceptions() -> list[dict[str, str]]:
    return table("when")


def _otherwise(endpoint: str, method: str, role: str, which: str) -> str:
    """What comes instead for somebody who may: there is no such page in this state, or it leads on."""
    for line in _exceptions():
        if (
            line["endpoint"] == endpoint
            and method in line["methods"].split()
            and (line["roles"] == "whoever may" or role in line["roles"].split())
            and which in line["which"].split()
        ):
            return line["answer"]
    return OPEN


def _named(words: str) -> tuple[str, ...]:
    if words == "everybody":
        return ROLES
    if words == "signed_in":
        return tuple(role for role in ROLES if role not in NOBODY)
    return tuple(words.split())


def granted(route: Route, role: str, which: str) -> str:
    """What the table of permissions gives somebody who has come in wholly."""
    return _who().get((route.permission, route.kind, which), {}).get(role, MISSING)


def expected(route: Route, role: str, which: str, method: str) -> str:
    """What the tables say."""
    if route.permission == "public":
        answer = _who().get(("public", route.kind, which), {}).get(role, MISSING)
        return _otherwise(route.endpoint, method, role, which) if answer == OPEN else answer
    if role in NOBODY:
        return SIGN_IN
    if role in HALF_WAY and "early" not in route.marks:
        return STEP
    answer = granted(route, role, which)
    if answer == OPEN:
        answer = _otherwise(route.endpoint, method, role, which)
    if role in STALE and "fresh" in route.marks and (answer == OPEN or _is_asked_first(route, role)):
        return STEP
    return answer


def _is_asked_first(route: Route, role: str) -> bool:
    """Where the permission hangs on no object, the second factor is asked for before the object is looked for."""
    return route.kind != "application" and any(
        role in who for (name, *_), who in _who().items() if name == route.permission
    )


@cache
def _hold(permission: str, kind: str) -> frozenset[str]:
    """Who has this permission on anything at all."""
    return frozenset(
        role for (name, on, _which), answers in _who().items() if (name, on) == (permission, kind) for role in answers
    )


def _asked_about(route: Route, role: str) -> tuple[str, ...]:
    """Whoever has a permission on something is asked about everything; who has it on nothing, about a few."""
    every = OBJECTS[route.kind]
    if route.permission == "public" or role in _hold(route.permission, route.kind):
        return every
    return tuple(which for which in every if which in FEW) if len(every) > len(FEW) else every


def cells() -> list[Cell]:
    """All of them, in the order of the tables."""
    return [
        Cell(route, method, role, which, expected(route, role, which, method))
        for route in routes().values()
        for role in ROLES
        for which in _asked_about(route, role)
        for method in route.methods
    ]
