"""What acts in a page by itself: scripts and styles that stand in it, handlers of events, addresses that are code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# Where a browser goes or fetches from.
_ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "ping", "xlink:href", "content"}
# Browsers leave these out of an address before they read its scheme.
_BLANKS = re.compile(r"[\x00-\x20]+")
_CODE = ("javascript:", "vbscript:")
# Finds more than what acts, in a hundredth of the time: most pages have nothing of it even as text.
_ANYTHING = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|style\s*=|[\s/\"']on\w+\s*=|s\s*c\s*r\s*i\s*p\s*t\s*:|&#(?!3[49];)|&(?:tab|newline|colon)",
    re.IGNORECASE,
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        for name, value in attrs:
            is_code = name in _ADDRESSES and _BLANKS.sub("", value or "").lower().startswith(_CODE)
            if is_code or name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}={value}")


def inline(page: str) -> list[str]:
    """All that acts without coming from a file of ours; text and the middle of an address only look like it."""
    if not _ANYTHING.search(page):
        return []
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found
