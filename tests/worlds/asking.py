"""Everything that can be asked of the web, by everybody who must not know, and what of an answer may be compared."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gnlc_apply.extensions import db
from gnlc_apply.models import Assignment, CalibrationFile, City
from tests.worlds.ground import TOKEN, Ground

# What may differ between two answers that say the same: one's own marks, never a fact.
_MARKS = re.compile(r'(name="(?:csrf_token|idempotency_key)"[^>]*value=)"[^"]*"')
_IGNORED = ("date", "x-request-id", "set-cookie")
# Not asked for: files with no secret in them, documents whose typesetting takes long and whose words stand on pages too,
# a page that draws a new secret for an authenticator app each time.
_LEFT_OUT = ("assets.file", "public.calls.blank_form_pdf", "account.second_factor.set_up")
_TYPESET = re.compile(r"\.pdf$")
# Where each of them is at home: there every filter is tried.
_PUBLIC = ("public.", "open_data.", "machine.", "root", "signatory.", "account.", "applicant.eligibility.")
HOMES: dict[str, tuple[str, ...]] = {
    "public": _PUBLIC,
    "owner of Kisumu": ("applicant.", "account."),
    "editor of Kisumu": ("applicant.",),
    "viewer of Kisumu": ("applicant.",),
    "owner of Cusco": ("applicant.",),
    "Commission of Kenya": ("commission.", "account."),
    "Commission of Peru": ("commission.",),
    "administrator": ("administration.", "account."),
    "Amina Chair": ("jury.", "secretariat.ranking.", "secretariat.jury_report."),
    "Basel Juror": ("jury.",),
    "Chitra Juror": ("jury.",),
    "Diego Juror": ("jury.", "account."),
    "Farid Juror": ("jury.",),
    "Gustav Juror": ("jury.", "account."),
}
# Pages that read what the address asks for.
_FILTERED = (
    "public.registry.",
    "open_data.",
    "applicant.place.",
    "applicant.eligibility.",
    "applicant.sections.",
    "administration.accounts.index",
    "secretariat.ranking.",
)
# Words to look for, right and wrong, for each fact that is hidden.
PROBES = (
    "q=Kisumu&status=all",
    "q=Basel+Juror",
    "q=Elena+Juror",
    "cohort={cohort}",
    "sort=-since&country=KEN&page=1",
    "region=Africa&page=2",
    "on=2027-03-02",
    "status=former&sort=country",
    "decision=approved&outcome=approved",
    "juror={juror}&sort=juror",
    "juror=JUR-0000",
    "score=5&sort=-average",
    "score=1&average=3&listed=recommended",
    "state=in_review&query=Kisumu",
    "state=admitted&page=-1",
    "search=juror&role=juror",
    "search=basel@baseljuror.example&state=open",
    "show=approved&words=Kisumu",
    "country=KEN&name=Kisumu&place_name=Kisumu&ask=1",
    "format=json&callback=x",
)


@dataclass(frozen=True)
class Asked:
    """One request by somebody."""

    role: str
    method: str
    address: str


@dataclass(frozen=True)
class Answer:
    """An answer without what may differ, with how many statements it took and what was logged."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    statements: int
    logged: tuple[str, ...]


def values(ground: Ground) -> dict[str, tuple[str, ...]]:
    """What stands in the places of addresses: every kind of thing that there is, one's own and another's."""
    with db.reading() as session:
        cities = tuple(session.scalars(select(City.reference).order_by(City.id)))
        texts = tuple(session.scalars(select(CalibrationFile.reference).order_by(CalibrationFile.position).limit(1)))
        readings = tuple(session.scalars(select(Assignment.reference).order_by(Assignment.id).limit(1)))
    files = (ground.files["Kisumu"], ground.files["Cusco"])
    return {
        "application": files,
        "file": files[:1],
        "call": (ground.call,),
        "cohort": (ground.cohort,),
        "reference": (ground.cohort,),
        "city": cities[:2],
        "calibration_file": texts or ("x" * 30,),
        "country": ("KEN", "PER"),
        "juror": (ground.jurors["Basel Juror"],),
        "reading": readings,
        "section": ("vision", "people"),
        "question": ("practices.1.files",),
        "kind": ("admitted", "approve"),
        "text_language": ("en",),
        "key": ("city.website",),
        "message": ("0" * 32,),
        "token": (TOKEN, "x" * 43),
    }


def addresses(app: Flask, ground: Ground) -> list[tuple[str, str]]:
    """Every address of the map that can be read, with its endpoint."""
    adapter, known = app.url_map.bind("localhost"), values(ground)
    found = {
        (rule.endpoint, adapter.build(rule.endpoint, filled))
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in _LEFT_OUT
        for filled in _filled(rule, known)
    }
    return sorted((endpoint, address) for endpoint, address in found if not _TYPESET.search(address))


