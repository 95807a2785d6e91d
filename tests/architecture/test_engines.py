"""The tests' own PostgreSQL: copies are independent, a server is shared while somebody needs it, and none is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests import engines

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        engines.postgresql_url() is None and not os.environ.get("GNLC_REQUIRE_ALL"),
        reason="there is no PostgreSQL here",
    ),
]


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, which knows nothing of this run's server unless told."""
    ours = {"GNLC_TEST_SERVER_FOLDER", "PYTEST_XDIST_TESTRUNUID", "GNLC_TEST_DATABASE_URL"}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    command = [sys.executable, "-c", f"from tests import engines\n{code}"]
    return subprocess.run(
        command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False, timeout=90
    )


def folder_of(url: str) -> Path:
    return Path(str(make_url(url.strip()).query["host"]))


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_a_copy_has_what_its_template_has_and_goes_its_own_way() -> None:
    template = engines.fresh_database()
    rows(template, "CREATE TABLE city AS SELECT 'Évora' AS name")
    copy = engines.fresh_database(template)
    rows(copy, "INSERT INTO city VALUES ('Łódź')")
    assert rows(copy, "SELECT name FROM city ORDER BY 1") == [("Évora",), ("Łódź",)]
    assert rows(template, "SELECT name FROM city") == [("Évora",)]
    for url in (copy, template):
        engines.drop_database(url)
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            rows(url, "SELECT 1")


def test_a_database_that_is_not_ours_is_not_dropped() -> None:
    with pytest.raises(ValueError, match="'postgres' was not made by fresh_database"):
        engines.drop_database("postgresql+psycopg://postgres@/postgres")


def test_a_server_goes_when_the_last_process_that_used_it_ends() -> None:
    ended = python("print(engines.postgresql_url())")
    assert ended.returncode == 0, ended.stderr
    assert not folder_of(ended.stdout).exists()


def test_two_processes_of_one_run_share_a_server() -> None:
    second = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'from tests import engines; print(engines.postgresql_url())'])"
    shared = python(
        f"print(engines.postgresql_url(), flush=True)\n{second}\nengines.drop_database(engines.fresh_database())"
    )
    assert shared.returncode == 0, shared.stderr
    assert len(shared.stdout.split()) == 2
    assert len(set(shared.stdout.split())) == 1
    assert not folder_of(shared.stdout.split()[0]).exists()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for servers that no other run sweeps, which the server's user may enter and whose name is short."""
    with tempfile.TemporaryDirectory(prefix="gnlc-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def test_the_server_of_a_killed_run_is_cleared_away_by_the_next(place: Path) -> None:
    first, second = (place / f"gnlc-pg-{os.getuid()}-{name}" for name in ("first", "second"))
    code = "import os, signal\nprint(engines.postgresql_url(), flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    killed = python(code, GNLC_TEST_SERVER_FOLDER=str(first))
    assert killed.returncode == -9
    assert folder_of(killed.stdout) == first
    server = int((first / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    assert Path(f"/proc/{server}/exe").exists()
    assert python("engines.postgresql_url()", GNLC_TEST_SERVER_FOLDER=str(second)).returncode == 0
    assert list(place.iterdir()) == []
    assert not Path(f"/proc/{server}/exe").exists()


def test_a_server_given_from_outside_is_taken() -> None:
    given = "postgresql+psycopg://somebody@db.example/postgres"
    taken = python("print(engines.postgresql_url())", GNLC_TEST_DATABASE_URL=given)
    assert taken.stdout.strip() == given
