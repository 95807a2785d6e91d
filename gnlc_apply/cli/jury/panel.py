"""``gnlc jury assign`` and ``conflicts``: who reads what, and who may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gnlc_apply.cli.jury.sheet_options import AS_JSON, CSV, cells, number, or_exit, show, text_of
from gnlc_apply.core.lazy import lazy
from gnlc_apply.jury.panel import Pair, Rules
from gnlc_apply.jury.panel_sheets import FILES_TO_ASSIGN, JURORS_TO_ASSIGN, read_files, read_jurors, read_pairs
from gnlc_apply.jury.sheets import APPLICATION, COUNTRY, JUROR

_report: Any = lazy("gnlc_apply.jury.report_panel")

FILES = click.option("--files", type=CSV, required=True, help="CSV of the files: application, country, …")
JURORS = click.option("--jurors", type=CSV, required=True, help="CSV of the jurors: juror, countries, …")


@click.command("assign")
@FILES
@JURORS
@click.option("--conflicts", type=CSV, help="CSV with juror and application: pairs that may not be.")
@click.option("--started", type=CSV, help="CSV with juror and application: readings that stay as they are.")
@click.option("--readers", type=click.IntRange(1, 20), default=4, show_default=True, help="Readers of each file.")
@click.option("--anchors", type=click.IntRange(min=0), default=0, show_default=True, help="Files that everybody reads.")
@click.option("--seed", default="0", show_default=True, help="Any text; the same one gives the same proposal.")
@AS_JSON
def assign(
    files: Path,
    jurors: Path,
    conflicts: Path | None,
    started: Path | None,
    readers: int,
    anchors: int,
    seed: str,
    as_json: bool,
) -> None:
    """Propose who reads what: no conflicts, fair loads, good matches, and a jury that is well linked."""

    def read() -> dict[str, Any]:
        file_rows = read_files(text_of(files), files.name, FILES_TO_ASSIGN)
        juror_rows = read_jurors(text_of(jurors), jurors.name, JURORS_TO_ASSIGN)

        def pairs(path: Path | None) -> frozenset[Pair]:
            return read_pairs(text_of(path), path.name, file_rows, juror_rows) if path else frozenset()

        rules = Rules(readers=readers, anchors=anchors)
        found: dict[str, Any] = _report.assign(
            file_rows, juror_rows, blocked=pairs(conflicts), fixed=pairs(started), rules=rules, seed=seed
        )
        return found

    show(or_exit(read), _assignment, as_json=as_json)


@click.command("conflicts")
@FILES
@JURORS
@AS_JSON
def conflicts(files: Path, jurors: Path, as_json: bool) -> None:
    """Find the ties between jurors and files: those that block, and the questions to ask."""

    def read() -> dict[str, Any]:
        file_rows = read_files(text_of(files), files.name, (APPLICATION, COUNTRY))
        juror_rows = read_jurors(text_of(jurors), jurors.name, (JUROR,))
        found: dict[str, Any] = _report.conflicts(file_rows, juror_rows)
        return found

    show(or_exit(read), _conflicts, as_json=as_json)


def _assignment(found: dict[str, Any]) -> list[str]:
    rows = [cells(row["application"], row["juror"], row["place"], row["match"]) for row in found["assignments"]]
    lines = [_summary(found), "", "application\tjuror\tplace\tmatch", *rows, "", "juror\tfiles"]
    lines += [cells(row["juror"], row["files"]) for row in found["jurors"]]
    lines += [cells(row["application"], row["sentence"]) for row in found["shortages"]]
    lines.append("")
    if found["reason"]:
        lines.append(f"These jurors could not be compared afterwards ({found['reason']}).")
    return [*lines, cells("linked, 1 is ideal", found["design"]["efficiency"])]


def _summary(found: dict[str, Any]) -> str:
    """The proposal in one line: readers, loads, the weakest match and how well the jury is linked."""
    loads = [row["files"] for row in found["jurors"]]
    matches = [row["match"] for row in found["assignments"]]
    readers = (
        "every file has its readers" if not found["shortages"] else f"files short of readers: {len(found['shortages'])}"
    )
    return (
        f"{readers}; nobody reads a file with a conflict; loads {min(loads, default=0)}-{max(loads, default=0)}; "
        f"weakest match {number(min(matches, default=None))}; linked {number(found['design']['efficiency'])} of the ideal"
    )


def _conflicts(found: dict[str, Any]) -> list[str]:
    rows = [
        cells(*(row[key] for key in ("juror", "application", "level", "code", "detail"))) for row in found["conflicts"]
    ]
    return ["juror\tapplication\tlevel\tcode\tdetail", *rows]
