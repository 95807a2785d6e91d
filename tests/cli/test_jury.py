"""``gnlc jury`` from spreadsheets, without an instance."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gnlc_apply.cli.jury import jury
from tests.jury.test_aggregation import C1_ROWS

READINGS = "application,juror,score\n" + "".join(f"A{i},J{j},{y}\n" for i, j, y in C1_ROWS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the readings of vector C1."""
    (tmp_path / "readings.csv").write_text(READINGS, encoding="utf-8")
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(jury, [str(word) for word in words])


def ranked(folder: Path, *words: object, readings: str | None = None) -> dict[str, Any]:
    """The ranking as JSON."""
    if readings is not None:
        (folder / "readings.csv").write_text(readings, encoding="utf-8")
    done = run("rank", "--readings", folder / "readings.csv", *words, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_published_vector_as_json(folder: Path) -> None:
    found = ranked(folder, "--places", 2, "--draws", 20_000)
    assert [row["application"] for row in found["applications"]] == ["A2", "A0", "A4", "A1", "A3"]
    by_name = {row["application"]: row for row in found["applications"]}
    assert list(by_name["A0"]) == [
        *["application", "readers", "raw_mean", "fair_mean", "corrected_score", "expected_rank", "rank_low"],
        *["rank_high", "score_low", "score_high", "p_admitted", "zone"],
    ]
    assert by_name["A3"]["corrected_score"] == pytest.approx(2.1166, abs=5e-5)
    assert by_name["A3"]["fair_mean"] == pytest.approx(1.9417, abs=5e-5)
    assert (by_name["A3"]["readers"], by_name["A3"]["raw_mean"]) == (2, 1.75)
    assert [by_name[f"A{i}"]["zone"] for i in range(5)] == ["grey", "out", "in", "out", "grey"]
    assert by_name["A4"]["p_admitted"] == pytest.approx(0.215, abs=0.015)
    assert (by_name["A2"]["rank_low"], by_name["A2"]["rank_high"]) == (1, 2)
    assert [row["juror"] for row in found["jurors"]] == ["J0", "J1", "J2"]
    assert list(found["jurors"][0]) == [
        *["juror", "files", "severity", "severity_low", "severity_high", "slope", "flags"]
    ]
    first = found["jurors"][0]
    assert first["severity"] == pytest.approx(-0.3834, abs=5e-5)
    assert first["severity_low"] < first["severity"] < first["severity_high"]
    assert first["flags"] == ["few_files"]
    assert found["variance"] == pytest.approx({"application": 0.7684, "juror": 0.4050, "residual": 0.1774}, abs=5e-5)
    assert (found["comparable"], found["reason"], found["design"]["components"]) == (True, None, 1)
    assert 0.9 < found["design"]["efficiency"] <= 1
    assert found["agreement"]["readers_needed"] == 1
    assert found["warnings"] == ["few_jurors"]


def test_the_same_seed_the_same_bytes_in_any_order_of_the_rows(folder: Path) -> None:
    arguments = ("rank", "--readings", folder / "readings.csv", "--places", 2, "--json", "--draws", 500)
    first, other = run(*arguments).stdout, run(*arguments, "--seed", 7).stdout
    head, *rows = READINGS.splitlines()
    (folder / "readings.csv").write_text("\n".join([head, *reversed(rows)]), encoding="utf-8")
    assert run(*arguments).stdout == first
    assert other != first


def test_a_quota_and_a_threshold(folder: Path) -> None:
    (folder / "countries.csv").write_text("application,country\nA0,X\nA1,Y\nA2,X\nA3,Y\nA4,Z\n", encoding="utf-8")
    p = {
        row["application"]: row["p_admitted"]
        for row in ranked(folder, "--places", 2, "--quota", 1, "--countries", folder / "countries.csv")["applications"]
    }
    assert p["A0"] + p["A2"] == pytest.approx(1.0, abs=0.01)
    assert p["A4"] > 0.8
    free = ranked(folder, "--threshold", 2.0)["applications"]
    assert [row["zone"] for row in free] == ["in", "in", "in", "in", "grey"]


CRITERIA = "application,juror,Plan,people,title\n" + "".join(
    f"A{i},J{j},{4 - i % 3},{'' if (i, j) == (0, 0) else 1 if i == 1 else 3},a city\n"
    for i in range(5)
    for j in range(3)
)


def test_a_column_for_each_criterion_and_a_minimum(folder: Path) -> None:
    (folder / "weights.csv").write_text("criterion;weight\nplan;60\npeople;40\n", encoding="utf-8")
    found = ranked(folder, "--weights", folder / "weights.csv", "--threshold", 1.5, readings=CRITERIA)
    by_name = {row["application"]: row for row in found["applications"]}
    # A0: 4 alone, 3.6, 3.6; A1: 3 and 1.
    assert by_name["A0"]["raw_mean"] == pytest.approx((4 + 3.6 + 3.6) / 3, abs=1e-6)
    assert (by_name["A1"]["raw_mean"], by_name["A1"]["zone"]) == (2.2, "in")
    strict = ranked(folder, "--weights", folder / "weights.csv", "--threshold", 1.5, "--minimum", 2)
    assert {row["application"]: row["zone"] for row in strict["applications"]}["A1"] == "out"
    done = run("agreement", "--readings", folder / "readings.csv", "--weights", folder / "weights.csv", "--json")
    assert [row["criterion"] for row in json.loads(done.stdout)["criteria"]] == ["people", "plan"]
    assert [row["alpha"] for row in json.loads(done.stdout)["criteria"]] == [1.0, 1.0]


def test_anchors_link_the_jurors_and_are_not_ranked(folder: Path) -> None:
    split = "application,juror,score\nA0,J0,4\nA0,J1,3\nA1,J0,3\nA1,J1,2\nA2,J2,4\nA2,J3,3\nA3,J2,2\nA3,J3,1\n"
    assert ranked(folder, "--places", 2, readings=split)["reason"] == "not_linked"
    anchors = "application,juror,score\n" + "".join(f"Z{i},J{j},{3 + i % 2}\n" for i in range(3) for j in range(4))
    (folder / "anchors.csv").write_text(anchors, encoding="utf-8")
    found = ranked(folder, "--places", 2, "--anchors", folder / "anchors.csv")
    assert found["comparable"] is True
    assert sorted(row["application"] for row in found["applications"]) == ["A0", "A1", "A2", "A3"]
    assert [row["files"] for row in found["jurors"]] == [5] * 4
    (folder / "names.csv").write_text("application\nZ0\nZ1\nZ2\n", encoding="utf-8")
    together = split + anchors.partition("\n")[2]
    named = ranked(folder, "--places", 2, "--anchors", folder / "names.csv", readings=together)
    assert named == found


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        ("application,juror,score\nB,J,3\nA,J,4\nC,J,2\nD,J,1\n", "one_juror"),
        ("application,juror,score\nB,J,3\nB,K,3\nA,L,4\nA,M,4\nD,L,1\nC,J,2\n", "not_linked"),
    ],
)
def test_what_cannot_be_compared_has_plain_averages_only(folder: Path, readings: str, reason: str) -> None:
    found = ranked(folder, "--places", 2, readings=readings)
    assert (found["comparable"], found["reason"], found["variance"]) == (False, reason, None)
    assert [(row["application"], row["raw_mean"]) for row in found["applications"]] == [
        ("A", 4.0),
        ("B", 3.0),
        ("C", 2.0),
        ("D", 1.0),
    ]
    figures = {key for row in found["applications"] for key, value in row.items() if value is not None}
    assert figures == {"application", "readers", "raw_mean"}
    assert {row["severity"] for row in found["jurors"]} == {None}
    words = run("rank", "--readings", folder / "readings.csv", "--places", 2).stdout.splitlines()
    assert words[0] == f"These jurors cannot be compared ({reason}): plain averages only."


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        ("application,score\nA,3\n", "readings.csv, line 1: missing column juror; add it, or name it so"),
        ("application,juror,score\nA,J,5.5\n", "readings.csv, line 2: score is 5.5, outside 0 to 5; correct it"),
        (
            "application,juror,score\nA,J,3\nA,J,3\n",
            "readings.csv, line 3: a second reading of A by J; remove one of the two",
        ),
        ("application,juror,score\nA,J,good\n", "readings.csv, line 2: good is not a number; correct it"),
        ("application,juror,score\nA,J,nan\n", "readings.csv, line 2: score is nan, outside 0 to 5; correct it"),
        ("application,juror,score\nA,J,\n", "readings.csv, line 2: the score is empty; fill it in"),
        ("application,juror,score\nA,,3\n", "readings.csv, line 2: application or juror is empty; fill it in"),
        (
            "application,juror,score\nA,J,3,4\n",
            "readings.csv, line 2: more cells than columns; look for a comma or semicolon inside a cell",
        ),
        (
            "application,juror,score,Score\nA,J,3,4\n",
            "readings.csv, line 1: column score stands there twice; remove one",
        ),
        (
            "application,juror,score\n",
            "readings.csv: no complete reading; one has scores for 60 % of the weight at least",
        ),
        ("", "readings.csv, line 1: missing column application, juror, score; add it, or name it so"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_named(folder: Path, readings: str, words: str) -> None:
    (folder / "readings.csv").write_text(readings, encoding="utf-8")
    for command in (("rank", "--places", 1), ("agreement",)):
        done = run(*command, "--readings", folder / "readings.csv", "--json")
        assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {words}\n")


def test_other_files_that_cannot_be_used(folder: Path) -> None:
    (folder / "latin.csv").write_bytes("application,juror,score\nMálaga,J,3\n".encode("latin-1"))
    assert run("agreement", "--readings", folder / "latin.csv").stderr == (
        "Error: latin.csv: not UTF-8; save the spreadsheet as CSV UTF-8\n"
    )
    (folder / "few.csv").write_text("application,country\nA0,X\nA1,Y\n", encoding="utf-8")
    rank = ("rank", "--readings", folder / "readings.csv")
    refused = run(*rank, "--places", 2, "--quota", 1, "--countries", folder / "few.csv")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Error: few.csv: no country for A2, A3, A4; add a line for each\n",
    )
    (folder / "names.csv").write_text("application\nZ9\n", encoding="utf-8")
    refused = run(*rank, "--places", 2, "--anchors", folder / "names.csv")
    assert (refused.exit_code, refused.stderr) == (2, "Error: names.csv: nobody has read Z9; correct the name\n")
    refused = run(*rank, "--places", 2, "--anchors", folder / "readings.csv")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Error: an anchor is ranked as well: A0, A1, A2, A3, A4; take it out of one of the two sheets\n",
    )
    (folder / "weights.csv").write_text("criterion,weight\nplan,0\n", encoding="utf-8")
    refused = run(*rank, "--places", 2, "--weights", folder / "weights.csv")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Error: weights.csv, line 2: the weight of plan must be above 0; correct it\n",
    )


