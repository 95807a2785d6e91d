"""What a reader of a page sees: its words, each with whether a translator could have reached it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from gnlc_apply.core.catalogues import CLOSE, OPEN

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "template", "svg"}
SPOKEN = ("aria-label", "alt", "placeholder", "title", "data-template")
# Codes that are the same in every language: references of things, file endings, time zones, addresses of pages.
_CODE = re.compile(
    r"\b(?:[A-Z]{1,6}-[A-Z0-9-]+|gnlc-[a-z]+-\d+|PDF|CSV|JSON|UTC|GMT|[A-Z][A-Za-z_]+/[A-Za-z_/+-]+|https?://\S+)"
)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass
class Form:
    """A form that is sent: where to (empty: the page itself), what its page put in, and whether somebody fills anything."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    is_filled: bool = False


class Page(HTMLParser):
    """Reads a page and keeps what stands outside the brackets of the pseudo-language and is nobody's data."""

    def __init__(self, text: str, known: Iterable[str] = ()) -> None:
        """``known``: people's own words, and names that CLDR gives, which stand on the page as they are."""
        super().__init__(convert_charrefs=True)
        self.known = sorted(known, key=len, reverse=True)
        self.stack: list[tuple[str, bool]] = []
        self.depth = 0
        self.wild: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.open_form = Form("")
        self.feed(text)

    @staticmethod
    def _is_data(tag: str, attributes: dict[str, str | None]) -> bool:
        """People's own words, names of languages, and what is not read aloud."""
        is_marked = attributes.get("dir") == "auto" and tag not in ("html", "body")
        return (
            tag in SILENT or tag in ("bdi", "code", "textarea") or is_marked or ("lang" in attributes and tag != "html")
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; its spoken attributes are words too."""
        attributes = dict(attrs)
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"] or "")
        self._note_form(tag, attributes)
        is_data = self._is_data(tag, attributes) or any(data for _, data in self.stack)
        if not is_data:
            for name in SPOKEN:
                self._keep(self._outside(attributes.get(name) or ""), f"{name} of <{tag}>")
        if tag not in VOID:
            self.stack.append((tag, is_data))

    def _note_form(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "form":
            is_sent = (attributes.get("method") or "").lower() == "post"
            # Fields of a form that only asks are gathered too, and thrown away with it.
            self.open_form = Form(attributes.get("action") or "")
            self.forms += [self.open_form] if is_sent else []
        elif tag in ("input", "select", "textarea") and self.forms:
            if attributes.get("type") == "hidden":
                self.open_form.values[attributes.get("name") or ""] = attributes.get("value") or ""
            elif attributes.get("type") not in ("submit", "button"):
                self.open_form.is_filled = True

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and with it what was left open inside."""
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at][0] == tag:
                del self.stack[at:]
                return

    def handle_data(self, data: str) -> None:
        """Words between elements; a bracket may open in one element and close in another."""
        outside = []
        for sign in data:
            if sign == OPEN:
                self.depth += 1
            elif sign == CLOSE:
                self.depth -= 1
            elif self.depth == 0:
                outside.append(sign)
        # A choice cannot hold markup: what follows a translated label and a colon is somebody's answer.
        is_answer = bool(self.stack) and self.stack[-1][0] == "option" and f"{CLOSE}: " in data
        if not is_answer and not any(is_data for _, is_data in self.stack):
            self._keep("".join(outside), f"<{self.stack[-1][0] if self.stack else 'page'}>")

    @staticmethod
    def _outside(text: str) -> str:
        while OPEN in text and CLOSE in text:
            text = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)
        return text

    def _keep(self, words: str, where: str) -> None:
        bare = _CODE.sub("", words)
        for name in self.known:
            bare = bare.replace(name, "")
        if _LETTER.search(bare):
            self.wild.append(f"{where}: {' '.join(words.split())}")
