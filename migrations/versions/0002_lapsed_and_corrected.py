"""A time to object can lapse; the texts of a cohort are part of what is locked, and their corrections are kept."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("objection") as objection:
        objection.add_column(sa.Column("lapsed_at", UtcDateTime(), nullable=True))
        objection.create_check_constraint(op.f("ck_objection_one_end"), "objected_at IS NULL OR lapsed_at IS NULL")
    # A list that is locked now has no hash of its texts: it cannot be announced before two persons unlock it.
    op.add_column("cohort", sa.Column("texts_hash", sa.String(length=64), nullable=True))
    op.add_column("cohort", sa.Column("armed_texts_hash", sa.String(length=64), nullable=True))
    op.create_table(
        "text_correction",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("corrected_at", UtcDateTime(), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_text_correction_has_reason")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_text_correction_cohort_id")),
        sa.ForeignKeyConstraint(["corrected_by_id"], ["person.id"], name=op.f("fk_text_correction_corrected_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_correction")),
    )
    op.create_index(op.f("ix_text_correction_cohort_id"), "text_correction", ["cohort_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_text_correction_cohort_id"), table_name="text_correction")
    op.drop_table("text_correction")
    op.drop_column("cohort", "armed_texts_hash")
    op.drop_column("cohort", "texts_hash")
    # A time that lapsed is over: without the column its end says so.
    op.execute("UPDATE objection SET due_at = lapsed_at WHERE lapsed_at IS NOT NULL AND lapsed_at < due_at")
    with op.batch_alter_table("objection") as objection:
        objection.drop_constraint(op.f("ck_objection_one_end"), type_="check")
        objection.drop_column("lapsed_at")
