"""An installation that was restored is held until somebody releases it."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("instance") as table:
        table.add_column(sa.Column("held_since", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("restored_from", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("instance") as table:
        table.drop_column("restored_from")
        table.drop_column("held_since")
