"""``gnlc mail test``: through a real server, or the reason why not."""

from __future__ import annotations

from tests.cli.conftest import Installation, mail_environment
from tests.smtp_sink import Sink


def test_a_test_message_leaves(installation: Installation, smtp_sink: Sink) -> None:
    result = installation.gnlc("mail", "test", "ana@example.org", **mail_environment(smtp_sink))
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{smtp_sink.host}:{smtp_sink.port} took the message for ana@example.org.\n"
    assert [taken.recipients for taken in smtp_sink.taken] == [["ana@example.org"]]


def test_the_reason_is_said(installation: Installation, smtp_sink: Sink) -> None:
    smtp_sink.refuse = {"ana@example.org": "550 no such box"}
    result = installation.gnlc("mail", "test", "ana@example.org", **mail_environment(smtp_sink))
    assert result.returncode == 1
    assert "550 no such box" in result.stderr


def test_where_mail_stays_nothing_is_sent(installation: Installation) -> None:
    result = installation.gnlc("mail", "test", "ana@example.org", GNLC_MAIL_BACKEND="mailbox")
    assert result.returncode == 1
    assert "nothing leaves" in result.stderr
