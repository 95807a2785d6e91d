"""How many statements a page sends: counted in this process, without BEGIN, COMMIT and the look-up of the session
(of who only looks, the person comes with it)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from benchmarks.client import Answer, Ask, WrongAnswer
from benchmarks.ground.building import Facts, enter, settings
from benchmarks.probes import Probe, Scene
from gnlc_apply import create_app
from gnlc_apply.extensions import db

_NOT_COUNTED = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")


class InProcess:
    """Sends requests to the application without a server."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def expect(self, ask: Ask) -> Answer:
        """Send a request. Raises WrongAnswer for any other status than the expected one."""
        browser = self._app.test_client(use_cookies=False)
        headers = Headers({**ask.headers, **({"Cookie": ask.cookie} if ask.cookie else {})})
        values: dict[str, list[str]] = {}
        for name, value in ask.form or ():
            values.setdefault(name, []).append(value)
        how = EnvironBuilder(ask.path, method="GET", headers=headers)
        if ask.form is not None:
            how = EnvironBuilder(ask.path, method="POST", headers=headers, data=values)
        answer = browser.open(how)
        if answer.status_code != ask.status:
            raise WrongAnswer(f"{ask.path} answered {answer.status_code}: {answer.text[:600]}")
        return Answer(answer.status_code, answer.headers, answer.get_data())  # type: ignore[arg-type]  # reads alike


@contextmanager
def _counted() -> Iterator[list[str]]:
    ran: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_NOT_COUNTED) and "web_session" not in statement:
            ran.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@contextmanager
def in_process(folder: Path, facts: Facts) -> Iterator[Scene]:
    """The application over this instance, in this process."""
    enter(folder)
    app = create_app(settings(folder))
    try:
        yield Scene(facts, InProcess(app))
    finally:
        db.close()


def statements(scene: Scene, probe: Probe) -> list[str]:
    """The statements of one request of the probe, once what is kept in the process has been built."""
    for ask in probe.prepare(scene, 1):
        scene.sender.expect(ask)
    return of_one(scene, probe.prepare(scene, 1))


def of_one(scene: Scene, asks: Sequence[Ask]) -> list[str]:
    """The statements of these requests."""
    with _counted() as ran:
        for ask in asks:
            scene.sender.expect(ask)
    return ran
