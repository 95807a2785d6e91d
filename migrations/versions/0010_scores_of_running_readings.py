"""A score is kept for a running reading only: a conflict that ended it closes its scores in the database too.

A running reading points at a pair that no conflict keeps apart (``fk_assignment_unblocked_pair``); who may not read a file can so
neither be given it nor score it, whatever writes. Reasons of ended readings can still be changed: they are erased in time.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAME = "ck_score_of_running_reading"
_HAS_ENDED = (
    "EXISTS (SELECT 1 FROM review JOIN assignment ON assignment.id = review.assignment_id "
    "WHERE review.id = NEW.review_id AND assignment.ended_at IS NOT NULL)"
)
# In the words in which either engine names a broken rule.
_SQLITE = f"SELECT RAISE(ABORT, 'CHECK constraint failed: {NAME}')"
_POSTGRESQL = f"""
CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_HAS_ENDED} THEN
        RAISE EXCEPTION 'a score of a reading that has ended' USING ERRCODE = 'check_violation', CONSTRAINT = '{NAME}', TABLE = 'score';
    END IF;
    RETURN NEW;
END $$"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for number, act in enumerate(("INSERT", "UPDATE OF review_id, value"), 1):
            op.execute(f"CREATE TRIGGER {NAME}_{number} BEFORE {act} ON score WHEN {_HAS_ENDED} BEGIN {_SQLITE}; END")
        return
    op.execute(_POSTGRESQL)
    op.execute(
        f"CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE OF review_id, value ON score "
        f"FOR EACH ROW EXECUTE FUNCTION {NAME}()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for number in (1, 2):
            op.execute(f"DROP TRIGGER {NAME}_{number}")
        return
    op.execute(f"DROP TRIGGER {NAME} ON score")
    op.execute(f"DROP FUNCTION {NAME}()")
