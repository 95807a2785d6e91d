"""Reading the order of a desk's rows off its page."""

from __future__ import annotations

import re


def order_on(page: str) -> list[str]:
    """The places in the order of the rows."""
    return re.findall(r'<a class="govuk-link" href="/en/commission/files/[^"]+"><bdi>([^<]+)</bdi></a>', page)
