"""The mailbox of a demonstration: every message that would have left, with working links."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply import config
from gnlc_apply.core.errors import NotFound
from gnlc_apply.mail import kinds
from gnlc_apply.mail.wording import MailLanguage
from gnlc_apply.queries import mail as queries
from gnlc_apply.web.access import public
from gnlc_apply.web.rendering import render


def _page() -> int:
    page = request.args.get("page", "1")
    return max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1


def _linked(line: str) -> Markup:
    """A line with our own addresses as links: by path only, at whatever port this demonstration is served now."""
    home = rf"(?:{re.escape(config.current().public_url)}|http://(?:127\.0\.0\.1|localhost)(?::\d+)?)"
    parts = re.split(rf"({home}/[^\s\u2068\u2069]*)", line)
    made = [escape(part) for part in parts]
    for at in range(1, len(parts), 2):
        address = urlsplit(parts[at])
        href = address.path + (f"?{address.query}" if address.query else "")
        made[at] = Markup('<a class="govuk-link" href="{}">{}</a>').format(href, parts[at])
    return Markup("").join(made)


def as_blocks(text: str) -> Markup:
    """A message's text in paragraphs, with links that work."""
    blocks = [block for block in re.split(r"\n{2,}", text) if block.strip()]
    return Markup("\n").join(
        Markup('<p class="govuk-body" dir="auto">{}</p>').format(Markup("<br>").join(map(_linked, block.split("\n"))))
        for block in blocks
    )


@public(is_before_second_factor=True)
def page() -> BaseResponse:
    """What has arrived, newest first."""
    query, at = request.args.get("query", "").strip()[:254], _page()
    lines, total = queries.mailbox(query, at)
    return render(lines=lines, total=total, query=query, at=at, has_more=total > at * queries.PAGE_SIZE)


@public(is_before_second_factor=True)
def message(message: str) -> BaseResponse:
    """One message, whole."""
    opened = queries.arrived(message)
    if opened is None:
        raise NotFound()
    direction = MailLanguage(opened.line.language).direction
    return render(message=opened.line, body=as_blocks(opened.body), direction=direction, label=kinds.label)
