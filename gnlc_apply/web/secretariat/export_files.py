"""A whole call to take away: one JSON document, or a CSV with a line for each application; written piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from gnlc_apply.core import clock
from gnlc_apply.core.spreadsheet import BYTE_ORDER_MARK
from gnlc_apply.queries.embargoed.call_record import ApplicationRecord, CallRecord
from gnlc_apply.web.secretariat.export_columns import Table

# Characters that are gathered before they are sent on their way.
PIECE = 64_000
FORMAT = "gnlc-call-1"


def _pieces(parts: Iterable[str]) -> Iterator[bytes]:
    """The parts in pieces of a size that is worth sending; the first at once, so that nobody waits for the second."""
    held: list[str] = []
    size = PIECE
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    if held:
        yield "".join(held).encode()


def as_json(head: CallRecord, applications: Iterator[ApplicationRecord]) -> Iterator[bytes]:
    """The document: ``call``, ``guide``, ``forms`` by version, ``applications``. Signed texts stand in it byte by byte, so
    that the SHA-256 of ``content`` is the one that was signed."""
    return _pieces(_json_parts(head, applications))


def _json_parts(head: CallRecord, applications: Iterator[ApplicationRecord]) -> Iterator[str]:
    beginning = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "call": head.settings,
        "guide": head.guide,
        "forms": head.forms,
    }
    yield json.dumps(beginning, ensure_ascii=False).removesuffix("}") + ', "applications": ['
    comma = "\n"
    for application in applications:
        yield f'{comma}{application.record[:-1]},"content":{application.text or "null"}}}'
        comma = ",\n"
    yield "\n]}\n"


def as_csv(head: CallRecord, applications: Iterator[ApplicationRecord]) -> Iterator[bytes]:
    """The table: what is known of each application, then a column for each question. UTF-8 with a byte order mark."""
    return _pieces(_csv_parts(Table(head), applications))


def _csv_parts(table: Table, applications: Iterator[ApplicationRecord]) -> Iterator[str]:
    target = io.StringIO(newline="")
    writer = csv.writer(target)

    def written(line: list[object]) -> str:
        writer.writerow(line)
        text = target.getvalue()
        target.seek(0)
        target.truncate()
        return text

    yield BYTE_ORDER_MARK + written(table.headings)
    for application in applications:
        yield written(table.line(application))
