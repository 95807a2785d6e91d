"""Making an installation ready: ``gnlc init``, ``gnlc upgrade``, ``gnlc downgrade``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.queries import readiness
from gnlc_apply.services import backup, schema

BEFORE_UPGRADE = "before-upgrade"


def prepare_instance() -> config.Settings:
    """The instance's folder with its secret key (made when missing), and the settings read from there."""
    folder = config.instance_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = folder / "secret_key"
    if not key.exists() and not os.environ.get("GNLC_SECRET_KEY") and not os.environ.get("GNLC_SECRET_KEY_FILE"):
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48) + "\n")
    return config.load()


def open_instance(folder: Path | None) -> config.Settings:
    """Settings read and the database of an instance folder open; folder and secret key are made when missing."""
    if folder is not None:
        os.environ["GNLC_INSTANCE"] = str(folder.absolute())
    try:
        prepare_instance()
    except (config.ConfigurationError, OSError) as error:
        raise click.ClickException(str(error)) from error
    return open_database()


def open_database() -> config.Settings:
    """Settings read and the database open, for commands that need no web application."""
    try:
        settings = config.load()
    except config.ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    config.use(settings)
    db.open(settings.database_url)
    return settings


@click.command()
@click.option("--demo", is_flag=True, hidden=True, help="Mark the database as a demonstration.")
def init(demo: bool) -> None:
    """Make this installation ready: secret key, database at the newest migration. Safe to repeat."""
    settings = prepare_instance()
    config.use(settings)
    db.create(settings.database_url)
    schema.upgrade()
    schema.mark(is_demo=demo)
    settings.attachments.mkdir(mode=0o700, exist_ok=True)
    click.echo(f"Ready: {db.engine.url.render_as_string(hide_password=True)}")


@click.command()
@click.argument("revision", default="head")
@click.option("--without-backup", is_flag=True, help="Do not make a backup first.")
def upgrade(revision: str, without_backup: bool) -> None:
    """Bring the database to the newest (or a named) migration, as a whole or not at all; a backup is made first.

    The newest few of these backups are kept (GNLC_BACKUPS_KEPT).
    """
    settings = open_database()
    before = schema.revision()
    wanted = readiness.newest_migration() if revision == "head" else revision
    if before == wanted:
        click.echo(f"The database is at {wanted} already.")
        return
    saved = _backup_first(settings) if before and not without_backup else None
    try:
        schema.upgrade(revision)
    except Exception as error:
        # A migration can fail in as many ways as Python and a database; whatever it was, nothing of it is left.
        words = f"The upgrade failed and nothing was changed: the database is at {before or 'nothing'} as before."
        where = f" The backup made before it: {saved}." if saved else ""
        raise click.ClickException(f"{words}{where} What went wrong: {error}") from error
    click.echo(f"The database is at {wanted}." + (f" Backup of what was: {saved}" if saved else ""))


def _backup_first(settings: config.Settings) -> Path:
    try:
        made = backup.make(backup.default_path(settings, BEFORE_UPGRADE))
    except (RuntimeError, OSError) as error:
        raise click.ClickException(f"Nothing was upgraded, because no backup could be made: {error}") from error
    backup.keep_newest(settings, BEFORE_UPGRADE, settings.backups_kept)
    return made.path


@click.command()
@click.argument("revision")
@click.confirmation_option(prompt="Going down can lose data that the older shape has no place for. Go on?")
def downgrade(revision: str) -> None:
    """Bring the database down to an older migration."""
    open_database()
    schema.downgrade(revision)
    click.echo(f"The database is at {revision}.")
