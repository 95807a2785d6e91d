"""The ground of the access matrix, built once per session and copied for each test."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.services import schema
from tests.access import building, matrix
from tests.access.asking import Asker
from tests.access.ground import Ground
from tests.conftest import NOW


@pytest.fixture(scope="session")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The ground with everybody let in: a dozen seconds."""
    folder = tmp_path_factory.mktemp("access")
    path = folder / "gnlc.sqlite3"
    shutil.copyfile(sqlite_template, path)
    (folder / "attachments").mkdir()
    with clock.at(NOW):
        app = Ground(path).opened()
        schema.mark(is_demo=False)
        ground = building.build(path)
        Asker(ground, app).enter(matrix.ROLES)
        db.close()
    return ground


@pytest.fixture
def ground(built: Ground, tmp_path: Path) -> Iterator[Ground]:
    """A copy of it, with the clock where it was built."""
    with clock.at(NOW):
        yield built.copied(tmp_path / "ground")
        db.close()


@pytest.fixture
def asker(ground: Ground) -> Asker:
    """The application on that copy, ready to be asked by everybody."""
    return Asker(ground, ground.opened())


@pytest.fixture
def origin(asker: Asker) -> Iterator[str]:
    """The application on the loopback, for a browser."""
    server = make_server("127.0.0.1", 0, asker.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
