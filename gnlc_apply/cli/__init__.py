"""The terminal: ``gnlc``, the same commands as ``flask --app gnlc_apply``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from dotenv import load_dotenv
from flask.cli import AppGroup, ScriptInfo

import gnlc_apply
from gnlc_apply.cli.accounts import accounts
from gnlc_apply.cli.audit import audit
from gnlc_apply.cli.backup import backup, release_hold, restore
from gnlc_apply.cli.demo import demonstrate
from gnlc_apply.cli.doctor import doctor
from gnlc_apply.cli.jury import jury
from gnlc_apply.cli.mail import mail
from gnlc_apply.cli.person import person_group
from gnlc_apply.cli.registry import registry, states_group
from gnlc_apply.cli.rehearse import rehearse
from gnlc_apply.cli.serve import serve
from gnlc_apply.cli.setup import downgrade, init, upgrade
from gnlc_apply.cli.worker import worker
from gnlc_apply.cli.workflow import workflow
from gnlc_apply.extensions import is_machine_fault

COMMANDS: tuple[click.Command, ...] = (
    init,
    upgrade,
    downgrade,
    backup,
    restore,
    release_hold,
    accounts,
    person_group,
    serve,
    worker,
    doctor,
    mail,
    audit,
    workflow,
    registry,
    states_group,
    jury,
    rehearse,
    demonstrate,
)


def whole() -> AppGroup:
    """All commands in one, as ``gnlc`` has them."""
    group = AppGroup("gnlc", help="The membership system of the UNESCO Global Network of Learning Cities.")
    for command in COMMANDS:
        group.add_command(command)
    return group


def main() -> None:
    """The console command; settings may stand in a ``.env`` file of the current folder."""
    load_dotenv(Path.cwd() / ".env")
    try:
        _run()
    except Exception as error:
        if not is_machine_fault(error):
            raise
        words = " ".join(str(error).split("\n")[0].split())
        click.echo(f"Error: the machine or the database failed: {words}. Look with 'gnlc doctor'.", err=True)
        sys.exit(1)


def _run() -> None:
    # The application is made only for the commands that ask for it, so that help and "init" work before there is one.
    whole().main(prog_name="gnlc", obj=ScriptInfo(create_app=gnlc_apply.create_app))
