"""The way to a real mail server: encrypted or not at all, verified, and what its answers mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from gnlc_apply.config import MailSettings
from gnlc_apply.mail.render import Rendered
from gnlc_apply.mail.transport import Envelope, Postponed, Refused, Transport, Unreachable, build
from tests import smtp_sink as server
from tests.smtp_sink import Sink

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LONG = "ليلى " * 400
WORDS = Rendered("Über Évora", f"Dear Ana,\n\n{LONG}\n", "<p>Dear Ana</p>", "en", "ltr")


def envelope(recipient: str = "ana@example.org") -> Envelope:
    return Envelope(recipient, "abc@cities.example", "", AT)


def send(settings: MailSettings, to: str = "ana@example.org") -> None:
    transport = Transport(settings)
    try:
        transport.send(build(WORDS, envelope(to), settings), envelope(to))
    finally:
        transport.close()


def test_a_message_arrives_whole_at_one_address(app: Flask, smtp_sink: Sink) -> None:
    with app.app_context():
        send(smtp_sink.settings())
    (taken,) = smtp_sink.taken
    message = taken.message
    assert (taken.sender, taken.recipients) == ("noreply@cities.example", ["ana@example.org"])
    # The name of the sender's domain, not one that had to be looked up.
    assert taken.greeted_as == "cities.example"
    assert message["To"] == "ana@example.org"
    assert message["Cc"] is None
    assert message["Subject"] == "Über Évora"
    assert message["Message-ID"] == "<abc@cities.example>"
    assert message["Reply-To"] == "office@cities.example"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == WORDS.body_text
    assert max(map(len, message.as_bytes().splitlines())) <= 998
    html = message.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>Dear Ana</p>"


def test_without_encryption_nothing_is_sent(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), server.running(tmp_path, offers_tls=False) as sink:
        with pytest.raises(Unreachable, match="STARTTLS"):
            send(sink.settings())
        assert sink.taken == []
        send(sink.settings(security="none"))
        assert len(sink.taken) == 1


def test_an_unknown_certificate_is_refused(app: Flask, smtp_sink: Sink) -> None:
    with app.app_context(), pytest.raises(Unreachable, match="certificate"):
        send(smtp_sink.settings(ca_file=""))
    assert smtp_sink.taken == []


def test_a_certificate_for_another_name_is_refused(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), server.running(tmp_path, is_itself=False) as sink:
        with pytest.raises(Unreachable, match="IP address mismatch"):
            send(sink.settings())
        assert sink.taken == []


def test_answers_of_the_server_are_told_apart(app: Flask, smtp_sink: Sink) -> None:
    smtp_sink.refuse = {"gone@example.org": "550 no such box", "full@example.org": "452 full"}
    smtp_sink.at_data = {"spam@example.org": "554 no", "grey@example.org": "451 later"}
    with app.app_context():
        for address in ("gone@example.org", "spam@example.org"):
            with pytest.raises(Refused):
                send(smtp_sink.settings(), address)
        for address in ("full@example.org", "grey@example.org"):
            with pytest.raises(Postponed):
                send(smtp_sink.settings(), address)


def test_a_server_that_is_not_there(app: Flask, smtp_sink: Sink) -> None:
    with app.app_context(), pytest.raises(Unreachable):
        send(smtp_sink.settings(port=1))


def test_a_header_cannot_be_injected(app: Flask, smtp_sink: Sink) -> None:
    settings = smtp_sink.settings()
    bad = Rendered("A\nBcc: x@evil.example", "text", "<p>text</p>", "en", "ltr")
    with app.app_context(), pytest.raises(Refused):
        build(bad, envelope(), settings)
    with app.app_context(), pytest.raises(Refused):
        build(WORDS, envelope("a@example.org\r\nBcc: x@evil.example"), settings)
