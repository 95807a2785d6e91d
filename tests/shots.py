"""A picture of every page: a demonstration is built and served, each kind of person signs in and goes wherever links lead.

``./dev shots`` writes ``shots/<role>/<endpoint>.png`` and prints what was seen, and which pages have no picture and why. It
ends with status 1 when a link led to a page that failed, when a browser complained, or when all roles were walked and a page has
neither a picture nor a reason.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from itertools import islice, product
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.serving import make_server

from gnlc_apply import config, create_app
from gnlc_apply.cli.setup import prepare_instance
from gnlc_apply.extensions import db
from gnlc_apply.scenarios import cast, demo, ground
from gnlc_apply.scenarios.demo_people import who_is_who
from gnlc_apply.services.delivery import deliver
from tests import browser, shots_seeds
from tests.shots_plan import (
    AUDIENCES,
    LOOKS,
    MORE_LOOKS,
    MORE_PICTURES,
    MOST_GUESSES,
    NOT_PICTURED,
    TALLEST,
    unexplained,
)

_HREF = re.compile(r'<a\b[^>]*?\bhref="([^"#][^"]*)"')


@dataclass(frozen=True)
class Look:
    """How pictures are taken."""

    language: str = "en"
    width: int = 1280
    media: str = "screen"
    suffix: str = ""


@dataclass
class Seen:
    """What came of one page."""

    role: str
    endpoint: str
    path: str
    status: int
    size: int = 0
    complaints: list[str] = field(default_factory=list)
    is_guess: bool = False


@dataclass
class Walk:
    """Everything that was seen, and the site it was seen on."""

    app: Flask
    origin: str
    browser: Browser
    look: Look
    folder: Path
    seen: list[Seen] = field(default_factory=list)
    pictures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def endpoint_of(self, path: str) -> str | None:
        """The endpoint behind a path of this site; None where there is no page."""
        try:
            endpoint, _values = self.app.url_map.bind("").match(path, method="GET")
        except (RequestRedirect, HTTPException):
            return None
        return str(endpoint)

    def guesses(self, audiences: Sequence[str], role: str) -> Iterator[str]:
        """Addresses of pages that no link led to (buttons do), filled with the objects of the pages that were seen."""
        values: dict[str, dict[str, None]] = {}
        for seen in self.seen:
            if seen.role == role:
                for name, value in (
                    self.app.url_map.bind("").match(seen.path.partition("?")[0], method="GET")[1].items()
                ):
                    values.setdefault(name, {})[str(value)] = None
        values.setdefault("number", {})["1"] = None
        pictured = {endpoint for _role, endpoint in self.pictures}
        for rule in self.pages(audiences):
            names = sorted(rule.arguments - {"language"})
            if names and rule.endpoint not in pictured:
                for chosen in islice(product(*(values.get(name, {}) for name in names)), MOST_GUESSES):
                    path = rule.rule.replace("<language:language>", self.look.language)
                    for name, value in zip(names, chosen, strict=True):
                        path = re.sub(rf"<(\w+:)?{name}>", value, path)
                    yield path

    def pages(self, audiences: Sequence[str]) -> Iterator[Rule]:
        """All addresses of these audiences that begin with a language."""
        for rule in self.app.url_map.iter_rules():
            methods = rule.methods or set()
            if "GET" in methods and "language" in rule.arguments and rule.endpoint.split(".")[0] in audiences:
                yield rule


class Visit:
    """One person's way through their pages."""

    def __init__(self, walk: Walk, role: str, context: BrowserContext) -> None:
        self.walk, self.role, self.context = walk, role, context
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.queue: deque[tuple[str, bool]] = deque()
        self.known: set[str] = set()
        self.looks: Counter[str] = Counter()

    def sign_in(self, email: str) -> None:
        """Become somebody by the page of invented people."""
        self.page.goto(f"{self.walk.origin}/{self.walk.look.language}/demo/people?search={email}")
        with self.page.expect_navigation():
            self.page.locator("main form[method=post] button").first.click()
        self.complaints.clear()

    def follow(self, paths: Iterable[str], *, is_guess: bool = False) -> None:
        """Keep addresses for later, each once, those of this role's audiences only."""
        for path in paths:
            endpoint = self.walk.endpoint_of(urlsplit(path).path)
            if endpoint and path not in self.known and endpoint.split(".")[0] in AUDIENCES[self.role]:
                self.known.add(path)
                self.queue.append((path, is_guess))

    def go(self) -> None:
        """Open page after page until no link leads on."""
        while self.queue:
            path, is_guess = self.queue.popleft()
            endpoint = self.walk.endpoint_of(urlsplit(path).path) or ""
            wanted = self.walk.pictures[self.role, endpoint] < MORE_PICTURES.get(endpoint, 1)
            is_new = is_guess and not self.walk.pictures[self.role, endpoint]
            if is_new or self.looks[endpoint] < MORE_LOOKS.get(endpoint, LOOKS) + wanted:
                self.looks[endpoint] += 1
                self.open(endpoint, path, is_guess=is_guess, is_wanted=wanted)

    def open(self, endpoint: str, path: str, *, is_guess: bool, is_wanted: bool) -> None:
        """Ask for a page, follow its links, and take its picture where one is wanted."""
        answer = self.context.request.get(self.walk.origin + path, max_redirects=0)
        seen = Seen(self.role, endpoint, path, answer.status, is_guess=is_guess)
        self.walk.seen.append(seen)
        if 300 <= answer.status < 400:
            self.follow([urlsplit(urljoin(path, answer.headers["location"])).path], is_guess=is_guess)
        elif answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            links = (urljoin(path, unescape(href)) for href in _HREF.findall(answer.text()))
            self.follow(link.partition("#")[0] for link in links if link.startswith("/"))
            if is_wanted:
                self.picture(seen)
        elif answer.status == 200:
            seen.size = len(answer.body())
            self.walk.pictures[self.role, endpoint] += 1
            seen.endpoint += f" ({answer.headers['content-type'].partition(';')[0]})"

    def picture(self, seen: Seen) -> None:
        """Write the picture of a page as it is now."""
        look, key = self.walk.look, (self.role, seen.endpoint)
        self.walk.pictures[key] += 1
        number = f"-{self.walk.pictures[key]}" if self.walk.pictures[key] > 1 else ""
        target = self.walk.folder / self.role / f"{seen.endpoint}{number}{look.suffix}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        self.complaints.clear()
        answer = self.page.goto(self.walk.origin + seen.path)
        seen.status = answer.status if answer else 0
        seen.size = len(answer.body()) if answer else 0
        self.page.evaluate(
            "document.documentElement.scrollWidth > innerWidth && console.error('wider than the screen')"
        )
        height = min(TALLEST, int(self.page.evaluate("document.documentElement.scrollHeight")))
        self.page.screenshot(
            path=target, full_page=True, clip={"x": 0, "y": 0, "width": look.width, "height": height}, timeout=60_000
        )
        seen.complaints = list(self.complaints)


