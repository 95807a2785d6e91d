"""Jurors name their organisations and people close to them; a tie that only asks keeps the juror's answer."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE, RULE = "conflict_of_interest", "ck_conflict_of_interest_answered_has_moment"
ANSWERED = "(answer IS NULL) = (answered_at IS NULL)"


def upgrade() -> None:
    """Nobody has named anything yet, and nothing was asked."""
    for name in ("organisations", "related_names"):
        op.add_column("juror", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(TABLE, sa.Column("answer", sa.String(20), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # SQLite takes a rule only with a column.
        op.execute(f"ALTER TABLE {TABLE} ADD COLUMN answered_at DATETIME CONSTRAINT {RULE} CHECK ({ANSWERED})")
        return
    op.add_column(TABLE, sa.Column("answered_at", UtcDateTime(), nullable=True))
    op.create_check_constraint(op.f(RULE), TABLE, ANSWERED)


def downgrade() -> None:
    """Pairs that were blocked stay so; ties of names have no place below, nor have questions."""
    op.execute("DELETE FROM conflict_of_interest WHERE code IN ('same_person', 'organisation', 'same_family_name')")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(RULE), TABLE)
    op.drop_column(TABLE, "answered_at")
    op.drop_column(TABLE, "answer")
    op.drop_column("juror", "related_names")
    op.drop_column("juror", "organisations")
