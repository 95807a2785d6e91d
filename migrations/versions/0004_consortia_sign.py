"""A consortium's constituents sign too: a link and a signature each, and how many signatures a version needs."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LIVE = sa.text("voided_at IS NULL AND refused_at IS NULL")
NAMED = "constituent >= 0 AND (constituent = 0) = (constituent_name = '')"
TABLES = ("signature_request", "signature")
# Found eligible with what was needed then: such a file does not go back to collect more.
SETTLED = ("eligible", "in_review", "admitted", "not_admitted")


def upgrade() -> None:
    """Add the columns, say what the versions at hand need, and let each constituent have a live signature of its own."""
    op.add_column(
        "application_version", sa.Column("signatures_needed", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column(
        "signature_request", sa.Column("is_shared_address", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for table in TABLES:
        op.add_column(table, sa.Column("constituent", sa.Integer(), nullable=False, server_default="0"))
        _add_name(table)
    _say_what_is_needed()
    op.drop_index("uq_signature_live", table_name="signature", sqlite_where=LIVE, postgresql_where=LIVE)
    _create_live_index("application_id", "constituent")


def downgrade() -> None:
    """Signatures of constituents have no place below: they go, with their links and codes."""
    op.drop_index("uq_signature_live", table_name="signature", sqlite_where=LIVE, postgresql_where=LIVE)
    op.execute(
        "DELETE FROM one_time_token WHERE signature_request_id IN"
        " (SELECT id FROM signature_request WHERE constituent > 0)"
    )
    op.execute("DELETE FROM signature WHERE constituent > 0")
    op.execute("DELETE FROM signature_request WHERE constituent > 0")
    for table in reversed(TABLES):
        # The name first: in SQLite the rule belongs to it.
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(op.f(f"ck_{table}_constituent_is_named"), table)
        op.drop_column(table, "constituent_name")
        op.drop_column(table, "constituent")
    op.drop_column("signature_request", "is_shared_address")
    op.drop_column("application_version", "signatures_needed")
    _create_live_index("application_id")


def _add_name(table: str) -> None:
    """The name with the rule that a constituent, and nothing else, has one. SQLite takes a rule only with a column."""
    rule = f"ck_{table}_constituent_is_named"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN constituent_name VARCHAR(200) DEFAULT '' NOT NULL"
            f" CONSTRAINT {rule} CHECK ({NAMED})"
        )
        return
    op.add_column(table, sa.Column("constituent_name", sa.String(200), nullable=False, server_default=""))
    op.create_check_constraint(op.f(rule), table, NAMED)


def _create_live_index(*columns: str) -> None:
    op.create_index(
        "uq_signature_live", "signature", list(columns), unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def _say_what_is_needed() -> None:
    """Versions of consortia that still have to be signed need one signature more for each constituent."""
    bind = op.get_bind()
    version = sa.table("application_version", *map(sa.column, ("id", "application_id", "content", "signatures_needed")))
    application = sa.table("application", *map(sa.column, ("id", "state", "returned_from")))
    rows = bind.execute(
        sa.select(version.c.id, version.c.content)
        .join(application, application.c.id == version.c.application_id)
        .where(
            version.c.content.contains('"consortium"'),
            application.c.state.not_in(SETTLED),
            sa.or_(application.c.returned_from.is_(None), application.c.returned_from.not_in(SETTLED)),
        )
    ).all()
    for row in rows:
        answers = json.loads(row.content)["answers"]
        if answers.get("city.kind") != "consortium":
            continue
        named = (key.split(".") for key in answers if key.startswith("constituents."))
        numbers = {number for _group, number, part in named if part in ("name_latin", "name_local")}
        bind.execute(sa.update(version).where(version.c.id == row.id).values(signatures_needed=1 + len(numbers)))
