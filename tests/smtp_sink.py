"""A real mail server for tests: takes messages, wants STARTTLS with its own certificate, and can be told to refuse."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gnlc_apply.config import MailSettings


@dataclass
class Taken:
    """One message that the server took: envelope and content."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    greeted_as: str


@dataclass
class Sink:
    """The server as tests see it. ``refuse`` maps an address to the answer it gets at RCPT; ``at_data`` likewise at DATA."""

    host: str
    port: int
    certificate: Path
    taken: list[Taken] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)

    def settings(self, **changed: Any) -> MailSettings:
        """Settings of an installation that sends by this server."""
        usual: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "ca_file": str(self.certificate),
            "sender": "Learning Cities <noreply@cities.example>",
            "reply_to": "office@cities.example",
            "timeout": 30,
            "per_second": 1000,
        }
        return MailSettings(**{**usual, **changed})

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take an address, or refuse it as told."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the content, or refuse it as told."""
        for address in envelope.rcpt_tos:
            if address in self.at_data:
                return self.at_data[address]
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.taken.append(Taken(envelope.mail_from, list(envelope.rcpt_tos), parsed, session.host_name))
        return "250 OK"


def _certificate(folder: Path, names: list[x509.GeneralName]) -> tuple[Path, Path]:
    """A certificate for these names, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "sink.pem", folder / "sink.key"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


@contextmanager
def running(folder: Path, *, offers_tls: bool = True, is_itself: bool = True) -> Iterator[Sink]:
    """A mail server on a free port of the loopback for the length of the block; ``is_itself``: its certificate fits."""
    names: list[x509.GeneralName] = [x509.DNSName("elsewhere.example")]
    if is_itself:
        names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate, secret = _certificate(folder, names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    sink = Sink("127.0.0.1", port, certificate)
    # Its own name, or the server would look it up: a machine without name service answers after five seconds.
    options: dict[str, Any] = {"server_hostname": "sink.example"}
    if offers_tls:
        options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
        controller.loop.close()
