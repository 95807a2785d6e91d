"""``gnlc jury assign`` and ``conflicts`` from spreadsheets."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gnlc_apply.cli.jury import jury

REGIONS = ("africa", "europe", "asia")
FILES = "application,country,region,language,topics,context,place,people,organisations,addresses,readers\n" + "".join(
    f"A{i:02},C{i},{REGIONS[i % 3]},{'fr' if i % 4 == 0 else 'en'},water|culture:2,town,Brasilia,"
    f"{'Ana Silva' if i == 3 else ''},{'University of Brasilia' if i == 4 else ''},"
    f"{'mayor@city.gov.br' if i == 5 else ''},{2 if i == 6 else ''}\n"
    for i in range(12)
)
JURORS = (
    "juror;countries;region;languages;working_languages;name;organisations;addresses;declared_applications\n"
    "J0;K0|C1;africa;fr|en;fr;Maria Silva;;;\n"
    "J1;K1;europe;fr|en;;Bo Li;Universidade de Brasília;;\n"
    "J2;K2;asia;en;;ana silva;;a@press.city.gov.br;A07|A08\n"
    "J3;K3;europe;fr|en;;;;;\n"
    "J4;K4;asia;fr|en;;;;;\n"
    "J5;K5;africa;fr|en;;;;;\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with twelve files and six jurors."""
    (tmp_path / "files.csv").write_text(FILES, encoding="utf-8")
    (tmp_path / "jurors.csv").write_text(JURORS, encoding="utf-8")
    return tmp_path


def run(folder: Path, command: str, *words: object) -> Result:
    sheets = ("--files", folder / "files.csv", "--jurors", folder / "jurors.csv")
    return CliRunner().invoke(jury, [command, *map(str, sheets), *map(str, words)])


