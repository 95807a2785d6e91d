"""Fragments of SQL in every parameter that an address reads and in every field: a word like any other (F9).

The whole answer to a parameter is that to a harmless word, and nothing changes; a field changes what a harmless text changes.
Which parameters an address reads is seen by asking it, not from a list. Each ordinary run tries half of the fragments and a
fifth of the forms; the whole, with ``GNLC_PROVE=1``, tries 334 fields, of which 88 take the text.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

import pytest
from flask import Flask, Request
from markupsafe import escape
from sqlalchemy import func, select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse
from werkzeug.utils import cached_property

from gnlc_apply.extensions import db
from gnlc_apply.models.base import Base
from tests.access.asking import MARKS, NOT_COMPARED, Asker
from tests.access.matrix import Route
from tests.access.test_matrix import TRACES
from tests.fuzz.shots import Fields, doors
from tests.proof import amount

pytestmark = [pytest.mark.proof, pytest.mark.timeout(amount(300, 3_600))]
HARMLESS, SIGNS = "zzqxvkj", "!?!?"
# Each with what means nothing to SQL and the same to a search, for which signs alone are no word. None is shorter than three
# signs, so that it is told from the page it is shown on.
FRAGMENTS = {
    "' OR '1'='1": HARMLESS,
    "'; DROP TABLE person; --": HARMLESS,
    '" OR 1=1 --': HARMLESS,
    "1) UNION SELECT NULL--": HARMLESS,
    "0 OR 1=1": HARMLESS,
    "name DESC; SELECT 1": HARMLESS,
    "(SELECT email FROM person)": HARMLESS,
    f"{HARMLESS}' OR 'a' LIKE '%": HARMLESS,
    f"%{HARMLESS[0]}%": f"?{HARMLESS[0]}?",
    "%i%u%": "?i?u?",
    "_isum_": "?isum?",
    "[a-z]%": HARMLESS,
    "$1::int": HARMLESS,
    "%%%%": SIGNS,
    "____": SIGNS,
    "\\\\\\\\": SIGNS,
    "';;;''''": SIGNS,
}


class Noted(ImmutableMultiDict[str, str]):
    """Parameters that note which of them are asked for."""

    asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, *more: object) -> list[str]:  # type: ignore[override]  # whatever it is turned into
        """All values of one."""
        self.asked.add(key)
        return super().getlist(key, *more)


def noting(app: Flask) -> None:
    """From now on the application's requests note what is asked of them."""

    class NotingRequest(Request):
        @cached_property
        def args(self) -> Noted:
            """What stands in the query."""
            return Noted(super().args)

    app.request_class = NotingRequest


def told(answer: TestResponse, value: str) -> tuple[int, object, str]:
    """The answer without the value and its length, wherever it stands in it."""
    headers = {
        k.lower(): v for k, v in answer.headers.items() if k.lower() not in {*NOT_COMPARED, "content-length", "etag"}
    }
    text = MARKS.sub(r'\1""', answer.get_data().decode("utf-8", "replace"))
    # What links carry along.
    text = re.sub(r'((?:href|action)="[^"?]*)\?[^"]*', r"\1", text)
    location = headers.pop("location", "").partition("?")[0]
    for written in (str(escape(value)), quote_plus(value), quote(value), value):
        text = text.replace(written, "…")
    return answer.status_code, (location, headers), text


def parameters(asker: Asker) -> list[tuple[Route, str, str, str]]:
    """Every parameter that a page reads: with the page's address and a role for which it opens."""
    found = []
    for route, which, role in doors("GET"):
        path, client = asker.address(route, which), asker.browser(role)
        Noted.asked.clear()
        client.get(path)
        # Some are read only where others are given.
        client.get(path, query_string=dict.fromkeys(Noted.asked, HARMLESS))
        found += [(route, path, role, name) for name in sorted(Noted.asked)]
    return found


def test_sql_in_a_parameter_is_a_word_like_any_other(asker: Asker, outgoing: list[object]) -> None:
    noting(asker.app)
    read = parameters(asker)
    before = asker.facts(without=TRACES)
    wrong = []
    for _, path, role, name in read:
        client = asker.browser(role)
        for fragment, plain in list(FRAGMENTS.items())[:: amount(2, 1)]:
            given, expected = (told(client.get(path, query_string={name: typed}), typed) for typed in (fragment, plain))
            if given != expected:
                lines = zip(given[2].splitlines(), expected[2].splitlines(), strict=False)
                differing = next((pair for pair in lines if pair[0] != pair[1]), None)
                wrong.append(f"{path}?{name}={fragment} as {role}: {given[0]} for {expected[0]}: {differing}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:12])
    assert asker.facts(without=TRACES) == before
    assert outgoing == []
    assert len(read) > 30
    # A parameter that showed more, or another order, would be seen.
    shown = {
        typed: told(asker.browser("anonymous").get("/en/registry/", query_string={"q": typed}), typed)
        for typed in (HARMLESS, SIGNS)
    }
    assert shown[HARMLESS] != shown[SIGNS]


def rows() -> dict[str, int]:
    """How many rows each table has."""
    with db.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


ACTING, STILL = "x'); DROP TABLE person; --", "x??? DROP TABLE person? ??"


def test_sql_in_a_field_is_a_word_like_any_other(asker: Asker, fields: dict[str, Fields]) -> None:
    kept = asker.ground.kept()
    tried, taken, wrong = 0, 0, []
    for number, (route, which, role) in enumerate(doors("POST")):
        if number % amount(5, 1):
            continue
        path, form = asker.address(route, which), dict(fields.get(route.endpoint, []))
        form["csrf_token"] = asker.ground.form_tokens[role]
        for name in sorted(form.keys() - {"csrf_token"}):
            came = []
            for typed in (STILL, ACTING):
                answer = asker.browser(role).post(path, data=form | {name: typed})
                came.append((answer.status_code, rows()))
                asker.restored(kept)
            tried += 1
            taken += came[0][0] == 303
            if came[0] != came[1]:
                changed = {key for key in came[0][1] if came[0][1][key] != came[1][1][key]}
                wrong.append(f"{path} {name} as {role}: {came[1][0]} for {came[0][0]}, {changed}")
    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:12])
    # Many a field took it, and it stood in the database.
    assert taken > amount(10, 60)
