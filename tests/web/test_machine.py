"""The addresses for machines: whether the worker lives is said and logged, and where to report a weakness."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from gnlc_apply.core import clock
from gnlc_apply.services import upkeep
from tests.desk import Desk
from tests.signing_in import sign_in

SILENT = "the worker has given no sign of life for 0:05:00: mail and announcements wait"


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was warned of, without the lines of requests."""
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_a_worker_that_is_dead_for_an_hour_is_said_by_monitor_page_and_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    Desk(0)
    upkeep.beat()
    alive = client.get("/readyz")
    assert (alive.status_code, alive.json["worker"] if alive.json else None) == (200, True)
    assert warnings(caplog) == []
    with clock.at(clock.now() + timedelta(hours=1)):
        dead = client.get("/readyz")
        # Pages can still be served; only mail and announcements wait.
        assert (dead.status_code, dead.json["worker"] if dead.json else None) == (200, False)
        assert warnings(caplog) == [SILENT]
        sign_in(client, "officer@network.example")
        page = client.get("/en/secretariat/mail").text
        assert "The worker that sends it was last seen 1 March 2027, 09:00" in page


def test_it_is_said_where_to_report_a_weakness(client: FlaskClient) -> None:
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    contact, languages, expires = answer.text.splitlines()
    assert contact.startswith("Contact: mailto:")
    assert "@" in contact
    assert languages == "Preferred-Languages: en, fr"
    assert expires == "Expires: 2027-08-28T00:00:00Z"


def test_a_clock_that_runs_backwards_during_a_request_makes_no_negative_times(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    Desk(0)
    sign_in(client, "officer@network.example")
    first = clock.now()
    looks = iter(range(10_000))
    with monkeypatch.context() as moved, caplog.at_level("INFO", logger="gnlc_apply.requests"):
        moved.setattr(clock, "_source", lambda: first - timedelta(seconds=next(looks)))
        answer = client.get("/en/secretariat/mail")
        assert clock.arrived() <= first
    assert answer.status_code == 200
    assert next(looks) > 3
    (line,) = [record.fields for record in caplog.records if record.name == "gnlc_apply.requests"]  # type: ignore[attr-defined]
    assert line["milliseconds"] >= 0
    assert 'data-seconds="-' not in answer.text
