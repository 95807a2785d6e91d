"""Handing one message to the mail server: built by Flask-Mail, sent by smtplib over a verified connection."""

from __future__ import annotations

import quopri
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.mime.base import MIMEBase
from email.utils import parseaddr

from flask_mail import Message as MailMessage

from gnlc_apply.config import MailSettings
from gnlc_apply.mail.render import Rendered


class DeliveryError(Exception):
    """The message did not leave. ``is_permanent``: trying again would change nothing."""

    is_permanent = False


class Refused(DeliveryError):
    """The server refuses this message for good (5xx)."""

    is_permanent = True


class Postponed(DeliveryError):
    """The server cannot take this message now (4xx)."""


class Unreachable(DeliveryError):
    """No way to the server, or it does not let us in: the fault is not the message's, so others would fail as well."""


@dataclass(frozen=True)
class Envelope:
    """To whom, under which number, and whom an answer goes to."""

    recipient: str
    message_id: str
    reply_to: str
    at: datetime


class Letter(MailMessage):
    """Flask-Mail's message, with text in quoted-printable: long lines and every script pass through every server."""

    def _message(self) -> MIMEBase:
        mime = super()._message()
        for part in mime.walk():
            if part.get_content_maintype() == "text":
                text = part.get_payload(decode=True)
                assert isinstance(text, bytes)  # noqa: S101  # not multipart, so bytes
                del part["Content-Transfer-Encoding"]
                part["Content-Transfer-Encoding"] = "quoted-printable"
                part.set_payload(quopri.encodestring(text.replace(b"\r\n", b"\n")).decode("ascii"))
        return mime


def build(rendered: Rendered, envelope: Envelope, settings: MailSettings) -> Letter:
    """The message as it goes out: one address in To, nobody in Cc or Bcc. Needs the application's context."""
    letter = Letter(
        subject=rendered.subject,
        recipients=[envelope.recipient],
        body=rendered.body_text,
        html=rendered.body_html,
        sender=settings.sender,
        reply_to=envelope.reply_to or settings.reply_to or None,
        date=envelope.at.timestamp(),
        extra_headers={
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": rendered.language,
        },
    )
    letter.msgId = f"<{envelope.message_id}>"
    if letter.has_bad_headers():
        raise Refused("a header would run over its line")
    return letter


def _reason(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:300]


class Transport:
    """A connection to the mail server, opened when first needed and used for many messages."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings
        self._server: smtplib.SMTP | None = None

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.settings.ca_file or None)

    def _own_name(self) -> str:
        """The name we greet with: left out, every connection would ask the name service, which can take seconds."""
        return parseaddr(self.settings.sender)[1].rpartition("@")[2] or "localhost"

    def _connect(self) -> smtplib.SMTP:
        s = self.settings
        if s.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                s.host, s.port, self._own_name(), timeout=s.timeout, context=self._context()
            )
        else:
            server = smtplib.SMTP(s.host, s.port, self._own_name(), timeout=s.timeout)
        try:
            if s.security == "starttls":
                server.starttls(context=self._context())
            if s.user:
                server.login(s.user, s.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def check(self) -> None:
        """Go as far as the server lets us in, and leave. Raises Unreachable."""
        self._open()
        self.close()

    def _open(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connect()
            except smtplib.SMTPResponseException as error:
                raise Unreachable(_reason(error.smtp_code, error.smtp_error)) from error
            except (OSError, smtplib.SMTPException) as error:
                raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error
        return self._server

    def send(self, letter: Letter, envelope: Envelope) -> None:
        """Hand one message over. Raises Refused, Postponed or Unreachable."""
        server = self._open()
        sender = parseaddr(self.settings.sender)[1]
        try:
            server.sendmail(sender, [envelope.recipient], letter.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            raise self._verdict(*error.recipients[envelope.recipient]) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise Unreachable(_reason(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise self._verdict(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise Refused(f"the server cannot take this address: {error}"[:300]) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error

    def _verdict(self, code: int, words: bytes | str) -> DeliveryError:
        # After a refusal the connection is in an unclear state; the next message opens its own.
        self.close()
        return Refused(_reason(code, words)) if code >= 500 else Postponed(_reason(code, words))

    def close(self) -> None:
        """Say goodbye, politely if the server still listens."""
        if self._server is None:
            return
        try:
            self._server.quit()
        except (OSError, smtplib.SMTPException):
            self._server.close()
        self._server = None
