"""``gnlc jury select`` and ``feedback``: the cohort by the public rule, and what the others may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gnlc_apply.cli.jury.sheet_options import AS_JSON, CSV, READINGS, cells, or_exit, plain, readings_of, show, text_of
from gnlc_apply.core.lazy import lazy
from gnlc_apply.jury.outcome_sheets import read_candidates, read_drafts, read_minima, read_notes, read_titles
from gnlc_apply.jury.sheets import JUROR, read_names, read_rows, read_weights

_report: Any = lazy("gnlc_apply.jury.report_outcome")


@click.command("select")
@click.option(
    "--ranking", type=CSV, required=True, help="CSV with application and score or expected_rank, or rank's JSON."
)
@click.option("--countries", type=CSV, help="CSV with application and country, where the ranking has no country.")
@click.option("--places", type=click.IntRange(min=1), help="The rule: so many files.")
@click.option("--threshold", type=click.FloatRange(0, 5), help="The rule: a score of at least so much.")
@click.option("--quota", type=click.IntRange(min=1), help="At most so many files of one country.")
@click.option("--lottery", metavar="SEED", help="Order equals by a public seed; without it they are shown.")
@click.option("--minima", type=CSV, help="CSV with column, value and number: what each public minimum would cost.")
@AS_JSON
def select(
    ranking: Path,
    countries: Path | None,
    places: int | None,
    threshold: float | None,
    quota: int | None,
    lottery: str | None,
    minima: Path | None,
    as_json: bool,
) -> None:
    """Choose the cohort by the public rule; equals that do not all fit are shown, never parted silently."""
    if places is None and threshold is None:
        raise click.UsageError("Give --places N, --threshold X, or both.")

    def read() -> dict[str, Any]:
        candidates = read_candidates(
            text_of(ranking),
            ranking.name,
            countries=(text_of(countries), countries.name) if countries else None,
            has_quota=quota is not None,
            has_threshold=threshold is not None or minima is not None,
        )
        found: dict[str, Any] = _report.select(
            candidates,
            places=places,
            quota=quota,
            threshold=threshold,
            lottery_seed=lottery,
            minima=read_minima(text_of(minima), minima.name) if minima else (),
        )
        return found

    show(or_exit(read), _selection, as_json=as_json)


@click.command("feedback")
@READINGS
@click.option(
    "--weights", type=CSV, required=True, help="CSV with criterion and weight, and optionally title_en, title_fr."
)
@click.option("--admitted", type=CSV, required=True, help="CSV with application: the files admitted.")
@click.option("--close", type=CSV, help="CSV with application: the close cases.")
@click.option("--drafts", type=CSV, help="CSV with application and text: drafts to check before they are sent.")
@click.option("--names", type=CSV, help="CSV with juror or city: names that no draft may hold.")
@AS_JSON
def feedback(
    readings: Path,
    weights: Path,
    admitted: Path,
    close: Path | None,
    drafts: Path | None,
    names: Path | None,
    as_json: bool,
) -> None:
    """Draft what each file that was not admitted may be told, and check drafts before they are sent."""

    def read() -> dict[str, Any]:
        sheet = readings_of(readings, weights)
        text = text_of(weights)
        found: dict[str, Any] = _report.tell(
            sheet,
            read_weights(text, weights.name),
            read_names(text_of(admitted), admitted.name),
            close=read_names(text_of(close), close.name) if close else (),
            titles=read_titles(text, weights.name),
        )
        if drafts:
            known = {juror for _, juror in sheet.totals}
            others: set[str] = set()
            for _, row in read_rows(text_of(names), names.name, ()) if names else ():
                known |= {row[JUROR]} if row.get(JUROR) else set()
                others |= {row["city"]} if row.get("city") else set()
            notes = read_notes(text_of(readings), readings.name)
            texts = read_drafts(text_of(drafts), drafts.name)
            found["faults"] = _report.faults(texts, jurors=known, private_notes=notes, other_cities=others)
        return found

    show(or_exit(read), _feedback, as_json=as_json)


def _selection(found: dict[str, Any]) -> list[str]:
    lines = ["application\tscore\tcountry\tstatus\twhy"]
    lines += [
        cells(*(r[key] for key in ("application", "score", "country", "status", "why"))) for r in found["applications"]
    ]
    for row in found["prices"]:
        head = f"at least {row['number']} with {row['column']} {row['value']}"
        if row["possible"]:
            lines.append(
                cells(head, row["points"], "in: " + ", ".join(row["entering"]), "out: " + ", ".join(row["leaving"]))
            )
        else:
            lines.append(cells(head, "not possible"))
    return lines


def _feedback(found: dict[str, Any]) -> list[str]:
    lines = plain(found) if not found["comparable"] else []
    for row in found["applications"] if found["comparable"] else ():
        lines += [row["application"], *("  " + line for lines_of in row["drafts"].values() for line in lines_of)]
    lines += [cells("not to be sent", f["application"], f["fault"], f["words"]) for f in found.get("faults", ())]
    return lines