def _filled(rule: Rule, known: dict[str, tuple[str, ...]]) -> Iterator[dict[str, Any]]:
    # What an address leaves out because it has a default is not filled in.
    names = sorted(rule.arguments - {"language", *(rule.defaults or {})})
    longest = max((len(known.get(name, ("x",))) for name in names), default=1)
    for turn in range(longest):
        chosen: dict[str, Any] = {"language": "en"} if "language" in rule.arguments else {}
        for name in names:
            is_number = f"<int:{name}>" in rule.rule
            possible = known.get(name, ("1",) if is_number else ("x" * 30,))
            chosen[name] = possible[turn % len(possible)]
        yield chosen


def everything(app: Flask, ground: Ground, roles: Sequence[str]) -> dict[str, tuple[list[Asked], list[Asked]]]:
    """All that each of these roles can ask, at home and elsewhere.

    Elsewhere every address; at home in both directions, by HEAD, and with probes: all of them where the page reads what is
    asked for, three in turn where it should not.
    """
    places = addresses(app, ground)
    probes = [probe.format(cohort=ground.cohort, juror=ground.jurors["Basel Juror"]) for probe in PROBES]
    found = {}
    for role in roles:
        home = [(endpoint, address) for endpoint, address in places if endpoint.startswith(HOMES[role])]
        asked = []
        for number, (endpoint, address) in enumerate(home):
            asked += [Asked(role, "GET", address), Asked(role, "HEAD", address)]
            asked.append(Asked(role, "GET", address.replace("/en/", "/ar/", 1)))
            own = (
                probes if endpoint.startswith(_FILTERED) else [probes[(number + n * 7) % len(probes)] for n in range(3)]
            )
            asked += [Asked(role, "GET", f"{address}?{probe}") for probe in own]
        at_home = list(dict.fromkeys(asked))
        known = {address for _endpoint, address in home}
        found[role] = (at_home, [Asked(role, "GET", address) for _e, address in places if address not in known])
    return found


def chosen(every: dict[str, tuple[list[Asked], list[Asked]]], number: int | None, seed: int) -> list[Asked]:
    """So many in all, or all: the same for each role, three in four of them at home; always the same for a seed."""
    if number is None:
        return [one for at_home, elsewhere in every.values() for one in (*at_home, *elsewhere)]
    dice, picked = random.Random(seed), []
    for at_home, elsewhere in every.values():
        each = -(-number // len(every))
        wanted = min(len(at_home), each * 3 // 4 + 1)
        picked += dice.sample(at_home, wanted) + dice.sample(elsewhere, each - wanted)
    return picked


@dataclass
class Heard:
    """What was said to the database and to the log since the last look."""

    statements: int = 0
    lines: list[str] = field(default_factory=list)

    def take(self) -> tuple[int, tuple[str, ...]]:
        """What there is, and begin anew."""
        found = (self.statements, tuple(self.lines))
        self.statements, self.lines = 0, []
        return found


class _Ear(logging.Handler):
    def __init__(self, heard: Heard) -> None:
        super().__init__(logging.INFO)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        fields = {k: v for k, v in getattr(record, "fields", {}).items() if k not in ("request", "milliseconds")}
        self.heard.lines.append(f"{record.name} {record.levelname} {record.getMessage()} {sorted(fields.items())}")


@contextmanager
def listening() -> Iterator[Heard]:
    """Count statements and keep the product's log lines, for the length of the block."""
    heard, log = Heard(), logging.getLogger("gnlc_apply")
    ear, before = _Ear(heard), log.level

    def count(*_arguments: object) -> None:
        heard.statements += 1

    event.listen(db.engine, "before_cursor_execute", count)
    log.addHandler(ear)
    log.setLevel(logging.INFO)
    try:
        yield heard
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
        log.removeHandler(ear)
        log.setLevel(before)


def without_marks(given: TestResponse) -> tuple[tuple[tuple[str, str], ...], str]:
    """Headers and body that say the same whenever and by whomever they are asked for."""
    headers = tuple(sorted((k.lower(), v) for k, v in given.headers.items() if k.lower() not in _IGNORED))
    body = given.get_data().decode("utf-8", "replace")
    if "csrf_token" in body:
        # The marks' length is their own as well; the body is compared whole.
        headers = tuple((k, v) for k, v in headers if k not in ("content-length", "etag"))
    return headers, _MARKS.sub(r'\1""', body)


def came_in(app: Flask, ground: Ground, role: str) -> FlaskClient:
    """A browser of this role."""
    client = app.test_client()
    if role in ground.cookies:
        client.set_cookie("gnlc", ground.cookies[role])
    return client


def answers(app: Flask, ground: Ground, asked: Iterable[Asked]) -> dict[Asked, Answer]:
    """What everybody is answered."""
    found: dict[Asked, Answer] = {}
    with listening() as heard:
        for one in asked:
            client = came_in(app, ground, one.role)
            heard.take()
            given = client.open(one.address, method=one.method)
            headers, body = without_marks(given)
            found[one] = Answer(given.status_code, headers, body, *heard.take())
    return found


def differences(one: dict[Asked, Answer], two: dict[Asked, Answer]) -> list[Asked]:
    """Where two worlds are told apart."""
    assert one.keys() == two.keys()
    return [asked for asked in one if one[asked] != two[asked]]
