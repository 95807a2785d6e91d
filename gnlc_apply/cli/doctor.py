"""``gnlc doctor``: whether this installation is in order, each thing with what to do."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import click
import pysqlite3.dbapi2 as sqlite

from gnlc_apply import config
from gnlc_apply.cli.setup import open_database
from gnlc_apply.core import clock
from gnlc_apply.documents import fonts
from gnlc_apply.extensions import db, has_safe_wal
from gnlc_apply.mail.transport import Transport, Unreachable
from gnlc_apply.queries import mail, readiness
from gnlc_apply.services import upkeep

OK, WARNING, FAILURE = "ok", "warning", "failure"
LEAST_FREE = 2 * 1024**3
LONGEST_QUEUE = timedelta(minutes=15)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    status: str
    words: str


def _verdict(name: str, is_good: bool, good: str, bad: str, status: str = FAILURE) -> Finding:
    return Finding(name, OK, good) if is_good else Finding(name, status, bad)


def _database() -> Iterator[Finding]:
    if db.dialect == "sqlite":
        version = sqlite.sqlite_version_info
        words = f"SQLite {sqlite.sqlite_version}"
        yield _verdict(
            "sqlite",
            has_safe_wal(version),
            f"{words}, write-ahead log",
            f"{words} can corrupt a write-ahead log: the slower rollback journal is used. Install pysqlite3 0.6.1.",
            WARNING,
        )
    found = readiness.look()
    yield _verdict("database", found.database, "answers", "does not answer: check DATABASE_URL, or run 'gnlc init'")
    if found.database:
        newest = readiness.newest_migration()
        yield _verdict("migrations", found.migrations, f"at {newest}", f"not at {newest}: run 'gnlc upgrade'")
    yield _verdict("storage", found.storage, "can be written", f"{config.current().attachments} cannot be written")


def _pages() -> Iterator[Finding]:
    """SQLite alone keeps its pages in a file that a bad disk or a careless copy can damage without being noticed."""
    if db.dialect == "sqlite":
        damage = readiness.damage()
        yield _verdict(
            "pages", not damage, "sound", f"the database is damaged: stop, and restore a backup ({damage[:100]})"
        )


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(config.current().instance).free
    gigabytes = f"{free / 1024**3:.1f} GB free"
    yield _verdict("disk", free >= LEAST_FREE, gigabytes, f"only {gigabytes}", WARNING)


def _fonts() -> Iterator[Finding]:
    for language in config.current().languages:
        missing = ", ".join(fonts.absent(language))
        name = f"fonts ({language})"
        yield _verdict(
            name, not missing, "all scripts", f"no font for {missing}: printed as replacement signs", WARNING
        )


def _mail() -> Iterator[Finding]:
    settings = config.current().mail
    if settings.backend == "mailbox":
        is_demo = mail.instance_mark().is_demo
        yield _verdict("mail", is_demo, "kept in the mailbox (demonstration)", "nothing leaves: set GNLC_MAIL_BACKEND")
        return
    is_private = settings.security != "none" or config.is_loopback(settings.host)
    yield _verdict("mail security", is_private, settings.security, "passwords and letters travel in the open")
    has_sender = not settings.sender.rstrip("> ").endswith("@localhost")
    yield _verdict("mail sender", has_sender, settings.sender, "set GNLC_MAIL_SENDER", WARNING)
    try:
        Transport(settings).check()
        yield Finding("mail server", OK, f"{settings.host}:{settings.port} lets us in")
    except Unreachable as error:
        yield Finding("mail server", FAILURE, f"{settings.host}:{settings.port}: {error}")


def _outbox() -> Iterator[Finding]:
    mark, queue = mail.instance_mark(), mail.queue(clock.now())
    seen = f"last seen {mark.worker_seen_at:%Y-%m-%d %H:%M} UTC" if mark.worker_seen_at else "never seen"
    is_alive = mark.worker_seen_at is not None and clock.now() - mark.worker_seen_at <= readiness.WORKER_SILENCE
    yield _verdict("worker", is_alive, seen, f"{seen}: run 'gnlc worker' or 'gnlc serve --with-worker'", WARNING)
    is_late = queue.oldest_due is not None and clock.now() - queue.oldest_due > LONGEST_QUEUE
    yield _verdict(
        "queue", not is_late, f"{queue.due} due", f"{queue.due} due, the oldest for over a quarter of an hour"
    )
    yield _verdict("dead messages", not queue.dead, "none", f"{queue.dead}: look at the mail page", WARNING)
    yield from _holds(mark)


def _holds(mark: mail.Mark) -> Iterator[Finding]:
    if mark.held_since is not None:
        of = f"{mark.restored_from:%Y-%m-%d %H:%M} UTC" if mark.restored_from else "an unknown moment"
        words = f"restored from a backup of {of}: nothing leaves until 'gnlc release-hold' or the page of the banner"
        yield Finding("held", WARNING, words)
        return
    yield _verdict("held", not mark.is_held, "no", "all mail is held back; release it on the mail page", WARNING)


def _clock() -> Iterator[Finding]:
    is_behind = upkeep.is_behind_the_record(clock.now())
    yield _verdict("clock", not is_behind, "not before the record", "shows a time before the newest audit entry")


def _secrets() -> Iterator[Finding]:
    key = config.current().instance / "secret_key"
    if key.is_file():
        mode = stat.S_IMODE(key.stat().st_mode)
        yield _verdict("secret key", not mode & 0o077, f"mode {mode:o}", f"mode {mode:o}: others can read it, set 600")


def _addresses() -> Iterator[Finding]:
    settings = config.current()
    host = urlsplit(settings.public_url).hostname or ""
    is_safe = settings.is_https or settings.is_at_home
    yield _verdict("public address", is_safe, settings.public_url, f"{settings.public_url} must be https")
    yield Finding("trusted hosts", OK, ", ".join(dict.fromkeys((host, "127.0.0.1", "localhost"))))
    if mail.instance_mark().is_demo:
        yield _verdict("demonstration", settings.is_at_home, "on this machine only", f"must not be served as {host}")


# Each needs the ones before it; what needs the database comes last.
FIRST: tuple[Callable[[], Iterator[Finding]], ...] = (_database, _disk, _fonts, _secrets)
WITH_DATABASE: tuple[Callable[[], Iterator[Finding]], ...] = (_pages, _addresses, _clock, _mail, _outbox)


def examine() -> list[Finding]:
    """Everything there is to look at; without a migrated database only what can be seen without it."""
    found = [finding for look in FIRST for finding in look()]
    if any(finding.status == FAILURE and finding.name in ("database", "migrations") for finding in found):
        return found
    return found + [finding for look in WITH_DATABASE for finding in look()]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Look whether this installation is in order; ends with status 1 when something fails."""
    open_database()
    found = examine()
    is_well = all(finding.status != FAILURE for finding in found)
    if as_json:
        click.echo(json.dumps({"is_well": is_well, "findings": [asdict(finding) for finding in found]}, indent=2))
    else:
        signs = {OK: "ok     ", WARNING: "warning", FAILURE: "FAILURE"}
        for finding in found:
            click.echo(f"{signs[finding.status]}  {finding.name}: {finding.words}")
    if not is_well:
        raise SystemExit(1)
