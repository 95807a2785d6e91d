"""Cells of a table that a spreadsheet program opens: what looks like a formula stays text."""

from __future__ import annotations

import re

# The mark by which programs know that a CSV is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet takes a cell that begins like this for a formula, and would run it.
_FORMULA = frozenset("=+-@\t\r\n")
_BELOW_ZERO = re.compile(r"-[0-9]+(\.[0-9]+)?")


def cell(value: object) -> object:
    """The value as a cell; a text that begins like a formula gets an apostrophe before it. Numbers stay numbers, written out
    or not.
    """
    if not isinstance(value, str) or value[:1] not in _FORMULA or not value or _BELOW_ZERO.fullmatch(value):
        return value
    return f"'{value}"
