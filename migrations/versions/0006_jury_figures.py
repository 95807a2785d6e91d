"""The jury's figures of a call are kept as they were computed."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jury_figures",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "computed",
                "not_comparable",
                "failed",
                name="figuresstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("jurors", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'computed') = (reason = '')", name=op.f("ck_jury_figures_why_not")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_jury_figures_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jury_figures")),
        sa.UniqueConstraint("call_id", name=op.f("uq_jury_figures_call_id")),
    )


def downgrade() -> None:
    """Nothing is lost: figures are computed anew from the scores after the next upgrade; the minutes keep their own."""
    op.drop_table("jury_figures")
