"""Kinds of message become words: one template per kind and all languages, ``templates/mail/<kind>.txt``.

The first line is ``Subject: …``, then a blank line, then the text. The HTML form is made from the same text, so that the
two say the same; only addresses that a template asked for through ``link()`` become links.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from gnlc_apply import config
from gnlc_apply.core.catalogues import translations
from gnlc_apply.documents.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE
from gnlc_apply.mail.wording import MailLanguage, offered, plain

_KIND = re.compile(r"[a-z][a-z0-9_]*")
# Letters carry their whole text, written in a language of their own; only the foot is ours.
LETTERS = "letter_"
MASK = "********"


@dataclass(frozen=True)
class Rendered:
    """A message in words."""

    subject: str
    body_text: str
    body_html: str
    language: str
    direction: str


@cache
def _environment(language: str) -> Environment:
    # Text, not HTML: escaping happens once, when the HTML form is made from the finished text.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(config.asset_dir("templates") / "mail"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # i18n adds it
    wording = MailLanguage(language)
    environment.filters.update(
        datetime=wording.moment, date=wording.day, number=wording.number, country=wording.country
    )
    return environment


@cache
def _templates(kind: str, language: str) -> tuple[Template, Template]:
    """The compiled subject and text of a kind. Raises ValueError for a template that does not begin with a subject."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"no kind of message: {kind!r}")
    environment = _environment(language)
    source, _name, _is_fresh = environment.loader.get_source(environment, f"{kind}.txt")  # type: ignore[union-attr]  # set above
    first, _, rest = source.partition("\n")
    if not first.startswith("Subject: "):
        raise ValueError(f"templates/mail/{kind}.txt must begin with 'Subject: '")
    return environment.from_string(first.removeprefix("Subject: ")), environment.from_string(rest)


class Links:
    """Addresses of pages, absolute and from the configured public address only; remembers which were asked for."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.made: set[str] = set()

    def __call__(self, endpoint: str, **values: object) -> str:
        """The address of a page; ``language`` is the message's own."""
        public = urlsplit(config.current().public_url)
        urls = current_app.url_map
        adapter = urls.bind(public.netloc, script_name=public.path or "/", url_scheme=public.scheme)
        wanted = {name: plain(value) for name, value in values.items() if value is not None}
        if urls.is_endpoint_expecting(endpoint, "language"):
            wanted.setdefault("language", self.language)
        address = adapter.build(endpoint, wanted, force_external=True)
        self.made.add(address)
        return address


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _with_links(escaped: str, links: set[str]) -> str:
    known = sorted((html.escape(link) for link in links), key=len, reverse=True)
    if not known:
        return escaped
    pattern = re.compile("|".join(re.escape(link) for link in known))
    return pattern.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escaped)


def _block(lines: list[str]) -> str:
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f'<li dir="auto">{line[2:]}</li>' for line in lines) + "</ul>"
    return "<p>" + "<br>\n".join(lines) + "</p>"


def as_html(text: str, links: set[str], language: str, direction: str, title: str = "") -> str:
    """The HTML form of a message's text: escaped, in paragraphs and lists, with the given addresses as links."""
    escaped = _with_links(html.escape(text), links)
    escaped = escaped.replace(FIRST_STRONG_ISOLATE, "<bdi>").replace(POP_ISOLATE, "</bdi>")
    blocks = [block.split("\n") for block in re.split(r"\n{2,}", escaped.strip("\n"))]
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language)}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title></head>\n<body>\n" + "\n".join(map(_block, blocks)) + "\n</body></html>\n"
    )


def _values(kind: str, values: Mapping[str, Any], wording: MailLanguage) -> dict[str, Any]:
    shaped = {name: wording.shaped(value) for name, value in values.items()}
    if not plain(shaped.get("name", "")).strip() and not kind.startswith(LETTERS):
        shaped["name"] = translations(wording.code).gettext("colleague")
    return shaped


def render(kind: str, language: str, values: Mapping[str, Any]) -> Rendered:
    """The words of a message. Needs the application's context, because links are addresses of its pages.

    Raises what Jinja raises for a missing template or value, ValueError for a wrong kind, BuildError for a dead link.
    """
    own = MailLanguage(language if kind.startswith(LETTERS) else offered(language))
    links = Links(offered(language))
    subject, body = _templates(kind, own.code)
    known = {"link": links, "language": own.code, "public_url": config.current().public_url}
    shaped = _values(kind, values, own)
    title = _one_line(subject.render({**shaped, **known}))
    foot = _environment(own.code).get_template("_foot.txt").render(known)
    text = body.render({**shaped, **known}).strip("\n") + "\n\n" + foot.strip("\n") + "\n"
    text = re.sub(r"\n{3,}", "\n\n", text)
    return Rendered(title, text, as_html(text, links.made, own.code, own.direction, title), own.code, own.direction)
