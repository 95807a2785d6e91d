"""Rehearsing real lists gives the figures that were announced; a list that cannot be used is refused with line and reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete

from gnlc_apply.cli.rehearse import rehearse
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, CohortCity
from gnlc_apply.scenarios import invariants, rehearsal

DATA = Path(str(files("gnlc_apply.scenarios") / "data"))
COLUMNS = "city,country_as_published,iso3166_alpha3,unesco_region,source_url"
EUROPE = "Europe and North America"
OF_2024 = {
    "headline": "UNESCO Global Network of Learning Cities: 56 new members from 29 countries",
    "new_members": 56,
    "countries": 29,
    "regions": {
        "Africa": 7,
        "Arab States": 14,
        "Asia and the Pacific": 11,
        "Europe and North America": 13,
        "Latin America and the Caribbean": 11,
    },
    "first_time_countries": ["BEL", "CPV", "OMN", "ROU", "SEN"],
    "returning_members": ["Ho Chi Minh City (VNM)", "Muharraq (BHR)"],
    "total_members": 264,
    "total_countries": 72,
}


def row(city: str, code: str, region: str = EUROPE) -> str:
    """A line of a list."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([city, code, code, region, "https://example.org/list"])
    return out.getvalue()


def run(tmp_path: Path, cohort: bytes | str, *others: str, on: str = "2024-02-14") -> Result:
    """The command on a list, in a folder of its own, with nothing but that list in it."""
    file = tmp_path / "cohort.csv"
    file.write_bytes(cohort.encode() if isinstance(cohort, str) else cohort)
    return CliRunner().invoke(rehearse, ["--cohort", str(file), "--on", on, *others])


def listed(*rows: str) -> str:
    """A list of these lines."""
    return "\n".join([COLUMNS, *rows]) + "\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_cohort_of_2024_gives_what_was_announced_then() -> None:
    members = [str(DATA / "members_before_2022.csv"), str(DATA / "cohort_2022.csv")]
    arguments = ["--cohort", str(DATA / "cohort_2024.csv"), "--on", "2024-02-14", "--json"]
    done = CliRunner().invoke(rehearse, [*arguments, "--members", members[0], "--members", members[1]])
    assert (done.exit_code, done.stderr) == (0, "")
    assert list(json.loads(done.stdout).items()) == list(OF_2024.items())


@pytest.mark.timeout(300)
def test_a_short_list_of_a_far_day_and_a_summary_in_words(tmp_path: Path) -> None:
    cities = (row("Genk", "BEL"), row("Thiès", "SEN", "Africa"), row("Gent", "BEL"))
    earlier = tmp_path / "earlier.csv"
    earlier.write_text(listed(row("GENK", "BEL"), row("Turku", "FIN")), encoding="utf-8")
    done = run(tmp_path, listed(*cities), "--members", str(earlier), on="2031-05-06")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "UNESCO Global Network of Learning Cities: 3 new members from 2 countries"
    assert "Countries on the lists for the first time: SEN" in done.stdout
    # The registry's spelling stands until somebody corrects it.
    assert "Returning members: GENK (BEL)" in done.stdout
    assert "Members after the announcement, by these lists: 4 of 3 countries" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cohort.csv", "earlier.csv"]


def four_of_a_country() -> str:
    return listed(*(row(city, "BEL") for city in ("Genk", "Gent", "Namur", "Liège")))


@pytest.mark.parametrize(
    ("cohort", "words"),
    [
        (
            four_of_a_country(),
            "Line 5: Liège (BEL) is one city too many: the quota of a country is 3, and this list has 4.",
        ),
        (listed(row("Genk", "BEL"), row("Genq", "XXX")), "Line 3: XXX is not a state that is or was in UNESCO."),
        (listed(row("Genk", "BEL", "Africa")), f"Line 2: BEL is in {EUROPE}, not in “Africa”."),
        (
            listed(row("Oranjestad", "ABW", "Latin America and the Caribbean")),
            "Line 2: Oranjestad (ABW): its state is not",
        ),
        (listed(row("Genk", "BEL"), "", row("genk ", "BEL")), "Line 4: genk (BEL) stands in line 2 too."),
        (COLUMNS + "\n", "The list has no rows."),
        ("", "The file is empty."),
        ("city,country\nGenk,BEL\n", "Line 1: The columns must be city, country_as_published"),
        (listed("Genk,Belgium,BEL"), "Line 2: 3 values where there should be 5."),
        (listed(row("Genk", "BEL"), row("Liège", "BEL")).encode("latin-1"), "Line 3: The file is not in UTF-8."),
        (listed(row("  ", "BEL")), "Line 2: The city has no name."),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_line_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cohort: str | bytes, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(tmp_path, cohort, "--json")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: {words}")
    assert [path.name for path in tmp_path.iterdir()] == ["cohort.csv"]


def test_the_file_may_be_missing_and_members_are_read_with_the_same_care(tmp_path: Path) -> None:
    gone = CliRunner().invoke(rehearse, ["--cohort", str(tmp_path / "no.csv"), "--on", "2024-02-14"])
    assert (gone.exit_code, "cannot be read" in gone.stderr) == (2, True)
    broken = tmp_path / "earlier.csv"
    broken.write_text("x\n", encoding="utf-8")
    done = run(tmp_path, listed(row("Genk", "BEL")), "--members", str(broken))
    assert (done.exit_code, "The columns must be" in done.stderr) == (2, True)


@pytest.mark.parametrize(("on", "words"), [("1999-01-01", "A call can be announced from"), ("14.2.2024", "--on")])
def test_a_day_on_which_nothing_can_be_announced(tmp_path: Path, on: str, words: str) -> None:
    done = run(tmp_path, listed(row("Genk", "BEL")), on=on)
    assert (done.exit_code, words in done.stderr) == (2, True)


def test_a_state_must_be_a_member_when_its_cities_begin_and_on_the_day(tmp_path: Path) -> None:
    # The United States came back to UNESCO on 10 July 2023 (states.csv).
    cohort = listed(row("Springfield", "USA"))
    early = run(tmp_path, cohort, on="2023-07-20")
    assert (early.exit_code, "its state is not a Member State of UNESCO on" in early.stderr) == (2, True)
    lists = rehearsal.read(tmp_path / "cohort.csv", [], date(2024, 2, 14))
    assert [found.label for found in lists.cohort.rows] == ["Springfield (USA)"]


def test_what_must_never_happen_ends_with_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> Sequence[str]:
        return ["a letter was queued before its announcement: x"]

    monkeypatch.setattr(invariants, "broken", found)
    done = run(tmp_path, listed(row("Genk", "BEL")))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "a letter was queued before its announcement: x" in done.stderr


def _lose_an_answer() -> None:
    with db.writing() as session:
        session.execute(delete(Answer).where(Answer.key == "vision.vision"))


def _lose_a_member() -> None:
    with db.writing() as session:
        session.execute(delete(CohortCity))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_lose_an_answer, ("what was typed into vision.vision is lost", "vision.vision is not as it was submitted")),
        (_lose_a_member, ("the release and registry.json name other new members",)),
    ],
)
def test_lost_text_and_a_path_that_differs_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[], None], words: tuple[str, ...]
) -> None:
    looked = invariants.broken

    def spoilt() -> list[str]:
        """All is well so far, and something is spoilt before the rest is looked at."""
        found = looked()
        spoil()
        return found

    monkeypatch.setattr(invariants, "broken", spoilt)
    done = run(tmp_path, listed(row("Genk", "BEL")))
    assert (done.exit_code, done.stdout) == (1, "")
    assert [each in done.stderr for each in words] == [True] * len(words)
