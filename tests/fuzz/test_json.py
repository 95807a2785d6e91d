"""Bodies of JSON, broken, endless and whole: no address takes any, and nothing of it is read (F17)."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import TestResponse

from tests.access.asking import Asker
from tests.access.test_matrix import TRACES
from tests.fuzz import odd
from tests.fuzz.shots import Fields, doors
from tests.proof import amount

pytestmark = [pytest.mark.proof, pytest.mark.timeout(amount(300, 3_600))]


def test_json_is_taken_by_no_address(asker: Asker, fields: dict[str, Fields]) -> None:
    def sent(path: str, role: str, body: bytes, kind: str) -> TestResponse:
        token = {"X-CSRFToken": asker.ground.form_tokens[role]}
        return asker.browser(role).post(path, data=body, content_type=kind, headers=token)

    tried = doors("POST")
    before = asker.facts(without=TRACES)
    wrong = []
    for number, (route, which, role) in enumerate(tried):
        path = asker.address(route, which)
        # What its form would send, as JSON that is right in every way.
        whole = json.dumps(dict(fields.get(route.endpoint, []))).encode()
        bodies = [whole, *filter(None, odd.JSON)]
        for body in bodies if number % amount(10, 1) == 0 else [whole, odd.JSON[number % 6]]:
            for kind in ("application/json", "application/problem+json; charset=utf-8", "text/plain"):
                answer = sent(path, role, body, kind)
                if answer.status_code != 400:
                    wrong.append(f"{path} as {role}: {kind} {body[:60]!r}: {answer.status_code}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:12])
    assert asker.facts(without=TRACES) == before
    assert len(tried) > 80
    # The token was right and the person may: a form of the same fields gets further.
    route, which, role = next(act for act in tried if act[0].endpoint == "account.signout.form")
    assert sent(asker.address(route, which), role, b"", "application/x-www-form-urlencoded").status_code == 303
