"""A conflict keeps a juror's scores out too: at assignment and at every score, on both engines, whoever writes the SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import Assignment, Review, Score
from gnlc_apply.services import review
from tests.jury_world import Jury, scores

pytestmark = pytest.mark.postgres


def write(statement: str, **values: object) -> None:
    with db.writing() as session:
        session.execute(text(statement), values)


def test_no_score_is_written_to_a_reading_that_a_conflict_has_ended(database: config.Settings) -> None:
    world = Jury(readers=2)
    jurors = world.standard_jury()
    world.assign_all()
    juror = next(one for one in jurors if len(world.files_of(one)) > 1)
    gone, kept = world.files_of(juror)[:2]
    for reference in (gone, kept):
        review.declare(actor=juror, reference=reference, has_conflict=False)
        given = {code: score for code, score in scores(4).items() if code != "monitoring"}
        review.save(actor=juror, reference=reference, scores=given, paragraph="", revision=0)
    review.declare(actor=juror, reference=gone, has_conflict=True, detail="A cousin works there.")
    with db.reading() as session:
        ended = session.scalars(select(Review).join(Assignment).where(Assignment.ended_at.is_not(None))).one()
        running = session.scalars(select(Review).join(Assignment).where(Assignment.ended_at.is_(None))).one()
        pair = session.execute(
            select(Assignment.juror_id, Assignment.application_id).where(Assignment.id == ended.assignment_id)
        ).one()
    added = "INSERT INTO score (review_id, criterion, value, reason) VALUES (:review, 'monitoring', 5, '')"
    changed = "UPDATE score SET value = 5 WHERE review_id = :review"
    moved = "UPDATE score SET review_id = :review WHERE review_id = :other AND criterion = 'monitoring'"
    write(added, review=running.id)
    write(changed, review=running.id)
    for statement in (added, changed, moved):
        with pytest.raises(IntegrityError, match=r"ck_score_of_running_reading|has ended"):
            write(statement, review=ended.id, other=running.id)
    with db.reading() as session:
        assert set(session.scalars(select(Score.value).where(Score.review_id == ended.id))) == {4}
    # Words are erased in time, of ended readings like of all others.
    write("UPDATE score SET reason = '' WHERE review_id = :review", review=ended.id)
    again = {"juror": pair.juror_id, "file": pair.application_id, "no": False}
    with pytest.raises(IntegrityError):
        write(
            "INSERT INTO assignment (reference, juror_id, application_id, pair_is_blocked, position, pseudonym, assigned_at, "
            "end_reason) SELECT 'x', :juror, :file, :no, 0, 'QQQQ', assigned_at, '' FROM assignment LIMIT 1",
            **again,
        )
