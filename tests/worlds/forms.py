"""Forms as they stand on pages: found, filled with something plausible, and sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_WORDS = "Words for the file, twice read."
_FILLED = {
    "email": "new.colleague@kisumu.example",
    "date": "2027-03-20",
    "time": "12:00",
    "number": "3",
    "url": "https://a.example",
}


@dataclass
class Form:
    """A form that acts: where it goes and what it would send."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    takes_files: bool = False

    @property
    def name(self) -> tuple[str, tuple[str, ...]]:
        """What makes it this form and no other, without the marks that differ each time."""
        plain = {k: v for k, v in self.values.items() if k not in ("csrf_token", "idempotency_key")}
        return self.action, tuple(f"{k}={v}" for k, v in sorted(plain.items()))


class _Finder(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found = address, []  # type: tuple[str, list[Form]]
        self.form: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.form = Form(given.get("action") or self.address)
            self.found.append(self.form)
        elif self.form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self.form is not None
        name, values = given.get("name", ""), self.form.values
        if tag == "input" and name:
            self._input(given, name)
        elif tag == "textarea" and name:
            values[name] = [_WORDS]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and given.get("value") and self.select not in values:
            values[self.select] = [given["value"]]
        elif tag == "button" and name and name not in values:
            values[name] = [given.get("value", "")]

    def _input(self, given: dict[str, str], name: str) -> None:
        assert self.form is not None
        kind, values = given.get("type", "text"), self.form.values
        if kind == "file":
            self.form.takes_files = True
        elif kind == "radio":
            values.setdefault(name, [given.get("value", "")])
        elif kind == "checkbox":
            values.setdefault(name, []).append(given.get("value", "y"))
        else:
            values[name] = [given.get("value") or _FILLED.get(kind, _FILLED["email"] if "email" in name else _WORDS)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def forms_of(address: str, page: str) -> list[Form]:
    """The forms of a page that act."""
    finder = _Finder(address)
    finder.feed(page)
    return finder.found


def settled(text: str, known: str) -> str:
    """The text with every reference number that was made meanwhile replaced; those of ``known`` stay."""
    return re.sub(r"\b[A-Z]+(?:-\d{4})?-[0-9A-HJ-NP-TV-Y]{5,8}\b", lambda m: m[0] if m[0] in known else "NEW", text)
