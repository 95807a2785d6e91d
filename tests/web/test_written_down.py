"""Headers and log lines, written down by hand: a value that changes in the code changes nothing here."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/en/", "/en/sign/" + "x" * 43, "/en/account/sign-in", "/en/nothing", "/healthz"])
def test_every_answer_bears_these_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    directives = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert (directives["default-src"], directives["script-src"], directives["frame-ancestors"]) == (
        "'none'",
        "'self'",
        "'none'",
    )


def test_a_link_that_was_opened_is_masked_in_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    token = "kJ8s_2Lw9xQ4vB7nM1cZ5tR3yU6iO0pA-eF2gH4jK8l"
    with caplog.at_level("INFO", logger="gnlc_apply.requests"):
        client.get(f"/en/sign/{token}")
    (record,) = [r for r in caplog.records if r.name == "gnlc_apply.requests"]
    assert record.fields["path"] == "/en/sign/***"  # type: ignore[attr-defined]  # our log puts it there
    assert token not in str(vars(record))
