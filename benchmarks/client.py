"""A light client: one connection that stays open, one cookie, no pictures."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

_FIELD = re.compile(
    r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<(?:input|textarea|select|button)\b|</form>)", re.DOTALL
)
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
_CHOSEN = re.compile(r'<option value="([^"]*)"[^>]* selected')


class WrongAnswer(AssertionError):
    """A measured request was answered in another way than it must be."""


@dataclass(frozen=True)
class Ask:
    """One request, and the status that its answer must have."""

    path: str
    cookie: str = ""
    form: Sequence[tuple[str, str]] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Client:
    """A connection to a server at a port of this machine."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(self, ask: Ask) -> Answer:
        """Send a request; the connection is opened again where the server closed it."""
        body = urlencode(ask.form).encode() if ask.form is not None else None
        headers = {**ask.headers}
        if ask.cookie:
            headers["Cookie"] = ask.cookie
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method = "GET" if body is None else "POST"
        try:
            return self._once(method, ask.path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()
            return self._once(method, ask.path, body, headers)

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, path, body, dict(headers))
        response = self._connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def expect(self, ask: Ask) -> Answer:
        """Send a request. Raises WrongAnswer for any other status than the expected one."""
        answer = self.send(ask)
        if answer.status != ask.status:
            raise WrongAnswer(f"{ask.path} answered {answer.status} instead of {ask.status}: {answer.text[:600]}")
        return answer

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def fields_of(page: str, action: str | None = None) -> list[tuple[str, str]]:
    """What a browser would send of the page's form (the one with this action, else the last that posts)."""
    forms = re.findall(r"<form\b([^>]*)>(.*?</form>)", page, re.DOTALL)
    posting = [(head, body) for head, body in forms if 'method="post"' in head and (not action or action in head)]
    if not posting:
        raise WrongAnswer("there is no form on this page")
    found: list[tuple[str, str]] = []
    for tag, head, rest in _FIELD.findall(posting[-1][1]):
        attributes = dict(_ATTRIBUTE.findall(head))
        name, kind = attributes.get("name"), attributes.get("type", "")
        if not name or (kind in ("radio", "checkbox") and "checked" not in attributes) or kind in ("file", "submit"):
            continue
        found.append((unescape(name), _value(tag, attributes, rest)))
    return found


def _value(tag: str, attributes: Mapping[str, str], rest: str) -> str:
    if tag == "textarea":
        return unescape(rest.partition("</textarea>")[0]).removeprefix("\n")
    if tag == "select":
        chosen = _CHOSEN.search(rest)
        return unescape(chosen.group(1)) if chosen else ""
    return unescape(attributes.get("value", "on" if attributes.get("type") == "checkbox" else ""))