@pytest.mark.parametrize(
    "words",
    [(), ("--places", 1, "--threshold", 3), ("--places", 1, "--quota", 1), ("--threshold", 3, "--minimum", 2)],
)
def test_rules_that_do_not_go_together(folder: Path, words: tuple[object, ...]) -> None:
    assert run("rank", "--readings", folder / "readings.csv", *words).exit_code == 2


def test_agreement_of_the_vector(folder: Path) -> None:
    found = json.loads(run("agreement", "--readings", folder / "readings.csv", "--json").stdout)
    assert (found["comparable"], found["criteria"], found["divergent"]) == (True, [], [])
    assert found["agreement"]["units"] == 5
    assert found["agreement"]["share_single_corrected"] == pytest.approx(0.7684 / (0.7684 + 0.1774), abs=1e-4)
    printed = run("agreement", "--readings", folder / "readings.csv").stdout.splitlines()
    assert printed[-2:] == ["readers needed for 0.80\t1", "readers disagree over\t-"]


def test_an_incomplete_reading_is_not_used(folder: Path) -> None:
    (folder / "weights.csv").write_text("criterion,weight\nplan,60\npeople,40\n", encoding="utf-8")
    found = ranked(
        folder, "--weights", folder / "weights.csv", "--places", 1, readings=CRITERIA + "A9,J0,,3,\nA8,J0,3,,\n"
    )
    assert {row["application"]: row["readers"] for row in found["applications"]} == {
        **dict.fromkeys(("A0", "A1", "A2", "A3", "A4"), 3),
        "A8": 1,
        "A9": 0,
    }
    assert found["applications"][-1]["application"] == "A9"
    assert found["applications"][-1]["zone"] is None


def test_the_terminal_loads_the_model_only_when_it_is_asked_for() -> None:
    code = "import sys, gnlc_apply.cli; print('numpy' in sys.modules, 'gnlc_apply.jury.report' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