def people(role: str) -> list[str | None]:
    """The addresses of those who look at the pages of a role; None is somebody who is not signed in."""
    listed: dict[str, list[str | None]] = {}
    for one in who_is_who():
        listed.setdefault(one.role, []).append(one.email)
    found: dict[str, list[str | None]] = {
        "visitor": [None],
        "city": listed.get("City", []),
        "commission": listed.get("National Commission", []),
        "jury": [*listed.get("Juror", []), *listed.get("Chair", [])],
        "secretariat": [cast.OFFICER, cast.DIRECTOR, cast.SECOND_OFFICER],
        "administrator": [cast.ADMINISTRATOR, cast.DIRECTOR],
    }
    first: list[str | None] = [*shots_seeds.busy(role)]
    return list(dict.fromkeys(first + found[role]))


def walk_as(walk: Walk, role: str) -> None:
    """All pages of one role, by all of its people."""
    for email in people(role):
        context = walk.browser.new_context(viewport={"width": walk.look.width, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        visit = Visit(walk, role, context)
        if email:
            visit.sign_in(email)
        visit.page.emulate_media(media="print" if walk.look.media == "print" else "screen")
        visit.follow(
            (f"/{walk.look.language}{path}" for path in shots_seeds.paths(role, email, walk.pages(AUDIENCES[role]))),
            is_guess=True,
        )
        visit.go()
        visit.follow(walk.guesses(AUDIENCES[role], role), is_guess=True)
        visit.go()
        context.close()


@contextmanager
def served_demo(instance: Path, language: str) -> Iterator[tuple[Flask, str]]:
    """A demonstration (the one that is there, else a new one) on a free port of this machine; application and origin."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    origin = f"http://127.0.0.1:{server.server_port}"
    os.environ |= {"GNLC_INSTANCE": str(instance), "GNLC_PUBLIC_URL": origin, "GNLC_MAIL_BACKEND": "mailbox"}
    os.environ["GNLC_LANGUAGES"] = "en" if language == "en" else f"en,{language}"
    settings = prepare_instance()
    config.use(settings)
    db.create(settings.database_url)
    is_new = not ground.holds_demo()
    if is_new:
        ground.clear(settings)
    server.app = app = create_app(settings)
    if is_new:
        print("Building the demonstration: a minute or so.", file=sys.stderr)
        with app.app_context():
            demo.build(deliver)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield app, origin
    server.shutdown()
    server.server_close()
    db.close()


def report(walk: Walk, roles: Sequence[str]) -> int:
    """Print what was seen; the number of things that are wrong."""
    wrong = 0
    for seen in sorted(walk.seen, key=lambda one: (one.role, one.endpoint)):
        is_bad = bool(seen.complaints) or (seen.status >= 400 and not seen.is_guess)
        wrong += is_bad
        if seen.size or is_bad:
            mark = " <-- " + "; ".join(seen.complaints) if is_bad else ""
            print(f"{seen.role:14}{seen.status:4}{seen.size / 1000:8.0f} kB  {seen.endpoint:58}{seen.path}{mark}")
    pictured = {endpoint for _role, endpoint in walk.pictures}
    audiences = {audience for role in roles for audience in AUDIENCES[role]}
    missing = sorted({rule.endpoint for rule in walk.pages(tuple(audiences))} - pictured)
    answers = {seen.endpoint: f"answered {seen.status} to {seen.path}" for seen in walk.seen}
    for endpoint in missing:
        print(f"no picture: {endpoint}: {NOT_PICTURED.get(endpoint) or answers.get(endpoint, 'no link leads there')}")
    bare = unexplained(missing, roles)
    print(f"{sum(walk.pictures.values())} pages seen, {wrong} wrong, {len(missing)} without a picture")
    if bare:
        print(f"without a picture and without a reason in tests/shots_plan.py: {', '.join(bare)}")
    return wrong + len(bare)


def main() -> int:
    """Take the pictures that were asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="./dev shots", description=__doc__)
    parser.add_argument("--only", action="append", choices=AUDIENCES, help="only this role's pages (may be repeated)")
    parser.add_argument("--narrow", action="store_true", help="at 320 pixels")
    parser.add_argument("--arabic", action="store_true", help="in Arabic")
    parser.add_argument("--print", action="store_true", help="as on paper")
    parser.add_argument("--instance", type=Path, help="a demonstration's folder to use and keep (default: a new one)")
    parser.add_argument("--folder", type=Path, default=Path("shots"), help="where the pictures go")
    wish = parser.parse_args()
    width = 320 if wish.narrow else 794 if wish.print else 1280
    suffix = "".join(f".{name}" for name in ("narrow", "arabic", "print") if getattr(wish, name))
    look = Look("ar" if wish.arabic else "en", width, "print" if wish.print else "screen", suffix)
    roles = wish.only or list(AUDIENCES)
    with (
        tempfile.TemporaryDirectory() as scratch,
        served_demo((wish.instance or Path(scratch)).absolute(), look.language) as (app, origin),
    ):
        with browser.launch() as running:
            walk = Walk(app, origin, running, look, wish.folder)
            for role in roles:
                with app.app_context():
                    walk_as(walk, role)
        return 1 if report(walk, roles) else 0


if __name__ == "__main__":
    sys.exit(main())
