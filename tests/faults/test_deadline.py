"""The last minute: a thousand cities submit within sixty seconds, a hundred of them with two files of 5 MB each.

Over HTTP against ``gnlc serve`` as users run it, on SQLite, worker included. A hundred in every run, within six seconds;
the thousand with ``./dev prove --only deadline_p95_s tests/faults/test_deadline.py`` (two minutes). No time is judged here
in an ordinary run: the table of the gates does that.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationState, ApplicationVersion, Attachment, AuditEntry, OutboxMessage
from gnlc_apply.services import ledger, schema
from tests import proof
from tests.city import DEADLINE, City, row
from tests.faults import site
from tests.faults.rush import as_text, ready, rush
from tests.signing_in import csrf_of, sign_in
from tests.storage import corpus

MANY, SECONDS = proof.amount(100, 1000), proof.amount(6, 60)
MEGABYTES = 5


def _scan() -> bytes:
    """A PDF of 5 MB as a scanner makes it: pixels that no packing makes smaller."""
    width, height = 1280, MEGABYTES * 1_000_000 // 3840
    entries = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8/Width %d/Height %d" % (
        width,
        height,
    )
    pixels = corpus.stream(random.Random(2027).randbytes(width * height * 3), entries)
    page = corpus.PAGE.replace(b"<<>>", b"<</XObject<</I 5 0 R>>>>")
    return corpus.raw_pdf([corpus.CATALOG, corpus.PAGES, page, corpus.stream(b"200 0 0 200 0 0 cm /I Do"), pixels])


@pytest.mark.proof
@pytest.mark.alone
@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_everybody_who_submits_in_the_last_minute_has_a_receipt(settings: config.Settings) -> None:
    db.open(settings.database_url)
    config.use(settings)
    schema.mark(is_demo=True)
    now = clock.now()
    world = City(
        opens_at=now - timedelta(days=60),
        deadline_at=now + timedelta(minutes=20),
        commission_deadline_at=now + timedelta(days=31),
        results_promised_on=now.date() + timedelta(days=200),
    )
    owners = ready(settings, world, MANY)
    for owner in owners[::10]:
        owner.files = 2
    db.close()
    with site.serving(settings) as served:
        tally = rush(served, owners, _scan(), SECONDS)
    sys.stderr.write(as_text(tally) + "\n")
    assert tally.faults == []
    assert Counter(status for status, _took in tally.uploaded) == {303: 2 * len(owners[::10])}
    receipts = {o.reference: f"/en/applications/{o.reference}/receipt" for o in owners}
    assert {r: (s, to) for r, (s, to, _took) in tally.submitted.items()} == {r: (303, to) for r, to in receipts.items()}
    db.open(settings.database_url)
    _assert_stored(owners_references=set(receipts))
    db.close()
    proof.reached("deadline_receipts", len(receipts))
    if proof.IS_WHOLE:
        proof.measured("deadline_p95_s", tally.percentile(0.95))


def _assert_stored(owners_references: set[str]) -> None:
    with db.reading() as session:
        submitted = select(Application.reference).where(Application.state == ApplicationState.SUBMITTED)
        assert set(session.scalars(submitted)) == owners_references
        assert session.scalar(select(func.count()).select_from(ApplicationVersion)) == MANY
        assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "submit")) == MANY
        assert session.scalar(select(func.count()).select_from(Attachment)) == 2 * len(range(0, MANY, 10))
        receipts = select(func.count(func.distinct(OutboxMessage.application_id))).where(
            OutboxMessage.kind == "receipt"
        )
        assert session.scalar(receipts) == MANY
        assert ledger.verify(session).first_broken is None


@pytest.mark.postgres
def test_a_millisecond_in_time_is_in_time_and_a_millisecond_late_is_late(client: FlaskClient) -> None:
    world = City()
    first, second, third = (world.filled(place) for place in ("Bursa", "Konya", "İzmir"))
    tick = timedelta(milliseconds=1)
    for reference, moment, status in (
        (first, DEADLINE - tick, 303),
        (second, DEADLINE, 303),
        (third, DEADLINE + tick, 409),
    ):
        with clock.at(DEADLINE - timedelta(minutes=1)):
            sign_in(client, "owner@city.example")
            token = csrf_of(client.get(f"/en/applications/{reference}/submit"))
        with clock.at(moment):
            answer = client.post(f"/en/applications/{reference}/submit", data={"csrf_token": token})
        assert (answer.status_code, reference) == (status, reference), moment
    assert row(first).received_at == DEADLINE - tick
    assert row(third).submitted_at is None
