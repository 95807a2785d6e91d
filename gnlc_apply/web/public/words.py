"""What the public pages share: addresses with other filters, the words of form and guide, whom to write to."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_time, get_timezone_name
from flask import request
from flask_babel import get_translations

from gnlc_apply import config
from gnlc_apply.documents.wording import Wording
from gnlc_apply.web import languages
from gnlc_apply.web.rendering import own_args
from gnlc_apply.web.template_functions import address_of

# In the part of an address behind the question mark, as Flask writes it.
_AS_THEY_ARE = "!$'()*,/:;?@"


def address(**changes: str | int | None) -> str:
    """This page with other filters in its address; None or nothing takes one out."""
    wanted = {name: value for name, value in {**own_args(), **changes}.items() if value not in (None, "")}
    here = address_of(request.endpoint or "", **(request.view_args or {}))
    return f"{here}?{urlencode(wanted, safe=_AS_THEY_ARE)}" if wanted else here


def wording() -> Wording:
    """The language of this request, as documents and forms take it."""
    return Wording(str(languages.locale_of(languages.code())), say)


def say(msgid: str) -> str:
    """A text of the form or the guide in the language of this request; nothing stays nothing."""
    return str(get_translations().ugettext(msgid)) if msgid else ""


def minute(moment: datetime, zone: str) -> str:
    """Date and time to the minute in a time zone that stands beside it in words."""
    there, locale = moment.astimezone(ZoneInfo(zone)), languages.locale_of(languages.code())
    clock_time = format_time(there, "short", tzinfo=ZoneInfo(zone), locale=locale)
    return f"{languages.day(there.date())}, {clock_time}"


def zone_name(zone: str, moment: datetime) -> str:
    """The name that a time zone has at that moment (summer time or not), in the language of this request."""
    there = moment.astimezone(ZoneInfo(zone))
    return str(get_timezone_name(there, locale=languages.locale_of(languages.code())))


def contact() -> str:
    """The address to which people write about this installation."""
    mail = config.current().mail
    return (mail.reply_to or mail.sender).rpartition("<")[2].rstrip(">")
