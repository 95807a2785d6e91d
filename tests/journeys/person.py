"""Somebody before a browser of their own: opens pages, fills forms by the names of their fields, presses buttons by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Download, Locator, Page, ViewportSize

from gnlc_apply.core import clock, totp
from tests.journeys.site import Site

PASSWORD = "plum otter lantern seven"
DESKTOP = ViewportSize(width=1280, height=900)
TELEPHONE = ViewportSize(width=360, height=740)
Value = str | bool | Sequence[str]


class Refused(AssertionError):
    """A page was sent and came back with words about what is wrong."""


class Person:
    """One person, one browser: sessions and cookies are theirs alone."""

    def __init__(
        self,
        site: Site,
        name: str,
        email: str,
        *,
        language: str = "en",
        has_password: bool = True,
        on_telephone: bool = False,
    ) -> None:
        self.site, self.name, self.email, self.language = site, name, email, language
        self.has_password = has_password
        self.secret = ""
        context = site.browser.new_context(
            viewport=TELEPHONE if on_telephone else DESKTOP,
            is_mobile=on_telephone,
            has_touch=on_telephone,
            java_script_enabled=site.has_scripts,
        )
        context.set_default_timeout(15_000)
        site.stack.callback(context.close)
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: site.complain(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: site.complain(str(error)))
        self.page.on("response", self._look_at)

    def _look_at(self, response: Any) -> None:
        if response.status >= 500:
            self.site.complaints.append(f"{response.status} for {response.request.method} {response.url}")

    # --- reading ----------------------------------------------------------------------------------------------------

    def status_of(self, path: str) -> int:
        """What the site answers to this path, without going anywhere else."""
        return self.page.request.get(self._address(path), max_redirects=0).status

    def open(self, path: str) -> None:
        """Open a page (a path below the language, or a whole address from a mail), signing in where that is asked."""
        answer = self.page.goto(self._address(path))
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self._let_in()

    def _address(self, path: str) -> str:
        if path.startswith("http"):
            return path
        root = "" if re.match(r"/(\w+\.(csv|json)|cohorts/\S+\.json)$", path) else f"/{self.language}"
        return f"{self.site.origin}{root}{path}"

    @property
    def path(self) -> str:
        """Where this person is, without the language."""
        return urlsplit(self.page.url).path.removeprefix(f"/{self.language}")

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return " ".join(self.page.inner_text("main").split())

    def reads(self, *words: str) -> None:
        """These words stand on the page."""
        text = self.text
        for each in words:
            assert each in text, f"{each!r} is not on {self.path}: {text[:3000]}"

    def does_not_read(self, *words: str) -> None:
        """These words do not stand on the page."""
        for each in words:
            assert each not in self.text, f"{each!r} is on {self.path}"

    # --- acting -----------------------------------------------------------------------------------------------------

    def put(self, name: str, value: Value) -> None:
        """Give one field of the page its value, whatever kind of field it is."""
        fields = self.page.locator(f'main [name="{name}"]:not([type="hidden"])')
        kind = str(fields.first.evaluate("field => field.type"))
        if kind == "radio":
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "checkbox" and isinstance(value, bool | str):
            fields.first.set_checked(bool(value))
        elif kind == "checkbox" and not isinstance(value, bool):
            for box in fields.all():
                box.set_checked(box.get_attribute("value") in list(value))
        elif kind.startswith("select"):
            fields.first.select_option(value if isinstance(value, str) else list(value))  # type: ignore[arg-type]
        else:
            fields.first.fill(str(value))

    def fill(self, **values: Value) -> None:
        """Fill fields by name; two underscores stand for a full stop, ``_DASH_`` for a hyphen."""
        for name, value in values.items():
            self.put(name.replace("_DASH_", "-").replace("__", "."), value)

    def fields(self) -> list[str]:
        """The names of all fields of the page that can be filled."""
        script = "all => [...new Set(all.map(field => field.name))]"
        shown = "main :is(input, select, textarea)[name]:not([type=hidden], [type=file])"
        return list(self.page.locator(shown).evaluate_all(script))

    def _button(self, label: str) -> Locator:
        return self.page.locator("main").get_by_role("button", name=label, exact=True).first

    def press(self, label: str) -> None:
        """Press a button. Proving oneself again on the way, and pressing once more, is part of it.

        Raises Refused with the words of the error summary when the page says that something is wrong.
        """
        self._press_once(label)
        if self._let_in() and self._button(label).count():
            self._press_once(label)
        summary = self.page.locator(".govuk-error-summary")
        if summary.count():
            raise Refused(" ".join(summary.first.inner_text().split()))

    def _press_once(self, label: str) -> None:
        with self.page.expect_navigation():
            self._button(label).click()

    def follow(self, label: str) -> None:
        """Follow a link by its words."""
        link = self.page.locator("main").get_by_role("link", name=label, exact=True).first
        with self.page.expect_navigation():
            link.click()
        self._let_in()

    def download(self, label: str) -> bytes:
        """What is downloaded behind a link or button."""
        with self.page.expect_download() as waiting:
            self.page.locator("main").get_by_role("link", name=label).or_(self._button(label)).first.click()
        taken: Download = waiting.value
        return taken.path().read_bytes()

    # --- coming in --------------------------------------------------------------------------------------------------

    def app_code(self) -> str:
        """What this person's authenticator app shows half a minute later: each code is good once."""
        self.site.pass_time(seconds=31)
        return totp.code_at(self.secret, totp.step_at(clock.now()))

    def come_in(self, link: str) -> None:
        """From a mailed or printed link: set a password (and an app, where the role demands one)."""
        self.open(link)
        if self.page.locator('main [name="name"]').count():
            self.put("name", self.name)
        if self.has_password:
            self.put("password", PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").last.click()
        self._let_in()

    def sign_in(self) -> None:
        """Sign in, or come in by a mailed code where there is no password."""
        self.open("/account/sign-in")

    def _let_in(self) -> bool:
        """Answer what is asked before the page: password or mailed code, app. Says whether anything was asked."""
        asked = {
            "/account/sign-in": self._type_password if self.has_password else self._type_mailed_code,
            "/account/second-factor": self._type_app_code,
            "/account/second-factor/set-up": self._set_up_app,
        }
        was_asked = False
        while self.path in asked:
            was_asked = True
            before = self.page.url
            asked[self.path]()
            assert self.page.url != before, self.text
        return was_asked

    def _send(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").last.click()

    def _type_password(self) -> None:
        self.fill(email=self.email, password=PASSWORD)
        self._send()

    def _type_mailed_code(self) -> None:
        self.page.goto(self._address("/account/code"))
        self.fill(email=self.email)
        self._send()
        self.fill(code=self.site.code(self.email))
        self._send()

    def _type_app_code(self) -> None:
        self.fill(code=self.app_code())
        self._send()

    def _set_up_app(self) -> None:
        self.secret = self.page.locator("main code").first.inner_text().replace(" ", "")
        self.fill(code=self.app_code())
        self._send()
        assert self.page.locator("main ol code").count() == 10, self.text
        self._send()
