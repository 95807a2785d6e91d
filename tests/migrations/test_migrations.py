"""Up, down, up again, with data, on both engines; and no drift between migrations and models."""

from __future__ import annotations

import warnings

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, insert, inspect, select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Base, Instance, Person
from gnlc_apply.queries.readiness import newest_migration
from gnlc_apply.services import schema

pytestmark = pytest.mark.postgres


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_down_to_nothing_and_up_again(database: config.Settings) -> None:
    with db.writing() as session:
        row = {"email": "a@example.org", "name": "Añá", "language": "en", "organisation": "", "created_at": clock.now()}
        session.execute(insert(Person), [row])
    assert tables() == set(Base.metadata.tables)
    schema.downgrade("base")
    assert tables() == set()
    schema.upgrade()
    assert tables() == set(Base.metadata.tables)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_upgrading_twice_changes_nothing(database: config.Settings) -> None:
    schema.upgrade()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 1


def test_models_and_migrations_agree(database: config.Settings) -> None:
    with warnings.catch_warnings(), db.engine.connect() as connection:
        # SQLite cannot reflect indexes over expressions; PostgreSQL compares them.
        warnings.filterwarnings("ignore", message=".*expression-based index.*")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_newest_migration_is_the_head(database: config.Settings) -> None:
    with db.reading() as session, db.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest_migration()
        session.close()
