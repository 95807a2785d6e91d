"""``gnlc jury audit`` and ``calibrate``: whether the same file is treated alike, and the round before the reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gnlc_apply.cli.jury.sheet_options import (
    AS_JSON,
    CSV,
    DRAWS,
    READINGS,
    SEED,
    WEIGHTS,
    cells,
    number,
    or_exit,
    plain,
    readings_of,
    show,
    text_of,
)
from gnlc_apply.core.lazy import lazy
from gnlc_apply.jury.sheets import APPLICATION, JUROR, BadSheet, read_table

_certainty: Any = lazy("gnlc_apply.jury.certainty")
_report: Any = lazy("gnlc_apply.jury.report_checks")


@click.command("audit")
@READINGS
@WEIGHTS
@click.option("--files", type=CSV, help="CSV with application and the columns of --group.")
@click.option("--jurors", type=CSV, help="CSV with juror and the columns of --group.")
@click.option("--group", "groups", multiple=True, metavar="COLUMN", help="A column of the files, such as region.")
@click.option(
    "--property", "properties", multiple=True, metavar="COLUMN", help="Numbers in the readings, such as place."
)
@click.option("--by-hand", is_flag=True, help="The files were handed out by hand: no test by chance is possible.")
@click.option("--places", type=click.IntRange(min=1), help="The rule: so many files.")
@click.option("--threshold", type=click.FloatRange(0, 5), help="The rule: an adjusted average of at least so much.")
@DRAWS
@SEED
@AS_JSON
def audit(
    readings: Path,
    weights: Path | None,
    files: Path | None,
    jurors: Path | None,
    groups: tuple[str, ...],
    properties: tuple[str, ...],
    by_hand: bool,
    places: int | None,
    threshold: float | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Test whether the same file is treated differently by some readers, and show how groups fared."""
    if groups and not files:
        raise click.UsageError("--group names a column of the files; give --files too.")
    rule = None if places is None and threshold is None else _certainty.Rule(threshold=threshold, places=places)
    columns = tuple(dict.fromkeys(group.casefold() for group in groups))
    numbers = tuple(dict.fromkeys(name.casefold() for name in properties))

    def read() -> dict[str, Any]:
        sheet = readings_of(readings, weights, numbers)
        file_cells = read_table(text_of(files), files.name, (APPLICATION, *columns)) if files else {}
        juror_cells = read_table(text_of(jurors), jurors.name, (JUROR,)) if jurors else {}
        _refuse_unknown({file for file, _ in sheet.totals}, file_cells, files, APPLICATION)
        _refuse_unknown({juror for _, juror in sheet.totals}, juror_cells, jurors, JUROR)
        found: dict[str, Any] = _report.audit(
            sheet,
            file_cells,
            juror_cells,
            properties=numbers,
            groups=columns,
            rule=rule,
            is_random=not by_hand,
            draws=draws,
            seed=seed,
        )
        return found

    show(or_exit(read), _audit, as_json=as_json)


def _refuse_unknown(names: set[str], known: dict[str, dict[str, str]], path: Path | None, words: str) -> None:
    """Raise BadSheet for who has a reading and no line of its own."""
    if path is not None and (missing := sorted(names - set(known))):
        raise BadSheet(f"{path.name}: no line for {words} {', '.join(missing[:5])}; add it")


@click.command("calibrate")
@READINGS
@WEIGHTS
@AS_JSON
def calibrate(readings: Path, weights: Path | None, as_json: bool) -> None:
    """Compare the jurors in a round in which everybody scored the same few files."""

    def read() -> dict[str, Any]:
        found: dict[str, Any] = _report.calibrate(readings_of(readings, weights), readings.name)
        return found

    show(or_exit(read), _calibration, as_json=as_json)


def _audit(found: dict[str, Any]) -> list[str]:
    if not found["comparable"]:
        return plain(found)
    lines = ["property\teffect\trange\tp\tq\tfound\tfiles changing side"]
    for row in found["treatments"]:
        span = f"{number(row['low'])}..{number(row['high'])}"
        found_words = "not measurable" if row["effect"] is None else "yes" if row["found"] else "no"
        lines.append(cells(row["property"], row["effect"], span, row["p"], row["q"], found_words, row["changed"]))
    flagged = [row for row in found["affinities"] if row["flagged"]]
    lines += ["", "who favours their own", *(cells(row["property"], row["juror"], row["gap"]) for row in flagged)]
    lines += ["", "group\tvalue\tfiles\tgap\trange\tadmitted\trest"]
    lines += [
        cells(
            r["group"],
            r["value"],
            r["files"],
            r["gap"],
            f"{number(r['low'])}..{number(r['high'])}",
            r["rate"],
            r["rate_of_rest"],
        )
        for r in found["outcomes"] or []
    ]
    return [*lines, "A difference between groups is not proof of unequal treatment: quality of the files may differ."]


def _calibration(found: dict[str, Any]) -> list[str]:
    if not found["comparable"]:
        return plain(found)
    rows = [cells(r["juror"], r["severity"], r["scatter"], r["correlation"], *r["flags"]) for r in found["jurors"]]
    return ["juror\tseverity\tscatter\tcorrelation\tflags", *rows]
