"""Whatever was typed is words wherever it is shown: pages of every role, tables, documents and mail (cases F1 and F2).

One canary stands in every column of words there is, found by the tables themselves, so that a new one is in it: names of files,
browsers on the page of sessions, names in mail as well. An ordinary run opens every fifth page, ``./dev prove`` all of them.
"""

from __future__ import annotations

import csv
import html
import io
import random
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import OutboxMessage
from gnlc_apply.services.delivery import words_of
from tests import proof
from tests.access import matrix
from tests.access.asking import Asker
from tests.access.pages import READERS, pages
from tests.access.typed import CODES, SHAPE, columns, loose, plant
from tests.documents.samples import words
from tests.proof import amount

EVERYBODY = {**READERS, "anonymous": ("account", "signatory", "public", "root"), "owner": ("applicant", "account")}
TABLES = (
    *(("director", "secretariat.exports.as_csv", "now"), ("director", "secretariat.ranking.as_csv", "past")),
    *(("anonymous", "open_data.registry_csv", "any"),),
)


@pytest.fixture
def planted(asker: Asker) -> dict[str, str]:
    """The ground with a canary in everything typed."""
    return plant()


@pytest.mark.proof
@pytest.mark.timeout(amount(300, 1800))
def test_no_page_of_anybody_takes_typed_words_for_more(asker: Asker, planted: dict[str, str]) -> None:
    every = list(pages(asker, EVERYBODY))
    seen, wrong, opened = set(), [], 0
    for role, address in random.Random(20270302).sample(every, len(every) // amount(4, 1)):
        given = asker.browser(role).get(address)
        assert given.status_code < 500, (role, address, given.status_code)
        if given.mimetype == "text/html":
            opened += 1
            seen |= set(re.findall(r"&lt;(canary-\w+)", given.text))
            wrong += [(role, address, what) for what in loose(given.text)]
        assert all("\n" not in value and "canary" not in value for value in given.headers.values() if "<" in value)
    proof.reached("typed_pages", opened - len(wrong), len(wrong))
    assert wrong == []
    assert len(seen & set(planted.values())) >= amount(20, 40)


def test_tables_keep_typed_words_in_their_cells(asker: Asker, planted: dict[str, str]) -> None:
    for role, endpoint, which in TABLES:
        given = asker.browser(role).get(asker.address(matrix.routes()[endpoint], which))
        assert given.status_code == 200, endpoint
        rows = list(csv.reader(io.StringIO(given.data.decode("utf-8-sig"))))
        assert len(rows) > 1
        assert len({len(row) for row in rows}) == 1, endpoint
        assert len(set(re.findall(r"<(canary-\w+)", given.text))) > 0, endpoint
    book = asker.browser("director").get(asker.address(matrix.routes()["secretariat.ranking.as_xlsx"], "past"))
    with zipfile.ZipFile(io.BytesIO(book.data)) as sheets:
        parts = [ET.fromstring(sheets.read(name)) for name in sheets.namelist() if name.endswith(".xml")]  # noqa: S314
    tags = {element.tag for part in parts for element in part.iter()}
    assert [tag for tag in tags if "canary" in tag] == []


def test_a_document_shows_typed_words_as_they_are(asker: Asker, planted: dict[str, str]) -> None:
    given = asker.browser("owner").get(asker.address(matrix.routes()["applicant.applications.pdf"], "submitted"))
    assert given.mimetype == "application/pdf"
    text = words(given.data).replace(" ", "")
    assert SHAPE.format("answer").replace(" ", "") in text


def test_no_mail_takes_typed_words_for_more(asker: Asker, planted: dict[str, str]) -> None:
    with db.reading() as session:
        messages = [(row.kind, row.language, row.values) for row in session.scalars(select(OutboxMessage))]
    kinds, shown, wrong = set(), 0, []
    with asker.app.app_context():
        for kind, language, values in messages:
            if kind in kinds:
                continue
            kinds.add(kind)
            mail = words_of(kind, language, values)
            shown += "&lt;canary-message" in mail.body_html
            wrong += [(kind, what) for what in loose(mail.body_html)]
            assert "\n" not in mail.subject
    assert wrong == []
    assert len(kinds) > 20
    assert shown > 15


def test_what_gets_out_is_seen() -> None:
    canary = SHAPE.format(7)
    for page in (
        f"<p>{canary}</p>",
        f"<title>{canary}</title>",
        f'<input value="{canary}">',
        # With more behind it, as on any page: of a tag that never ends parsers think differently.
        f"<input value='{canary}'><p class=\"x\">",
        f"<script>const name = '{canary}';</script>",
        f"<!-- {canary} -->",
        f"<textarea>{canary}</textarea>",
        "<p>&lt;canary-7&gt; oncanary=1 x=&#34;49</p>",
    ):
        assert loose(page) != [], page
    assert loose(f"<p>{html.escape(canary)}</p><input value='{html.escape(canary)}'>") == []


def test_columns_of_words_are_typed_or_code() -> None:
    typed = {f"{table.name}.{column.name}" for table, column in columns()}
    assert {"attachment.name", "web_session.browser", "person.name", "remembered_device.browser"} <= typed
    assert len(typed) > 60
    assert {column.name for _table, column in columns()} & CODES == set()
