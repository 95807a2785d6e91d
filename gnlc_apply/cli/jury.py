"""``gnlc jury``: the jury's method on a spreadsheet, for anyone, without an instance."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gnlc_apply.core.lazy import lazy
from gnlc_apply.jury.sheets import (
    JUROR,
    BadSheet,
    Sheet,
    joined,
    read_countries,
    read_names,
    read_readings,
    read_rows,
    read_weights,
)

# The model loads numpy and scipy, which no web process should carry.
_certainty: Any = lazy("gnlc_apply.jury.certainty")
_report: Any = lazy("gnlc_apply.jury.report")

T = TypeVar("T")
CSV = click.Path(exists=True, dir_okay=False, path_type=Path)
READINGS = click.option(
    "--readings", type=CSV, required=True, help="CSV with application, juror and score, or a column per criterion."
)
WEIGHTS = click.option("--weights", type=CSV, help="CSV with criterion and weight, for a column per criterion.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadSheet(f"{path.name}: not UTF-8; save the spreadsheet as CSV UTF-8") from None


def _or_exit(act: Callable[[], T]) -> T:
    """What the act gives; a file that cannot be used is named and ends with status 2."""
    try:
        return act()
    except BadSheet as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(2)


def _readings(path: Path, weights_path: Path | None) -> Sheet:
    weights = read_weights(_text(weights_path), weights_path.name) if weights_path else None
    return read_readings(_text(path), path.name, weights)


def _with_anchors(sheet: Sheet, path: Path | None, weights_path: Path | None) -> tuple[Sheet, frozenset[str]]:
    """The sheet with its anchors: a file of readings is added, a list of applications only names them."""
    if path is None:
        return sheet, frozenset()
    rows = read_rows(_text(path), path.name, ())
    if rows and JUROR in rows[0][1]:
        anchors = _readings(path, weights_path)
        return joined(sheet, anchors), anchors.applications
    names = read_names(_text(path), path.name)
    if unknown := sorted(names - sheet.applications):
        raise BadSheet(f"{path.name}: nobody has read {', '.join(unknown[:5])}")
    return sheet, names


@click.group()
def jury() -> None:
    """The jury's method on a spreadsheet: a ranking that is fair to strict and generous readers, and its certainty."""


@jury.command("rank")
@READINGS
@WEIGHTS
@click.option("--places", type=click.IntRange(min=1), help="The rule: so many files.")
@click.option("--threshold", type=click.FloatRange(0, 5), help="The rule: an adjusted average of at least so much.")
@click.option("--minimum", type=click.FloatRange(0, 5), help="With --threshold: no criterion's average below this.")
@click.option("--quota", type=click.IntRange(min=1), help="At most so many files of one country.")
@click.option("--countries", type=CSV, help="CSV with application and country, for --quota.")
@click.option("--anchors", type=CSV, help="CSV of the files that everybody read: their readings, or only their names.")
@click.option("--draws", type=click.IntRange(100, 100_000), default=4_000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@AS_JSON
def rank(
    readings: Path,
    weights: Path | None,
    places: int | None,
    threshold: float | None,
    minimum: float | None,
    quota: int | None,
    countries: Path | None,
    anchors: Path | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Rank the applications of a jury and say who is surely in, surely out, or to be discussed."""
    if (places is None) == (threshold is None):
        raise click.UsageError("Give either --places N or --threshold X.")
    if minimum is not None and (threshold is None or weights is None):
        raise click.UsageError("--minimum goes with --threshold, and with --weights for a column per criterion.")
    if (quota is None) != (countries is None):
        raise click.UsageError("Give --quota and --countries together.")

    def read() -> dict[str, Any]:
        sheet, anchored = _with_anchors(_readings(readings, weights), anchors, weights)
        ranked = sheet.applications - anchored
        known = read_countries(_text(countries), countries.name, ranked) if countries else None
        rule = _certainty.Rule(threshold=threshold, places=places, quota=quota)
        found: dict[str, Any] = _report.rank(
            sheet, rule, minimum=minimum, countries=known, anchors=anchored, draws=draws, seed=seed
        )
        return found

    found = _or_exit(read)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(_ranking(found)))


@jury.command("agreement")
@READINGS
@WEIGHTS
@AS_JSON
def agreement(readings: Path, weights: Path | None, as_json: bool) -> None:
    """Say how far the readers of a jury agree, and over which files they do not."""
    found: dict[str, Any] = _or_exit(lambda: _report.agree(_readings(readings, weights)))
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(_agreement(found)))


def _ranking(found: dict[str, Any]) -> list[str]:
    if not found["comparable"]:
        rows = [f"{row['application']}\t{row['readers']}\t{_number(row['raw_mean'])}" for row in found["applications"]]
        return [_not_comparable(found), "application\treaders\taverage", *rows]
    head = "application\treaders\taverage\tadjusted\trange\tplace\tprobability\tzone"
    rows = [
        "\t".join(
            (
                row["application"],
                str(row["readers"]),
                _number(row["raw_mean"]),
                _number(row["corrected_score"]),
                f"{_number(row['score_low'])}-{_number(row['score_high'])}",
                _number(row["expected_rank"]),
                _number(row["p_admitted"]),
                row["zone"] or "-",
            )
        )
        for row in found["applications"]
    ]
    jurors = [
        "\t".join((row["juror"], str(row["files"]), _number(row["severity"]), _number(row["slope"]), *row["flags"]))
        for row in found["jurors"]
    ]
    return [head, *rows, "", "juror\tfiles\tseverity\tslope\tflags", *jurors]


def _agreement(found: dict[str, Any]) -> list[str]:
    part = found["agreement"]
    lines = [] if found["comparable"] else [_not_comparable(found)]
    lines.append(f"alpha\t{_interval(part)}\t{part['verdict'] or '-'}")
    lines += [f"alpha of {row['criterion']}\t{_interval(row)}" for row in found["criteria"]]
    if found["comparable"]:
        lines += [
            f"reliability of the adjusted averages\t{_number(part['share_mean_corrected'])}",
            f"readers needed for 0.80\t{part['readers_needed']}",
            f"readers disagree over\t{', '.join(found['divergent']) or '-'}",
        ]
    return lines


def _not_comparable(found: dict[str, Any]) -> str:
    return f"These jurors cannot be compared ({found['reason']}): plain averages only."


def _interval(row: dict[str, Any]) -> str:
    return f"{_number(row['alpha'])}\t{_number(row['alpha_low'])}-{_number(row['alpha_high'])}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
