"""Up, down, up again, with data, on both engines; and no drift between migrations and models."""

from __future__ import annotations

import warnings

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, insert, inspect, select, update

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, ApplicationVersion, Base, Instance, Person, Signature
from gnlc_apply.queries.readiness import newest_migration
from gnlc_apply.services import application as applications
from gnlc_apply.services import schema, signature
from tests import city
from tests.questionnaire import filled
from tests.services.test_consortium import Consortium

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


def test_consortia_keep_what_they_have_on_the_way_down_and_up(database: config.Settings) -> None:
    waiting = Consortium()
    for number in (0, 1):
        waiting.sign(number)
    settled = waiting.begin("Three Hills")
    answers = city.as_sent(filled.consortium())
    applications.save_answers(actor=waiting.owner, reference=settled, raw=answers, versions={})
    signature.ask(actor=waiting.owner, reference=settled, email="mayor@hills.example", name="A", constituent=2)
    applications.submit(actor=waiting.owner, reference=settled)
    with db.writing() as session:
        session.execute(update(Application).where(Application.reference == settled).values(state="eligible"))
    assert signed() == [0, 1]
    assert needed() == {waiting.file: 3, settled: 3}
    schema.downgrade("0001")
    assert {"constituent", "constituent_name"}.isdisjoint(columns("signature") | columns("signature_request"))
    assert "signatures_needed" not in columns("application_version")
    schema.upgrade()
    assert signed() == [0]
    assert needed() == {waiting.file: 3, settled: 1}


def columns(table: str) -> set[str]:
    return {column["name"] for column in inspect(db.engine).get_columns(table)}


def signed() -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(Signature.constituent).order_by(Signature.constituent)))


def needed() -> dict[str, int]:
    query = select(Application.reference, ApplicationVersion.signatures_needed)
    with db.reading() as session:
        rows = session.execute(
            query.join(ApplicationVersion, ApplicationVersion.application_id == Application.id)
        ).all()
    return {row[0]: row[1] for row in rows}
