"""Who has taken note of which version of the privacy notice."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_acceptance",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_privacy_acceptance_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_acceptance")),
        sa.UniqueConstraint("person_id", "version", name=op.f("uq_privacy_acceptance_person_id_version")),
    )


def downgrade() -> None:
    """The older shape has no place for it: everybody is asked again after the next upgrade."""
    op.drop_table("privacy_acceptance")