def told(folder: Path, command: str, *words: object) -> dict[str, Any]:
    done = run(folder, command, *words, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_conflicts_of_a_panel(folder: Path) -> None:
    found = told(folder, "conflicts")
    rows = [(r["juror"], r["application"], r["code"], r["level"], r["detail"]) for r in found["conflicts"]]
    assert rows == [
        ("J0", "A01", "own_country", "block", "C1"),
        ("J0", "A03", "same_family_name", "ask", "silva"),
        ("J1", "A04", "organisation", "ask", "Universidade de Brasília / University of Brasilia"),
        ("J2", "A03", "same_person", "block", "ana silva"),
        ("J2", "A05", "same_domain", "block", "city.gov.br"),
        ("J2", "A07", "declared_application", "block", "A07"),
        ("J2", "A08", "declared_application", "block", "A08"),
    ]
    assert (found["blocked"], found["asked"], found["rules"]) == (5, 2, "conflicts-1")
    printed = run(folder, "conflicts").stdout.splitlines()
    assert printed[:2] == ["juror\tapplication\tlevel\tcode\tdetail", "J0\tA01\tblock\town_country\tC1"]


CONFLICTS = "juror,application,level,answer\nJ0,A03,ask,\nJ1,A04,ask,no\nJ2,A03,block,no\nJ2,A05,block,\n"


def test_an_assignment_keeps_conflicts_numbers_and_started_readings(folder: Path) -> None:
    (folder / "conflicts.csv").write_text(CONFLICTS, encoding="utf-8")
    (folder / "started.csv").write_text("juror,application\nJ5,A00\nJ1,A04\n", encoding="utf-8")
    words = (
        "--readers",
        3,
        "--conflicts",
        folder / "conflicts.csv",
        "--started",
        folder / "started.csv",
        "--seed",
        "x",
    )
    found = told(folder, "assign", *words)
    pairs = {(row["juror"], row["application"]) for row in found["assignments"]}
    # No answer blocks, "no" lifts a question and nothing else; the own country blocks without being listed.
    assert {("J5", "A00"), ("J1", "A04")} <= pairs
    assert pairs & {("J0", "A03"), ("J2", "A03"), ("J2", "A05"), ("J0", "A01")} == set()
    assert Counter(file for _, file in pairs) == {f"A{i:02}": 2 if i == 6 else 3 for i in range(12)}
    assert {
        (r["juror"], r["application"]) for r in found["assignments"] if r["application"] in {"A00", "A04", "A08"}
    } & {("J2", f"A{i:02}") for i in range(12)} == set()
    assert {row["juror"]: row["files"] for row in found["jurors"]} == Counter(juror for juror, _ in pairs)
    assert {(row["juror"], file) for row in found["jurors"] for file in row["order"]} == pairs
    assert (found["comparable"], found["reason"], found["shortages"], found["seed"]) == (True, None, [], "x")
    assert found["design"]["components"] == 1
    assert 0.8 < found["design"]["efficiency"] <= 1
    assert told(folder, "assign", *words) == found
    first = found["assignments"][0]
    assert list(first) == ["application", "juror", "place", "match", "topic", "language", "context"]
    assert first["match"] == pytest.approx(
        0.6 * first["topic"] + 0.2 * first["language"] + 0.2 * first["context"], abs=1e-6
    )


def test_a_shortage_is_told_and_language_blocks_are_not_comparable(folder: Path) -> None:
    files = "application,country,region,language\n" + "".join(
        f"A{i},C{i},europe,{'fr' if i % 2 else 'en'}\n" for i in range(6)
    )
    jurors = "juror,countries,region,languages\n" + "".join(
        f"J{i},K{i},R{i},{'fr' if i % 2 else 'en'}\n" for i in range(4)
    )
    (folder / "files.csv").write_text(files, encoding="utf-8")
    (folder / "jurors.csv").write_text(jurors, encoding="utf-8")
    found = told(folder, "assign", "--readers", 3)
    assert (found["comparable"], found["reason"], found["design"]["components"]) == (False, "not_linked", 2)
    assert [(row["application"], row["found"], row["wanted"], row["other_language"]) for row in found["shortages"]] == [
        (f"A{i}", 2, 3, 2) for i in range(6)
    ]
    anchored = told(folder, "assign", "--readers", 2, "--anchors", 4)
    assert (anchored["comparable"], anchored["design"]["efficiency_without_anchors"]) == (True, 0.0)
    printed = run(folder, "assign", "--readers", 3).stdout.splitlines()
    assert printed[0].startswith("files short of readers: 6; nobody reads a file with a conflict; loads ")
    assert printed[0].endswith("; linked 0.00 of the ideal")
    assert printed[-2:] == [
        "These jurors could not be compared afterwards (not_linked).",
        "linked, 1 is ideal\t0.00",
    ]
    (folder / "jurors.csv").write_text("juror,countries,region,languages\nJ,K,R,fr|en\n", encoding="utf-8")
    assert told(folder, "assign", "--readers", 1)["reason"] == "one_juror"


@pytest.mark.parametrize(
    ("sheet", "text", "words"),
    [
        (
            "files",
            "application,country,region\nA,C,R\n",
            "files.csv, line 1: missing column language; add it, or name it so",
        ),
        ("files", "application,country,region,language\nA,C,,en\n", "files.csv, line 2: region is empty; fill it in"),
        (
            "files",
            "application,country,region,language\nA,C,R,en\nA,C,R,en\n",
            "files.csv, line 3: application A stands in line 2 already; remove one of them",
        ),
        (
            "files",
            "application,country,region,language,readers\nA,C,R,en,two\n",
            "files.csv, line 2: readers is two; give a whole number from 0 up, or leave the cell empty",
        ),
        (
            "files",
            "application,country,region,language,topics\nA,C,R,en,water:much\n",
            "files.csv, line 2: much is not a number; correct it",
        ),
        ("jurors", "juror,countries,region,languages\n", "jurors.csv: no juror"),
        (
            "jurors",
            "juror,countries,region,languages,available\nJ,K,R,en,perhaps\n",
            "jurors.csv, line 2: available is perhaps; write yes or no",
        ),
        (
            "conflicts",
            "juror,application\nJ9,A01\n",
            "conflicts.csv, line 2: no juror J9 in the other sheet; correct the name",
        ),
        (
            "started",
            "juror,application\nJ0,A01\n",
            "no assignment: fixed reading with a conflict: ('J0', 'A01')",
        ),
    ],
)
def test_sheets_that_cannot_be_used_are_named(folder: Path, sheet: str, text: str, words: str) -> None:
    (folder / f"{sheet}.csv").write_text(text, encoding="utf-8")
    more = (f"--{sheet}", folder / f"{sheet}.csv") if sheet in {"conflicts", "started"} else ()
    done = run(folder, "assign", *more)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {words}\n")
