"""Somebody without a mouse: walks a page with the tab key, fills what has the focus, presses what has the focus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

MOST_STOPS = 300
_HERE = """() => {
    const at = document.activeElement;
    return {
        name: at.name || "", kind: at.type || at.tagName.toLowerCase(), value: at.value || "", is_ticked: !!at.checked,
        words: (at.innerText || "").trim(), is_page: at === document.body,
    };
}"""


@dataclass(frozen=True)
class Stop:
    """What has the focus."""

    name: str
    kind: str
    value: str
    is_ticked: bool
    words: str
    is_page: bool


class Keys:
    """A page, and a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def here(self) -> Stop:
        """What has the focus now."""
        return Stop(**self.page.evaluate(_HERE))

    def fill_and_press(self, values: Mapping[str, str], button: str) -> None:
        """Walk through the page once: give each field its value on the way, and press the button or link with these words."""
        left = dict(values)
        for _stop in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.here()
            if here.name in left and self._take(here, left[here.name]):
                del left[here.name]
            if here.words == button:
                assert left == {}, f"not reached before {button}: {left}"
                with self.page.expect_navigation():
                    self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"{button!r} is not reached with the tab key; left to fill: {left}")

    def _take(self, here: Stop, wanted: str) -> bool:
        keyboard = self.page.keyboard
        if here.kind == "radio":
            for _choice in range(20):
                if (now := self.here()).value == wanted:
                    if not now.is_ticked:
                        keyboard.press("Space")
                    return self.here().is_ticked
                keyboard.press("ArrowDown")
            return False
        if here.kind == "checkbox":
            if here.is_ticked is not bool(wanted):
                keyboard.press("Space")
            return self.here().is_ticked is bool(wanted)
        keyboard.press("ControlOrMeta+a")
        keyboard.type(wanted)
        return self.here().value == wanted
