"""``column IN (...)`` for however many values: one parameter instead of one for each."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, String, any_, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from gnlc_apply.extensions import db


def among(column: InstrumentedAttribute[Any], values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """Whether a column (numbers or words) has one of these values.

    A list of its own parameters would break at the number that either engine takes (65,535 on PostgreSQL), and is put together
    anew for every length.
    """
    if db.dialect == "sqlite":
        listed = func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
        return column.in_(select(listed.c.value))
    kind = Integer() if isinstance(column.type, Integer) else String()
    return column == any_(bindparam(None, list(values), type_=ARRAY(kind), unique=True))
