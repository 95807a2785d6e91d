"""``gnlc registry`` and ``gnlc states`` on a real instance of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gnlc_apply.cli.registry import registry, states_group
from gnlc_apply.cli.setup import init
from gnlc_apply.extensions import db
from tests.registry_lists import DATA, HEAD


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh instance with the states of UNESCO."""
    folder = tmp_path / "instance"
    for name in ("GNLC_DATABASE_URL", "DATABASE_URL", "GNLC_PUBLIC_URL", "GNLC_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GNLC_INSTANCE", str(folder))
    assert CliRunner().invoke(init).exit_code == 0
    assert CliRunner().invoke(states_group, ["import", str(DATA / "states.csv")]).output == (
        "Done: 207 states, 207 of them new or changed.\n"
    )
    yield folder
    db.close()


def run(*words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(registry, [str(word) for word in words], input=answer)


def test_a_list_is_brought_in_after_a_preview(instance: Path) -> None:
    arguments = ("import", f"{DATA}/cohort_2024.csv", "--admitted-on", "2024-02-14", "--cohort", "GNLC-2024")
    refused = run(*arguments, answer="n\n")
    assert refused.exit_code == 1
    assert "cohort_2024.csv: 56 cities of 29 countries\n  Africa: 7\n  Arab States: 14\n" in refused.output
    assert json.loads(run("figures", "--json").output)["total_members"] == 0
    done = run(*arguments, answer="y\n")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Done: 56 cities, 56 of them new to the registry.")
    again = run(*arguments, "--yes")
    assert (again.exit_code, again.stderr) == (2, "Error: There is already a cohort with the reference GNLC-2024.\n")


def test_the_real_lists_give_the_expected_figures(instance: Path) -> None:
    for name, *day in [
        ("members_before_2022", "--known-by", "2022-09-01"),
        ("cohort_2022", "--admitted-on", "2022-09-02", "--cohort", "GNLC-2022"),
        ("cohort_2024", "--admitted-on", "2024-02-14", "--cohort", "GNLC-2024"),
    ]:
        done = run("import", f"{DATA}/{name}.csv", *day, "--yes")
        assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "Members before: Ho Chi Minh City (VNM), Muharraq (BHR)."
    assert (
        run("totals", f"{DATA}/network_totals.csv").output == "Done: 11 published figures, 11 of them new or changed.\n"
    )
    figures = json.loads(run("figures", "--on", "2024-02-14", "--json").output)
    assert figures["as_of"] == "2024-02-14"
    assert (figures["total_members"], figures["total_countries"]) == (264, 72)
    assert sum(figures["regions"].values()) == 264
    assert figures["citizens"] == {"total": 0, "known_for": 0}
    assert figures["declared"]["total_members"] == 356
    assert figures["declared"]["source"].startswith("https://www.unesco.org/")
    assert json.loads(run("figures", "--on", "2020-01-01", "--json").output)["is_before_first_list"] is True
    exported = json.loads(run("export", "--on", "2024-02-13", "--format", "json").output)
    assert (exported["as_of"], len(exported["members"])) == ("2024-02-13", 210)
    assert run("export").stdout_bytes.startswith(b"\xef\xbb\xbfid,name,country,region,member_since")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (HEAD.encode(), "The list has no rows."),
        (b"a,b\n1,2\n", "Line 1: The columns must be"),
        ((HEAD + "Köln,,DEU,Europe and North America,\n").encode("latin-1"), "Line 2: The file is not in UTF-8."),
        ((HEAD + "X,,XXX,Africa,\n").encode(), "Line 2: XXX is not a state"),
        ((HEAD + "Accra,,GHA,Arab States,\n").encode(), "Line 2: GHA is in Africa"),
        ((HEAD + "Accra,,GHA,Africa,\n" * 2).encode(), "Line 3: Accra (GHA) stands in line 2 too."),
    ],
)
def test_a_bad_list_ends_with_status_two_and_nothing_written(instance: Path, content: bytes, words: str) -> None:
    file = instance.parent / "list.csv"
    file.write_bytes(content)
    refused = run("import", str(file), "--known-by", "2022-09-01", "--yes")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"Error: {words}")
    assert refused.stdout == ""
    assert json.loads(run("figures", "--json").output)["total_members"] == 0


def test_how_to_ask(instance: Path) -> None:
    file = f"{DATA}/cohort_2024.csv"
    for words in [(), ("--known-by", "2022-09-01", "--cohort", "X"), ("--admitted-on", "2024-02-14")]:
        refused = run("import", file, *words, "--yes")
        assert refused.exit_code == 2
        assert "Give either --known-by DATE, or --admitted-on DATE together with --cohort REFERENCE." in refused.stderr
    nobody = run("import", file, "--known-by", "2022-09-01", "--by", "nobody@example.org", "--yes")
    assert (nobody.exit_code, "nobody here has the address nobody@example.org" in nobody.stderr) == (2, True)


def test_without_states_no_list_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNLC_INSTANCE", str(tmp_path / "empty"))
    monkeypatch.delenv("GNLC_DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    CliRunner().invoke(init)
    refused = run("import", f"{DATA}/cohort_2024.csv", "--known-by", "2022-09-01", "--yes")
    assert "bring them in first with gnlc states import FILE" in refused.stderr
    db.close()


def test_a_membership_ends_as_a_dated_act_with_a_source(instance: Path) -> None:
    assert run("import", f"{DATA}/cohort_2024.csv", "--known-by", "2024-02-14", "--yes").exit_code == 0
    listed = json.loads(run("export", "--on", "2024-03-01", "--format", "json").output)["members"]
    city = next(row["id"] for row in listed if row["name"] == "Nizwa")
    end = ("end", city, "--on", "2025-02-01", "--reason", "left")
    assert run(*end, "--yes").exit_code == 2
    nothing = run(*end, "--source", " ", "--yes")
    assert (nothing.exit_code, nothing.stderr) == (
        2,
        "Error: Say who says so: a letter, a decision, an address on the web.\n",
    )
    early = run("end", city, "--on", "2023-01-01", "--reason", "left", "--source", "Letter", "--yes")
    assert early.exit_code == 2
    unknown = run("end", "omn-atlantis", "--on", "2025-02-01", "--reason", "left", "--source", "Letter", "--yes")
    assert (unknown.exit_code, unknown.stderr.splitlines()[-1]) == (
        2,
        "Error: Invalid value for CITY: the registry has no city omn-atlantis",
    )
    assert run(*end, "--source", "Letter of 12 January 2025", answer="n\n").exit_code == 1
    done = run(*end, "--source", "Letter of 12 January 2025", answer="y\n")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, f"Done: {city} is a member until 2025-02-01.")
    counted = [
        json.loads(run("figures", "--on", day, "--json").output)["total_members"]
        for day in ("2025-01-31", "2025-02-01")
    ]
    assert counted == [56, 55]
    again = run(*end, "--source", "Letter", "--yes")
    assert (again.exit_code, again.stderr) == (2, "Error: This city is not a member.\n")


def test_no_decision_ends_a_membership_as_superseded(instance: Path) -> None:
    refused = run("end", "omn-nizwa", "--on", "2025-02-01", "--reason", "superseded", "--source", "x", "--yes")
    assert refused.exit_code == 2
