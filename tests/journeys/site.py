"""A living site for the journeys: served on the loopback, its mail in a real server's hands, its clock in ours."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from gnlc_apply import config, create_app
from gnlc_apply.cli.accounts import accounts
from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries import instance
from gnlc_apply.scenarios.rehearsal import shipped_states
from gnlc_apply.scenarios.worker import Worker
from gnlc_apply.services import member, schema
from tests import smtp_sink
from tests.smtp_sink import Sink, Taken

_CODE = re.compile(r"^\d{8}$", re.MULTILINE)
# The browser says this of every page that is rightly refused; what such a page says is looked at by the story.
_EXPECTED = "Failed to load resource"


@dataclass
class Site:
    """The application as people meet it; ``has_scripts``: whether the browsers that come run JavaScript."""

    app: Flask
    origin: str
    sink: Sink
    browser: Browser
    stack: ExitStack
    complaints: list[str] = field(default_factory=list)
    has_scripts: bool = True

    # --- time -------------------------------------------------------------------------------------------------------

    def go_to(self, moment: datetime) -> None:
        """The clock of the whole site goes on to this moment; it never goes back."""
        assert moment >= clock.now(), f"{moment} has passed"
        self.stack.enter_context(clock.at(moment))

    def pass_time(self, **how_long: float) -> None:
        """So much later (as ``timedelta`` has it)."""
        self.go_to(clock.now() + timedelta(**how_long))

    # --- mail -------------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """What the worker does when it comes round: announce what is due, let deadlines pass, deliver all mail."""
        with self.app.app_context():
            tally = Worker().drain()
            db.release()
        assert tally.failed == 0, "a message could not be delivered"

    def mails(self, to: str) -> list[Taken]:
        """All messages that reached an address, the oldest first."""
        self.work()
        return [taken for taken in self.sink.taken if taken.recipients == [to]]

    def mail(self, to: str) -> str:
        """The words of the newest message to an address, its subject in the first line."""
        found = self.mails(to)
        assert found, f"no mail has reached {to}"
        message = found[-1].message
        body = message.get_body(("plain",))
        assert body is not None
        words = str(body.get_content()).replace("\r\n", "\n")
        return f"{message['Subject']}\n{words}"

    def link(self, to: str) -> str:
        """The first address of a page in the newest message to somebody."""
        words = self.mail(to)
        found = re.search(re.escape(self.origin) + r"/\S+", words)
        assert found, f"no link in: {words}"
        return found.group()

    def code(self, to: str) -> str:
        """The code in the newest message to somebody."""
        words = self.mail(to)
        found = _CODE.search(words)
        assert found, f"no code in: {words}"
        return found.group()

    # --- people -----------------------------------------------------------------------------------------------------

    def account(self, email: str, name: str, role: str) -> str:
        """``gnlc accounts create``: the printed link that sets the password."""
        made = self.app.test_cli_runner().invoke(accounts, ["create", email, "--name", name, "--role", role])
        db.release()
        assert made.exit_code == 0, made.output
        found = re.search(re.escape(self.origin) + r"/\S+", made.output)
        assert found, made.output
        return found.group()

    def complain(self, what: str) -> None:
        """Keep what a browser complained of, unless it says only that a page was refused."""
        if _EXPECTED not in what:
            self.complaints.append(what)


@contextmanager
def serving(settings: config.Settings, folder: Path, browser: Browser) -> Iterator[Site]:
    """The application on a free port, with the states of UNESCO and nobody in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as stack:
        sink = stack.enter_context(smtp_sink.running(folder))
        server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
        origin = f"http://127.0.0.1:{server.server_port}"
        mail = sink.settings(reply_to="office@network.example")
        instance.forget()
        server.app = app = create_app(replace(settings, public_url=origin, mail=mail))
        stack.callback(db.close)
        schema.mark(is_demo=False)
        member.import_states(actor=SYSTEM, rows=shipped_states())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        site = Site(app, origin, sink, browser, stack)
        yield site
        server.shutdown()
        thread.join()
        server.server_close()
