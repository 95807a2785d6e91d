"""What the commands on spreadsheets share: reading a file, refusing one that cannot be used, printing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from gnlc_apply.jury.sheets import BadSheet, Sheet, read_readings, read_weights

T = TypeVar("T")
CSV = click.Path(exists=True, dir_okay=False, path_type=Path)
READINGS = click.option(
    "--readings", type=CSV, required=True, help="CSV with application, juror and score, or a column per criterion."
)
WEIGHTS = click.option("--weights", type=CSV, help="CSV with criterion and weight, for a column per criterion.")
SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
DRAWS = click.option("--draws", type=click.IntRange(100, 100_000), default=4_000, show_default=True)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")


def text_of(path: Path) -> str:
    """What a file says. Raises BadSheet where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadSheet(f"{path.name}: not UTF-8; save the spreadsheet as CSV UTF-8") from None


def or_exit(act: Callable[[], T]) -> T:
    """What the act gives; a file that cannot be used is named and ends with status 2."""
    try:
        return act()
    except BadSheet as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(2)


def readings_of(path: Path, weights_path: Path | None, numbers: Sequence[str] = ()) -> Sheet:
    """The readings of a sheet, with the further columns of numbers asked for. Raises BadSheet."""
    weights = read_weights(text_of(weights_path), weights_path.name) if weights_path else None
    return read_readings(text_of(path), path.name, weights, numbers)


def show(found: dict[str, Any], lines: Callable[[dict[str, Any]], Iterable[str]], *, as_json: bool) -> None:
    """Print a report: as JSON, or line by line for a person."""
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines(found)))


def not_comparable(found: dict[str, Any]) -> str:
    """Why there are plain averages only, in one line."""
    return f"These jurors cannot be compared ({found['reason']}): plain averages only."


def plain(found: dict[str, Any]) -> list[str]:
    """The reason and the plain averages of a jury that cannot be compared."""
    rows = [f"{row['application']}\t{row['readers']}\t{number(row['raw_mean'])}" for row in found["applications"]]
    return [not_comparable(found), "application\treaders\taverage", *rows]


def number(value: float | None) -> str:
    """A figure for a person: two decimals, or a dash."""
    return "-" if value is None else f"{value:.2f}"


def cells(*values: object) -> str:
    """One line of a table; numbers with two decimals, nothing as a dash."""
    return "\t".join(number(v) if v is None or isinstance(v, float) else str(v) or "-" for v in values)
