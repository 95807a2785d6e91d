"""What cities read of the jury's reading stands in a table of its own; the column beside the decision goes."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_application = sa.table("application", sa.column("id"), sa.column("language"))
_decision = sa.table(
    "decision",
    *(sa.column(name) for name in ("application_id", "outcome", "feedback", "prepared_at", "prepared_by_id")),
)


def upgrade() -> None:
    feedback = op.create_table(
        "feedback",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("approved", "not_approved", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=True),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_feedback_has_words")),
        sa.CheckConstraint("(basis = '') = (drafted_at IS NULL)", name=op.f("ck_feedback_draft_has_basis")),
        sa.CheckConstraint("drafted_at IS NOT NULL OR edited_at IS NOT NULL", name=op.f("ck_feedback_has_moment")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_feedback_application_id")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["person.id"], name=op.f("fk_feedback_edited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("application_id", name=op.f("uq_feedback_application_id")),
    )
    # Texts that a way back through this migration has kept beside their decisions.
    kept = (
        sa.select(
            _decision.c.application_id,
            _decision.c.outcome,
            _application.c.language,
            _decision.c.feedback,
            sa.literal(1),
            sa.literal(""),
            sa.literal({}, sa.JSON()),
            _decision.c.prepared_at,
            _decision.c.prepared_by_id,
        )
        .join_from(_decision, _application, _application.c.id == _decision.c.application_id)
        .where(_decision.c.feedback != "")
    )
    columns = ["application_id", "outcome", "language", "body", "revision", "basis", "grounds", "edited_at"]
    op.execute(sa.insert(feedback).from_select([*columns, "edited_by_id"], kept))
    op.drop_column("decision", "feedback")


def downgrade() -> None:
    """The texts move beside their decisions; what they were drafted of, and texts for another decision, have no place there."""
    op.add_column("decision", sa.Column("feedback", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE decision SET feedback = coalesce((SELECT body FROM feedback"
        " WHERE feedback.application_id = decision.application_id AND feedback.outcome = decision.outcome), '')"
    )
    op.drop_table("feedback")
