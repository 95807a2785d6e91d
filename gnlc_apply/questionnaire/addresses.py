"""Addresses people type: of pages, of mailboxes, of telephones. Judged by their shape only, never fetched or tried."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from gnlc_apply.core.text import Text

LONGEST_URL = 2000
_LONGEST_EMAIL = 254

# A scheme is a word and a colon; "example.org:8080" is a host with a port.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?!\d)")
_REFUSED_CHARACTERS = re.compile(r"[\s\\<>\"`{}|^]")
_HOST = re.compile(r"(?!-)[^\s@/:?#%&=+,;!$'()*\[\]]+(?<!-)\.[^\s@/:?#%.\d][^\s@/:?#%.]*\.?")
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\.]+(?:\.[^\s@<>,;:\"()\[\]\\.]+)*@[^\s@<>,;:\"()\[\]\\]+")
_PHONE = re.compile(r"\+?[\d()/.\-\s]+(?:(?:ext\.?|x|#)\s?\d{1,6})?", re.IGNORECASE)


def complete_url(typed: str) -> str:
    """What was typed, with ``https://`` in front when no scheme was given."""
    return typed if not typed or "://" in typed or _SCHEME.match(typed) else f"https://{typed}"


def url_trouble(url: str) -> Text | None:
    """Why this cannot be linked to, or None. Only http and https, with a public host and without credentials."""
    if len(url) > LONGEST_URL:
        return Text("The address must have %(limit)s characters or fewer", limit=LONGEST_URL)
    # Not printable: controls, invisible and direction marks, which make an address look like another one.
    if _REFUSED_CHARACTERS.search(url) or not url.isprintable():
        return Text("The address must not contain spaces or special characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return Text("Enter the address of a page, such as https://www.example.org")
    if parts.scheme not in {"http", "https"}:
        return Text("The address must begin with https:// or http://")
    if "@" in parts.netloc:
        return Text("The address must not contain a user name or password")
    if port == 0 or not (_HOST.fullmatch(host) or _is_public_address(host)):
        return Text("Enter the address of a page, such as https://www.example.org")
    return None


def is_safe_url(url: object) -> bool:
    """Whether a kept answer may become a link on a page: unfinished answers are kept, but not all may be linked."""
    return isinstance(url, str) and url_trouble(url) is None


def is_email(text: str) -> bool:
    """Whether the text has the shape of one e-mail address; international letters are welcome."""
    if len(text) > _LONGEST_EMAIL or not text.isprintable() or not _EMAIL.fullmatch(text):
        return False
    mailbox, _, host = text.partition("@")
    return len(mailbox) <= 64 and _HOST.fullmatch(host) is not None and not host.endswith(".") and ".." not in host


def is_phone(text: str) -> bool:
    """Whether the text looks like one telephone number, with 5 to 15 digits and perhaps an extension."""
    digits = sum(character.isdecimal() for character in re.split(r"ext|x|#", text, maxsplit=1, flags=re.IGNORECASE)[0])
    return _PHONE.fullmatch(text) is not None and 5 <= digits <= 15


def _is_public_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return False
