"""``gnlc jury``: the jury's method on a spreadsheet, for anyone, without an instance."""

from __future__ import annotations

import click

from gnlc_apply.cli.jury.checking import audit, calibrate
from gnlc_apply.cli.jury.outcome import feedback, select
from gnlc_apply.cli.jury.panel import assign, conflicts
from gnlc_apply.cli.jury.ranking import agreement, rank

__all__ = ["jury"]


@click.group()
def jury() -> None:
    """The jury's method on a spreadsheet: a ranking that is fair to strict and generous readers, and its certainty."""


for _command in (assign, conflicts, calibrate, rank, agreement, audit, select, feedback):
    jury.add_command(_command)
