"""Settings of one installation, from the environment, typed and checked at start."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit


class ConfigurationError(Exception):
    """Something is missing or wrong in the settings; the message says what to set."""


@lru_cache(maxsize=1024)
def is_loopback(host: str | None) -> bool:
    """Whether this name or address leads to this machine only."""
    try:
        return ipaddress.ip_address((host or "").strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def asset_dir(name: str) -> Path:
    """A folder that ships with the product: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    bundled = package / "_bundled" / name
    return bundled if bundled.is_dir() else package.parent / name


def instance_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of one installation: ``GNLC_INSTANCE``, else ``instance`` below the current folder."""
    return Path(environment.get("GNLC_INSTANCE") or Path.cwd() / "instance").absolute()


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves. ``backend`` is ``smtp``, or ``mailbox`` for a demonstration, where nothing leaves."""

    backend: str = "smtp"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    security: str = "starttls"
    sender: str = "Learning Cities <noreply@localhost>"
    reply_to: str = ""
    timeout: int = 20
    ca_file: str = ""
    per_second: int = 10


@dataclass(frozen=True)
class RetentionSettings:
    """For how many days what is kept (services/retention.py, docs/privacy.md)."""

    keep_notices_days: int = 365
    keep_messages_days: int = 730
    keep_invitations_days: int = 365
    keep_requests_days: int = 730


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one installation to the next."""

    instance: Path
    database_url: str
    secret_key: str
    public_url: str = "http://127.0.0.1:8000"
    languages: tuple[str, ...] = ("en",)
    proxy_count: int = 0
    mail: MailSettings = field(default_factory=MailSettings)
    session_idle_minutes: int = 120
    staff_idle_minutes: int = 30
    session_hours: int = 12
    backup_key: str = ""
    backups_kept: int = 5
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    is_testing: bool = False

    @property
    def is_https(self) -> bool:
        """Whether the public address is https, so that cookies may be bound to it."""
        return self.public_url.startswith("https://")

    @property
    def is_at_home(self) -> bool:
        """Whether the public address is one of this machine, which nobody else can ask for."""
        return is_loopback(urlsplit(self.public_url).hostname)

    @property
    def attachments(self) -> Path:
        """Where attachments lie."""
        return self.instance / "attachments"

    @property
    def backups(self) -> Path:
        """Where backups are put unless another place is named."""
        return self.instance / "backups"


def _read(environment: Mapping[str, str], name: str, default: str = "") -> str:
    """``NAME``, or the contents of the file named by ``NAME_FILE``."""
    from_file = environment.get(f"{name}_FILE")
    if from_file:
        return Path(from_file).read_text(encoding="utf-8").strip()
    return environment.get(name, default)


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = _read(environment, name, str(default))
    if not text.isascii() or not text.isdigit():
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}")
    return int(text)


def database_url(environment: Mapping[str, str], instance: Path) -> str:
    """``DATABASE_URL`` (PostgreSQL through psycopg), else the SQLite file of the instance."""
    url = _read(environment, "GNLC_DATABASE_URL") or _read(environment, "DATABASE_URL")
    if not url:
        return f"sqlite:///{instance / 'gnlc.sqlite3'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url[len(short) :]
    return url


def _mail(environment: Mapping[str, str]) -> MailSettings:
    security = _read(environment, "GNLC_MAIL_SECURITY", "starttls")
    if security not in ("starttls", "tls", "none"):
        raise ConfigurationError("GNLC_MAIL_SECURITY must be starttls, tls or none")
    if _read(environment, "GNLC_MAIL_BACKEND", "smtp") not in ("smtp", "mailbox"):
        raise ConfigurationError("GNLC_MAIL_BACKEND must be smtp or mailbox")
    return MailSettings(
        backend=_read(environment, "GNLC_MAIL_BACKEND", "smtp"),
        host=_read(environment, "GNLC_MAIL_HOST", "localhost"),
        port=_whole_number(environment, "GNLC_MAIL_PORT", 25),
        user=_read(environment, "GNLC_MAIL_USER"),
        password=_read(environment, "GNLC_MAIL_PASSWORD"),
        security=security,
        sender=_read(environment, "GNLC_MAIL_SENDER", "Learning Cities <noreply@localhost>"),
        reply_to=_read(environment, "GNLC_MAIL_REPLY_TO"),
        ca_file=_read(environment, "GNLC_MAIL_CA_FILE"),
        per_second=max(1, _whole_number(environment, "GNLC_MAIL_PER_SECOND", 10)),
    )


def _retention(environment: Mapping[str, str]) -> RetentionSettings:
    """``GNLC_KEEP_NOTICES_DAYS`` and its like; a period of no days would delete what is needed today."""
    usual = RetentionSettings()
    names = RetentionSettings.__dataclass_fields__
    return RetentionSettings(
        **{name: max(30, _whole_number(environment, f"GNLC_{name.upper()}", getattr(usual, name))) for name in names}
    )


def _backup_key(environment: Mapping[str, str]) -> str:
    key = _read(environment, "GNLC_BACKUP_KEY")
    if key and len(key) < 32:
        raise ConfigurationError("GNLC_BACKUP_KEY must have at least 32 random characters; a password will not do.")
    return key


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check all settings.

    Raises ConfigurationError with what to set when something is missing or wrong.
    """
    instance = instance_dir(environment)
    secret = _read(environment, "GNLC_SECRET_KEY")
    key_file = instance / "secret_key"
    if not secret and key_file.is_file():
        secret = key_file.read_text(encoding="utf-8").strip()
    if len(secret) < 32:
        raise ConfigurationError(
            "No secret key: run 'gnlc init' once, or set GNLC_SECRET_KEY (at least 32 characters) or GNLC_SECRET_KEY_FILE."
        )
    public_url = _read(environment, "GNLC_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    if urlsplit(public_url).scheme not in ("http", "https") or not urlsplit(public_url).hostname:
        raise ConfigurationError(f"GNLC_PUBLIC_URL must be an http(s) address, not {public_url!r}")
    languages = tuple(code.strip() for code in _read(environment, "GNLC_LANGUAGES", "en").split(",") if code.strip())
    return Settings(
        instance=instance,
        database_url=database_url(environment, instance),
        secret_key=secret,
        public_url=public_url,
        languages=languages or ("en",),
        proxy_count=_whole_number(environment, "GNLC_PROXY_COUNT", 0),
        mail=_mail(environment),
        backup_key=_backup_key(environment),
        retention=_retention(environment),
        backups_kept=max(1, _whole_number(environment, "GNLC_BACKUPS_KEPT", 5)),
    )


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Make these the settings of this process."""
    global _current
    _current = settings


def current() -> Settings:
    """The settings of this process; ``use`` must have been called."""
    if _current is None:
        raise ConfigurationError("the settings have not been loaded")
    return _current
