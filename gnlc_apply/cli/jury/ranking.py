"""``gnlc jury rank`` and ``agreement``: who is where, how sure that is, and how far the readers agree."""

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
    not_comparable,
    number,
    or_exit,
    plain,
    readings_of,
    show,
    text_of,
)
from gnlc_apply.core.lazy import lazy
from gnlc_apply.jury.sheets import JUROR, BadSheet, Sheet, joined, read_countries, read_names, read_places, read_rows

# The model loads numpy and scipy, which no web process should carry.
_certainty: Any = lazy("gnlc_apply.jury.certainty")
_report: Any = lazy("gnlc_apply.jury.report")


def _with_anchors(sheet: Sheet, path: Path | None, weights_path: Path | None) -> tuple[Sheet, frozenset[str]]:
    """The sheet with its anchors: a file of readings is added, a list of applications only names them."""
    if path is None:
        return sheet, frozenset()
    rows = read_rows(text_of(path), path.name, ())
    if rows and JUROR in rows[0][1]:
        anchors = readings_of(path, weights_path)
        return joined(sheet, anchors), anchors.applications
    names = read_names(text_of(path), path.name)
    if unknown := sorted(names - sheet.applications):
        raise BadSheet(f"{path.name}: nobody has read {', '.join(unknown[:5])}; correct the name")
    return sheet, names


@click.command("rank")
@READINGS
@WEIGHTS
@click.option("--places", type=click.IntRange(min=1), help="The rule: so many files.")
@click.option("--threshold", type=click.FloatRange(0, 5), help="The rule: an adjusted average of at least so much.")
@click.option("--minimum", type=click.FloatRange(0, 5), help="With --threshold: no criterion's average below this.")
@click.option("--quota", type=click.IntRange(min=1), help="At most so many files of one country.")
@click.option("--countries", type=CSV, help="CSV with application and country, for --quota.")
@click.option("--anchors", type=CSV, help="CSV of the files that everybody read: their readings, or only their names.")
@click.option(
    "--order", type=CSV, help="CSV with application, juror and place: take the order of reading out of the scores."
)
@DRAWS
@SEED
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
    order: Path | None,
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
        sheet, anchored = _with_anchors(readings_of(readings, weights), anchors, weights)
        ranked = sheet.applications - anchored
        known = read_countries(text_of(countries), countries.name, ranked) if countries else None
        read_pairs = [pair for pair in sheet.totals if pair[0] in ranked]
        rule = _certainty.Rule(threshold=threshold, places=places, quota=quota)
        found: dict[str, Any] = _report.rank(
            sheet,
            rule,
            minimum=minimum,
            countries=known,
            anchors=anchored,
            places=read_places(text_of(order), order.name, read_pairs) if order else None,
            draws=draws,
            seed=seed,
        )
        return found

    show(or_exit(read), _ranking, as_json=as_json)


@click.command("agreement")
@READINGS
@WEIGHTS
@AS_JSON
def agreement(readings: Path, weights: Path | None, as_json: bool) -> None:
    """Say how far the readers of a jury agree, and over which files they do not."""
    found: dict[str, Any] = or_exit(lambda: _report.agree(readings_of(readings, weights)))
    show(found, _agreement, as_json=as_json)


def _ranking(found: dict[str, Any]) -> list[str]:
    if not found["comparable"]:
        return plain(found)
    head = "application\treaders\taverage\tadjusted\trange\tplace\tplaces\tprobability\tzone"
    rows = [
        "\t".join(
            (
                row["application"],
                str(row["readers"]),
                number(row["raw_mean"]),
                number(row["corrected_score"]),
                f"{number(row['score_low'])}-{number(row['score_high'])}",
                number(row["expected_rank"]),
                "-" if row["rank_low"] is None else f"{row['rank_low']}-{row['rank_high']}",
                number(row["p_admitted"]),
                row["zone"] or "-",
            )
        )
        for row in found["applications"]
    ]
    jurors = [
        "\t".join((row["juror"], str(row["files"]), number(row["severity"]), number(row["slope"]), *row["flags"]))
        for row in found["jurors"]
    ]
    return [
        *_order(found["order"]),
        *_zones(found),
        *(head, *rows, ""),
        *("juror\tfiles\tseverity\tslope\tflags", *jurors, ""),
        *("counted otherwise\tchanging side\tshare", *map(_way, found["sensitivity"])),
    ]


def _zones(found: dict[str, Any]) -> list[str]:
    """The three groups in words, and how sure the whole is."""
    zones = [row["zone"] for row in found["applications"]]
    sure = "in at least 9 of 10 repetitions of this jury the city would be admitted"
    unsure = "in at most 1 of 10 repetitions"
    return [
        f"Surely in: {zones.count('in')}; {sure}. Surely out: {zones.count('out')}; {unsure}. To discuss: {zones.count('grey')}.",
        f"Of those admitted, a repetition would leave out {number(found['expected_wrong_admissions'])} on average.",
        f"Two more readers help most for: {', '.join(found['read_again']) or '-'}",
        "",
    ]


def _order(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    span = f"{number(found['low'])} to {number(found['high'])}"
    said = "" if found["justified"] else " The figures do not justify taking it out."
    return [
        f"Order of reading taken out: a last file had {number(found['effect'])} points more than a first ({span}).{said}"
    ]


def _way(row: dict[str, Any]) -> str:
    seen = ["the board must see this"] if row["must_be_shown"] else []
    return cells(row["way"] + (f" {row['juror']}" if row["juror"] else ""), row["changed"], row["share"], *seen)


def _agreement(found: dict[str, Any]) -> list[str]:
    part = found["agreement"]
    lines = [] if found["comparable"] else [not_comparable(found)]
    lines.append(f"alpha\t{_interval(part)}\t{part['verdict'] or '-'}")
    lines += [f"alpha of {row['criterion']}\t{_interval(row)}" for row in found["criteria"]]
    if found["comparable"]:
        lines += [
            f"reliability of the adjusted averages\t{number(part['share_mean_corrected'])}",
            f"readers needed for 0.80\t{part['readers_needed']}",
            f"readers disagree over\t{', '.join(found['divergent']) or '-'}",
        ]
    return lines


def _interval(row: dict[str, Any]) -> str:
    return f"{number(row['alpha'])}\t{number(row['alpha_low'])}-{number(row['alpha_high'])}"
