"""``gnlc jury audit``, ``calibrate``, ``select`` and ``feedback`` from spreadsheets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from gnlc_apply.cli.jury import jury
from tests.jury.test_calibration import I1

REGIONS = ("africa", "europe", "asia")


def run(command: str, *words: object) -> Result:
    return CliRunner().invoke(jury, [command, *map(str, words)])


def told(command: str, *words: object) -> dict[str, Any]:
    done = run(command, *words, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def judged(folder: Path, *, favour: float = 0.0, drift: float = 0.0) -> Path:
    """Readings of 40 files by 10 jurors, four for each; J0 favours the own region, everybody drifts by place."""
    random = np.random.default_rng(4)
    quality, severity = random.normal(2, 0.6, 40), random.normal(0, 0.4, 10)
    readers = {i: random.permutation(10)[:4].tolist() for i in range(40)}
    lines = ["application,juror,place,score,private_note"]
    for j in range(10):
        mine = [i for i in range(40) if j in readers[i]]
        for place, i in enumerate(random.permutation(mine).tolist(), 1):
            own = favour * (1 if i % 3 == 0 else -0.3) if j == 0 else 0.0
            total = quality[i] - severity[j] + random.normal(0, 0.25) + own + drift * place / 16
            lines.append(f"A{i:02},J{j},{place},{min(max(total, 0), 5):.2f},")
    write(folder, "files.csv", "application,region\n" + "".join(f"A{i:02},{REGIONS[i % 3]}\n" for i in range(40)))
    write(folder, "jurors.csv", "juror,region\n" + "".join(f"J{j},{REGIONS[j % 3]}\n" for j in range(10)))
    return write(folder, "readings.csv", "\n".join(lines) + "\n")


def audited(folder: Path, *words: object) -> dict[str, Any]:
    sheets = (
        "--files",
        folder / "files.csv",
        "--jurors",
        folder / "jurors.csv",
        "--group",
        "Region",
        "--property",
        "place",
    )
    return told("audit", "--readings", folder / "readings.csv", *sheets, *words)


def test_an_audit_finds_a_drift_and_a_favourer_and_nothing_in_a_fair_jury(tmp_path: Path) -> None:
    judged(tmp_path)
    fair = audited(tmp_path, "--places", 12)
    assert [row["found"] for row in fair["treatments"]] == [False, False]
    assert [row["juror"] for row in fair["affinities"] if row["flagged"]] == []
    judged(tmp_path, favour=1.5, drift=1.5)
    found = audited(tmp_path, "--places", 12)
    by_name = {row["property"]: row for row in found["treatments"]}
    assert list(by_name) == ["place", "same_region"]
    assert (by_name["place"]["found"], by_name["place"]["p"]) == (True, 0.0005)
    assert by_name["place"]["low"] < 1.5 / 16 < by_name["place"]["high"]
    assert by_name["place"]["changed"] >= 0
    assert [row["juror"] for row in found["affinities"] if row["flagged"]] == ["J0"]
    assert [(row["value"], row["files"]) for row in found["outcomes"]] == [("africa", 14), ("asia", 13), ("europe", 13)]
    assert sum(row["rate"] * row["files"] for row in found["outcomes"]) == pytest.approx(12)
    assert len(found["jurors"]) == 10
    by_hand = audited(tmp_path, "--by-hand")
    assert [(row["p"], row["q"], row["found"], row["changed"]) for row in by_hand["treatments"]] == [
        (None, None, False, None)
    ] * 2
    assert by_hand["outcomes"] is None


def test_an_audit_of_one_juror_or_with_an_unknown_file(tmp_path: Path) -> None:
    alone = write(tmp_path, "alone.csv", "application,juror,score\nA,J,3\nB,J,2\nC,J,4\nD,J,1\n")
    found = told("audit", "--readings", alone)
    assert (found["comparable"], found["reason"], found["treatments"]) == (False, "one_juror", None)
    assert [row["application"] for row in found["applications"]] == ["C", "A", "B", "D"]
    files = write(tmp_path, "files.csv", "application,region\nA,x\nB,x\nC,y\n")
    refused = run("audit", "--readings", alone, "--files", files, "--group", "region")
    assert (refused.exit_code, refused.stderr) == (2, "Error: files.csv: no line for application D; add it\n")
    refused = run("audit", "--readings", alone, "--property", "hour")
    assert refused.stderr == "Error: alone.csv, line 1: missing column hour; add it, or name it so\n"


def test_the_published_calibration(tmp_path: Path) -> None:
    rows = [f"T{a},J{j},{I1[j, a]}\n" for j in range(5) for a in range(5)]
    found = told("calibrate", "--readings", write(tmp_path, "round.csv", "application,juror,score\n" + "".join(rows)))
    assert [row["severity"] for row in found["jurors"]] == pytest.approx([-0.14, -0.065, 1.185, -1.04, 0.06])
    assert [row["flags"] for row in found["jurors"]] == [
        *([], [], ["severe"], ["lenient"]),
        ["inconsistent", "different_order"],
    ]
    gap = write(tmp_path, "gap.csv", "application,juror,score\n" + "".join(rows[:-1]))
    assert run("calibrate", "--readings", gap).stderr == (
        "Error: gap.csv: J4 has no complete reading of T4; in this round everybody scores every file: add the reading, "
        "or take the juror or the file out\n"
    )
    alone = told(
        "calibrate", "--readings", write(tmp_path, "alone.csv", "application,juror,score\n" + "".join(rows[:5]))
    )
    assert (alone["comparable"], alone["reason"], alone["jurors"]) == (False, "one_juror", None)
    assert alone["applications"][0] == {"application": "T2", "readers": 1, "raw_mean": 4.0}


RANKING = (
    "application,score,country,region,decision,reason\nF0,4.5,A,n,,\nF1,4.4,A,n,,\nF2,4.3,B,n,,\nF3,4.2,A,n,,\n"
    "F4,4.1,B,s,,\nF5,4.0,C,s,,\n"
)


def statuses(found: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {row["application"]: (row["status"], row["why"]) for row in found["applications"]}


def test_the_published_cohorts(tmp_path: Path) -> None:
    sheet = write(tmp_path, "ranking.csv", RANKING)
    first = told("select", "--ranking", sheet, "--places", 3, "--quota", 2)
    assert [name for name, (status, _) in statuses(first).items() if status == "chosen"] == ["F0", "F1", "F2"]
    assert statuses(first)["F3"] == ("passed", "country_full")
    assert statuses(first)["F5"] == ("passed", "no_place_left")
    decided = RANKING.replace("F5,4.0,C,s,,", "F5,4.0,C,s,must,The board's vote").replace(
        "F1,4.4,A,n,,", "F1,4.4,A,n,never,Withdrawn"
    )
    sheet = write(tmp_path, "ranking.csv", decided)
    second = told("select", "--ranking", sheet, "--places", 4, "--quota", 2)
    assert {name for name, (status, _) in statuses(second).items() if status == "chosen"} == {"F5", "F0", "F2", "F3"}
    assert (statuses(second)["F5"], statuses(second)["F1"]) == (("chosen", "must"), ("passed", "never"))
    below = told("select", "--ranking", sheet, "--threshold", 4.25)
    assert statuses(below)["F3"] == ("passed", "below_threshold")
    minima = write(tmp_path, "minima.csv", "column,value,number\nregion,s,2\nregion,s,9\n")
    priced = told("select", "--ranking", write(tmp_path, "ranking.csv", RANKING), "--places", 3, "--minima", minima)
    assert priced["prices"] == [
        {
            "column": "region",
            "value": "s",
            "number": 2,
            "possible": True,
            "points": 0.6,
            "entering": ["F4", "F5"],
            "leaving": ["F1", "F2"],
        },
        {
            "column": "region",
            "value": "s",
            "number": 9,
            "possible": False,
            "points": None,
            "entering": None,
            "leaving": None,
        },
    ]


def test_equals_at_the_last_place_are_shown_and_only_a_lottery_parts_them(tmp_path: Path) -> None:
    equal = "application,score,country\nA3,4,A\nB7,3,B\nC1,3,B\nD9,3,C\nE0,2,E\n"
    sheet = write(tmp_path, "ranking.csv", equal)
    found = told("select", "--ranking", sheet, "--places", 2)
    assert statuses(found) == {
        "A3": ("chosen", None),
        **dict.fromkeys(("B7", "C1", "D9"), ("tied", None)),
        "E0": ("passed", "no_place_left"),
    }
    assert (found["chosen"], found["tied"]) == (1, 3)
    # Three equals for three places are no tie; nor is one of another country where only a quota is full.
    assert told("select", "--ranking", sheet, "--places", 4)["tied"] == 0
    quota = statuses(told("select", "--ranking", sheet, "--places", 5, "--quota", 1))
    assert (quota["B7"], quota["C1"], quota["D9"]) == (("tied", None), ("tied", None), ("chosen", None))
    drawn = told("select", "--ranking", sheet, "--places", 2, "--lottery", "GNLC-2026")
    assert [row["application"] for row in drawn["applications"]] == ["A3", "B7", "D9", "C1", "E0"]
    assert (drawn["chosen"], drawn["tied"], statuses(drawn)["B7"]) == (2, 0, ("chosen", None))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("application,country\nA,X\n", "ranking.csv, line 2: no score and no expected_rank; fill it in"),
        ("application,score\nA,3\nA,4\n", "ranking.csv, line 3: A stands there twice; remove one"),
        ("application,score\nA,3\n", "ranking.csv: no country for A; add a column country, or give --countries"),
        (
            "application,score,decision,reason,country\nA,3,must,,X\n",
            "ranking.csv, line 2: a decision of the board needs its reason; write it into the column reason",
        ),
        (
            "application,score,decision,country\nA,3,maybe,X\n",
            "ranking.csv, line 2: decision is maybe; write must, never or nothing",
        ),
        ('{"applications": 3}', "ranking.csv: not the JSON of gnlc jury rank; save its output as it is"),
        (
            "application,score,decision,reason,country\nA,3,must,r,X\nB,3,must,r,X\n",
            "these decisions cannot stand together: files of one country that must be in exceed its quota",
        ),
    ],
)
def test_rankings_that_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    done = run("select", "--ranking", write(tmp_path, "ranking.csv", text), "--places", 3, "--quota", 1)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {words}\n")


def test_the_json_of_a_ranking_is_a_ranking(tmp_path: Path) -> None:
    ranked = run("rank", "--readings", judged(tmp_path), "--places", 12, "--json").stdout
    order = [row["application"] for row in json.loads(ranked)["applications"]]
    found = told("select", "--ranking", write(tmp_path, "rank.json", ranked), "--places", 12)
    assert [row["application"] for row in found["applications"] if row["status"] == "chosen"] == order[:12]
    alone = write(tmp_path, "alone.csv", "application,juror,score\nA,J,3\nB,J,2\nC,J,4\nD,J,1\n")
    flat = write(tmp_path, "flat.json", run("rank", "--readings", alone, "--places", 2, "--json").stdout)
    refused = run("select", "--ranking", flat, "--places", 2)
    assert (refused.exit_code, refused.stderr) == (
        2,
        "Error: flat.json: these jurors cannot be compared (one_juror); there is no order to choose by\n",
    )


WEIGHTS = "criterion,weight,title_en,title_fr\nplan,60,The plan,Le plan\npeople,40,,\n"


def told_cities(folder: Path, *words: object) -> dict[str, Any]:
    lines = ["application,juror,plan,people,private_note"]
    for i in range(12):
        note = "I heard it from the mayor." if i == 9 else ""
        lines += [f"A{i:02},J{j},{min(5, 5 - i * 0.3):.1f},{3 if i % 2 else 4},{note}" for j in range(3)]
    readings = write(folder, "readings.csv", "\n".join(lines) + "\nA12,J0,2,2,\n")
    weights = write(folder, "weights.csv", WEIGHTS)
    admitted = write(folder, "admitted.csv", "application\n" + "".join(f"A{i:02}\n" for i in range(6)))
    return told("feedback", "--readings", readings, "--weights", weights, "--admitted", admitted, *words)


def test_feedback_in_bands_and_in_two_languages(tmp_path: Path) -> None:
    close = write(tmp_path, "close.csv", "application\nA06\nA07\n")
    found = told_cities(tmp_path, "--close", close)
    by_name = {row["application"]: row for row in found["applications"]}
    assert sorted(by_name) == [f"A{i:02}" for i in range(6, 13)]
    sixth = by_name["A06"]
    assert (sixth["bands"], sixth["strengths"], sixth["growth"]) == (
        {"plan": "below", "people": "like_admitted"},
        ["people"],
        ["plan"],
    )
    assert sixth["to_gain"] == pytest.approx([0.6 * (4.25 - 3.2)], abs=0.01)
    assert sixth["drafts"]["en"] == [
        "Your file was among the 2 close cases.",
        "The jury valued what the application says on “people”: it is like that of the cities admitted.",
        "On “The plan” the application stays behind the cities admitted; this is where work will tell most.",
        "We invite you to apply again.",
    ]
    assert sixth["drafts"]["fr"][2].startswith("Sur « Le plan »")
    few = by_name["A12"]
    assert (few["why_no_figures"], few["bands"], few["drafts"]["en"]) == (
        "few_readers",
        None,
        ["We invite you to apply again."],
    )


def test_drafts_are_checked_before_they_are_sent(tmp_path: Path) -> None:
    drafts = write(
        tmp_path,
        "drafts.csv",
        'application,text\nA06,"As Ana Silva noted, i heard it from the MAYOR."\nA07,Better than Dakar.\nA08,Well done.\n',
    )
    names = write(tmp_path, "names.csv", "juror,city\nAna Silva,\n,Dakar\n")
    found = told_cities(tmp_path, "--drafts", drafts, "--names", names)
    assert found["faults"] == [
        {"application": "A06", "fault": "juror_name", "words": "Ana Silva"},
        {"application": "A06", "fault": "private_note", "words": "I heard it from the mayor."},
        {"application": "A07", "fault": "other_city", "words": "Dakar"},
    ]
    assert "faults" not in told_cities(tmp_path)


def test_feedback_that_cannot_be_given(tmp_path: Path) -> None:
    weights = write(tmp_path, "weights.csv", "criterion,weight\nplan,1\n")
    alone = write(tmp_path, "alone.csv", "application,juror,plan\nA,J,3\nB,J,2\nC,J,4\nD,J,1\n")
    admitted = write(tmp_path, "admitted.csv", "application\nC\n")
    found = told("feedback", "--readings", alone, "--weights", weights, "--admitted", admitted)
    assert (found["comparable"], found["reason"]) == (False, "one_juror")
    assert {key for row in found["applications"] for key in row} == {"application", "readers", "raw_mean"}
    unknown = write(tmp_path, "unknown.csv", "application\nZ\n")
    refused = run("feedback", "--readings", alone, "--weights", weights, "--admitted", unknown)
    assert (refused.exit_code, refused.stderr) == (2, "Error: nobody has read Z; correct the name\n")
