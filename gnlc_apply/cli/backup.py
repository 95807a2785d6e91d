"""``gnlc backup``, ``gnlc restore``, ``gnlc release-hold``: everything in one archive, and back, held until somebody lets go."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import click

from gnlc_apply.cli.setup import open_database, open_instance
from gnlc_apply.core.errors import Refusal
from gnlc_apply.permissions import Permission, can
from gnlc_apply.queries import person
from gnlc_apply.services import backup as verbs
from gnlc_apply.services import holding
from gnlc_apply.storage.archive import Unreadable

# What takes less says nothing on its way.
PATIENCE_SECONDS = 5
_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass
class Progress:
    """Tells how far a long work has come: on a terminal in one line, in a log each tenth."""

    _told: dict[str, int] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    def __call__(self, what: str, done: int, of: int) -> None:
        """So many of so many are done."""
        tenths = done * 10 // max(of, 1)
        if sys.stderr.isatty():
            click.echo(f"\r{what}: {done} of {of}", nl=done == of, err=True)
        elif self._told.get(what) != tenths and time.monotonic() - self._began > PATIENCE_SECONDS:
            click.echo(f"{what}: {done} of {of}", err=True)
        self._told[what] = tenths


def size_in_words(size: int) -> str:
    """A size as operators read it."""
    return f"{size / 1024**2:,.1f} MB"


@click.command()
@click.argument("file", type=_FILE, required=False)
def backup(file: Path | None) -> None:
    """Write everything of this installation into FILE (or a new file in its backups folder), while everybody works.

    The secret key is not part of it: keep that elsewhere. Sealed if GNLC_BACKUP_KEY is set. Status 1 if an attachment
    was missing or damaged; the archive is written all the same and says which.
    """
    settings = open_database()
    target = (file or verbs.default_path(settings)).absolute()
    try:
        made = verbs.make(target, Progress())
    except (FileExistsError, RuntimeError, OSError) as error:
        raise click.ClickException(f"No backup was made: {error}") from error
    say(made)
    if not made.is_whole:
        raise SystemExit(1)


def say(made: verbs.Made) -> None:
    """What was backed up, and what was not in order."""
    facts = made.manifest
    rows = sum(facts.rows.values())
    click.echo(f"{made.path}: {size_in_words(made.path.stat().st_size)}, {rows:,} rows of {len(facts.rows)} tables,")
    click.echo(f"{facts.files:,} files, {'sealed' if made.is_sealed else 'NOT sealed: whoever has it can read it'}.")
    for problem, names in (("missing", facts.missing), ("changed since they came in", facts.damaged)):
        if names:
            click.echo(f"{len(names)} files are {problem}: {', '.join(names[:5])}", err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="The instance folder to restore into.")
@click.option("--replace", is_flag=True, help="Let what is there make way; it is kept aside.")
@click.option(
    "--with-new-key", is_flag=True, help="The secret key of the archive is lost: second factors are set up anew."
)
def restore(file: Path, into: Path | None, replace: bool, with_new_key: bool) -> None:
    """Restore FILE into an empty installation. Everything is checked before anything is replaced; it starts held.

    Nothing leaves a held installation and nothing is announced in it until somebody releases it.
    """
    settings = open_instance(into)
    try:
        done = verbs.restore(file, is_replacing=replace, has_new_key=with_new_key, tell=Progress())
    except (verbs.Refused, Unreadable, RuntimeError, OSError) as error:
        raise click.ClickException(f"Nothing was restored: {error}.") from error
    facts = done.manifest
    click.echo(f"Restored into {settings.instance}: the state of {facts.made_at}, {sum(facts.rows.values()):,} rows,")
    click.echo(f"{facts.files:,} files, each with the hash it had; the audit chain is whole.")
    if done.aside is not None:
        click.echo(f"What stood here before is in {done.aside}; delete it when nobody needs it.")
    if facts.missing or facts.damaged:
        click.echo(f"Files that were missing or damaged already: {len(facts.missing) + len(facts.damaged)}", err=True)
    click.echo("It is HELD: no mail leaves and nothing is announced. Look at it ('gnlc serve'), then a director or an")
    click.echo("administrator releases it, on the page the banner leads to or by 'gnlc release-hold --by ADDRESS'.")


@click.command("release-hold")
@click.option(
    "--by", "email", required=True, help="The director or administrator who decides: the address of the account."
)
@click.option(
    "--discard-waiting", is_flag=True, help="First discard the messages that wait: they left after the backup."
)
@click.confirmation_option(prompt="From now on mail leaves this installation. Is it the one everybody works with?")
def release_hold(email: str, discard_waiting: bool) -> None:
    """Let a restored installation work again. Armed announcements stay on hold."""
    open_database()
    actor = person.actor_by_email(email)
    if actor is None or not can(actor, Permission.RELEASE_HOLD):
        raise click.ClickException(f"{email} is not the address of a director or an administrator.")
    try:
        discarded = holding.discard_waiting(actor=actor) if discard_waiting else 0
        holding.release(actor=actor)
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"Released by {actor.name}. {discarded} messages were discarded.")
