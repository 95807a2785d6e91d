"""The log holds no token, address, name, score, decision or answer: not of a request, not of a fault."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gnlc_apply import config
from gnlc_apply.core.sealing import new_token
from gnlc_apply.extensions import db
from gnlc_apply.services import review
from gnlc_apply.web.logs import JsonLines
from tests.jury_world import Jury, browser, scores
from tests.signing_in import csrf_of

WORDS = "The harbour school opens in spring."


def written(caplog: pytest.LogCaptureFixture) -> str:
    """What the server would have written."""
    lines = JsonLines()
    return "\n".join(lines.format(record) for record in caplog.records)


def test_a_walk_with_tokens_scores_and_text_leaves_none_of_them(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    jury = Jury()
    juror = jury.standard_jury()[1]
    jury.assign_all()
    jury.freeze()
    file = jury.files_of(juror)[0]
    token = new_token()
    client = app.test_client()
    for path in (
        f"/en/account/password/reset/{token}",
        f"/en/sign/{token}",
        f"/en/invitations/{token}",
        f"/en/?t={token}",
    ):
        client.get(path)
    page = client.get("/en/account/sign-in")
    client.post(
        "/en/account/sign-in",
        data={"csrf_token": csrf_of(page), "email": juror.email, "password": f"wrong {token}"},
    )
    reader = browser(app, juror)
    review.declare(actor=juror, reference=file, has_conflict=False)
    form = reader.get("/en/account/profile")
    reader.post(f"/en/jury/files/{file}", data={"csrf_token": csrf_of(form), "paragraph": WORDS, "token": token})
    review.submit(actor=juror, reference=file, scores=scores(4), paragraph=WORDS, revision=0)
    reader.get("/en/jury")
    log = written(caplog)
    # The walk is in the log, so something could have been.
    assert log.count('"message": "request"') >= 8
    assert '"path": "/en/account/password/reset/***"' in log
    for secret in (token, juror.email, juror.name, WORDS, "wrong "):
        assert secret not in log


@pytest.mark.postgres
def test_a_fault_of_the_database_is_logged_without_the_values(
    database: config.Settings, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "a decision that nobody may read"
    try:
        with db.reading() as session:
            session.execute(text("SELECT * FROM nowhere WHERE words = :words"), {"words": secret})
    except DBAPIError:
        logging.getLogger("gnlc_apply").exception("a fault")
    log = written(caplog)
    assert "nowhere" in log
    assert secret not in log
