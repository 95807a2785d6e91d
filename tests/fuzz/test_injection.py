"""Text that turns into something else where it arrives: lines of the log, headers and ends of mails, long computations."""

from __future__ import annotations

import json
import logging
import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from gnlc_apply.core import figures, folding, placeholders
from gnlc_apply.core.words import count_words
from gnlc_apply.mail.render import Rendered
from gnlc_apply.mail.transport import Envelope, Transport, build
from gnlc_apply.questionnaire import addresses, cleaning
from gnlc_apply.storage.names import plain_name
from gnlc_apply.web.logs import JsonLines
from tests import smtp_sink as server
from tests.smtp_sink import Sink

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def smtp_sink(tmp_path: Path) -> Iterator[Sink]:
    """A real mail server that wants STARTTLS."""
    with server.running(tmp_path) as sink:
        yield sink


def test_the_guard_notices_what_goes_out(outgoing: list[object]) -> None:
    hosts = ("169.254.169.254", "2130706433", "elsewhere.example", "127.0.0.1", "::1", "localhost")
    for host in hosts:
        with pytest.raises(OSError, match=re.escape(host)):
            socket.create_connection((host, 80), timeout=1)
    with socket.socket() as line:
        for ask in (line.connect, line.connect_ex):
            with pytest.raises(OSError, match="192"):
                ask(("192.0.2.1", 80))
    assert outgoing == [*hosts, ("192.0.2.1", 80), ("192.0.2.1", 80)]


@pytest.mark.parametrize(
    "typed",
    [
        "a\nb",
        "a\r\nb",
        'a"}\n{"level": "info"',
        "\x1b[31mred\x1b[0m",
        "a\u2028b\u2029c\x85d",
        "\u202eevil\u202c",
        "a\x00b",
    ],
)
def test_no_text_becomes_a_line_of_the_log(typed: str) -> None:
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": "%s", "args": (typed,), "fields": {"path": typed}}
    )
    written = JsonLines().format(record)
    assert written.isprintable()
    assert len(written.splitlines()) == 1
    entry = json.loads(written)
    # Kept whole, only written so that it cannot act.
    assert (entry["message"], entry["path"], entry["level"]) == (typed, typed, "info")


DOTS = ".\n..\n.\nMAIL FROM:<evil@evil.example>\nRCPT TO:<b@evil.example>\nDATA\n.\n"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_text_cannot_end_its_message(app: Flask, smtp_sink: Sink, ends: str) -> None:
    text = f"Before\n{DOTS}After\n".replace("\n", ends)
    settings, envelope = smtp_sink.settings(), Envelope("ana@example.org", "abc@cities.example", "", AT)
    transport = Transport(settings)
    with app.app_context():
        transport.send(build(Rendered("About", text, "<p>.</p>", "en", "ltr"), envelope, settings), envelope)
        transport.close()
    (taken,) = smtp_sink.taken
    assert (taken.sender, taken.recipients) == ("noreply@cities.example", ["ana@example.org"])
    body = taken.message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()


LENGTH = 2_000
# Long runs that make careless patterns try every way of cutting them, each with an end that fits nothing.
RUNS = (
    "a",
    "a.",
    "@",
    "1 ",
    "-",
    "(",
    " ",
    "\t",
    "a@a.",
    "{a",
    "{",
    "%20",
    "http://",
    "1,",
    "\u0301",
    "ß",
    "١",
    "'",
    "\u202e",
)


def figure_of(text: str) -> object:
    """The figure, or why it is none."""
    try:
        return figures.parse_figure(text, 2)
    except figures.NotAFigure as trouble:
        return trouble


JUDGES: dict[str, Callable[[str], object]] = {
    "page": addresses.url_trouble,
    "whole page": addresses.complete_url,
    "e-mail": addresses.is_email,
    "telephone": addresses.is_phone,
    "text": cleaning.clean_text,
    "line": cleaning.clean_line,
    "direction": cleaning.turns_direction,
    "plain form": folding.fold,
    "placeholders": placeholders.named,
    "words": count_words,
    "file name": plain_name,
    "figure": figure_of,
}


def spent(judge: Callable[[str], object], text: str) -> float:
    """Processor seconds of the fastest of three."""
    found = []
    for _ in range(3):
        began = time.thread_time()
        judge(text)
        found.append(time.thread_time() - began)
    return min(found)


@pytest.mark.parametrize("name", JUDGES)
def test_no_text_takes_long_to_judge(name: str) -> None:
    for run in RUNS:
        for end in ("", "!", "\n", "@", "\\"):
            text, double = (f"{(run * n)[:n]}{end}" for n in (LENGTH, 4 * LENGTH))
            # Four times the length takes about four times as long; a square would take sixteen times.
            assert spent(JUDGES[name], double) < 10 * max(spent(JUDGES[name], text), 0.001), (name, run, end)
            assert spent(JUDGES[name], text) < 0.1, (name, run, end)


def test_a_careless_pattern_would_be_noticed() -> None:
    careless = re.compile(r"(a*)*b")
    assert spent(careless.match, "a" * 24) > 0.1
