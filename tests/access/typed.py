"""A canary in everything that anybody can have typed: every column of words of every table, by the tables themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import Column, Enum, String, Table, select, update

from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, ApplicationVersion, OutboxMessage
from gnlc_apply.models.base import Base
from gnlc_apply.questionnaire import Kind, default_form

# What breaks out of an element, a title, a script, a comment, either kind of quotes, and a template.
SHAPE = '--></title></script></textarea><canary-{0}>"\' oncanary=1 x="{{{{7*7}}}}'
TYPED_KINDS = (Kind.TEXT, Kind.LONG_TEXT, Kind.NAME)

# Columns of words that nobody types: what the code writes or chooses from.
CODES = frozenset(
    (
        *("reference", "email", "recipient", "contact_email", "language", "time_zone", "country", "iso3", "region"),
        *("kind", "key", "code", "level", "act", "noun", "actor_kind", "method", "jury_method", "criterion", "version"),
        *("salt", "details_digest", "previous_hash", "hash", "session_hash", "body_hash", "code_hash", "token_hash"),
        *("id_hash", "lock_hash", "texts_hash", "armed_texts_hash", "password_hash", "sha256", "inputs_sha256"),
        *("sha256_original", "sha256_clean", "short_code", "storage_key", "message_id", "identity", "location"),
        *(
            "folded_name",
            "search_text",
            "sort_key",
            "country_name",
            "media_type",
            "question_key",
            "asked_for",
            "wording",
        ),
        *("returned_from", "application_role", "held_on", "pseudonym", "website", "event_link", "network", "content"),
        *("citizens", "declared_citizens", "field"),
    )
)
# Of one table only: the names of its rows are code.
CODE_TABLES = frozenset({"gate", "jury_figures"})
# Values of messages that are no words: moments, names of things, choices, secrets.
_NO_WORDS = ("_at", "_on", "_until", "_deadline", "_zone", "reference", "country", "language", "role", "method", "how")


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column in which somebody's words are kept."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_words = isinstance(column.type, String) and not isinstance(column.type, Enum)
            if is_words and column.name not in CODES and table.name not in CODE_TABLES:
                yield table, column


def plant() -> dict[str, str]:
    """Put a canary behind everything that was typed; by the name of the column, the canary's name."""
    planted: dict[str, str] = {}
    with db.writing() as session:
        for number, (table, column) in enumerate(columns()):
            changed = session.execute(
                update(table).where(column != "").values({column: column.concat(SHAPE.format(number))})
            )
            if changed.rowcount:  # type: ignore[attr-defined]  # a DML result has one
                planted[f"{table.name}.{column.name}"] = f"canary-{number}"
        form = default_form()
        for answer in session.scalars(select(Answer)):
            if form.expand(answer.key).kind in TYPED_KINDS and isinstance(answer.value, str):
                answer.value += SHAPE.format("answer")
        for version in session.scalars(select(ApplicationVersion)):
            version.content = _in_text(version.content)
        for message in session.scalars(select(OutboxMessage)):
            message.values = {name: _in_value(name, value) for name, value in message.values.items()}
    return planted | {"answer.value": "canary-answer", "outbox_message.values": "canary-message"}


def _in_text(content: str) -> str:
    """A frozen text with a canary behind each answer that was typed."""
    form, text = default_form(), json.loads(content)
    for key, value in text.items():
        if "." in key and isinstance(value, str) and form.expand(key).kind in TYPED_KINDS:
            text[key] = value + SHAPE.format("answer")
    return json.dumps(text, ensure_ascii=False)


def _in_value(name: str, value: object) -> object:
    is_words = isinstance(value, str) and value and not name.startswith("secret") and not name.endswith(_NO_WORDS)
    return f"{value}{SHAPE.format('message')}" if is_words else value


class _Reader(HTMLParser):
    """What a browser would make of a page: which canaries stand in it as text, and which have got out."""

    def __init__(self) -> None:
        super().__init__()
        self.loose: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "canary" in tag or any("canary" in name for name, _value in attrs):
            self.loose.append(self.get_starttag_text() or tag)

    def handle_comment(self, data: str) -> None:
        if "canary" in data:
            self.loose.append(data)


def loose(page: str) -> list[str]:
    """The canaries of a page that are more than words on it."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    if "canary" in page and "{{7*7}}" not in page and "7*7" not in page:
        reader.loose.append("the template was worked out")
    return reader.loose
