"""Lists are read whole, or refused with the line and the reason."""

from __future__ import annotations

from datetime import date

import pytest

from gnlc_apply.services.member_list import (
    COLUMNS,
    STATE_COLUMNS,
    ListError,
    StateRow,
    check_quota,
    check_states,
    read_list,
    read_states,
)
from gnlc_apply.services.published_list import COLUMNS as PUBLISHED
from gnlc_apply.services.published_list import read_published
from tests.registry_lists import DATA, HEAD, states

BONN = "Bonn,Germany,DEU,Europe and North America,https://example.org\n"


@pytest.mark.parametrize(
    ("name", "cities", "countries"),
    [("members_before_2022", 144, 53), ("cohort_2022", 66, 37), ("cohort_2024", 56, 29)],
)
def test_the_real_lists_are_read(name: str, cities: int, countries: int) -> None:
    found = read_list(DATA / f"{name}.csv", states())
    assert (len(found.rows), len(found.countries), found.name) == (cities, countries, f"{name}.csv")


def test_names_stay_as_published() -> None:
    found = read_list(DATA / "cohort_2024.csv", states())
    (agadir,) = [row for row in found.rows if row.name == "Agadir"]
    assert (agadir.country_name, agadir.country, agadir.line) == ("Kingdom of Morocco", "MAR", 13)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", None, "The file is empty."),
        (HEAD.encode(), None, "The list has no rows."),
        ((HEAD + "\n ,,,,\n").encode(), None, "The list has no rows."),
        (b"city,country\nBonn,DEU\n", 1, f"Line 1: The columns must be {', '.join(COLUMNS)}."),
        ((HEAD + "Bonn,Germany,DEU\n").encode(), 2, "Line 2: 3 values where there should be 5."),
        (
            (HEAD + BONN + "Köln,,DEU,Europe and North America,\n").encode("latin-1"),
            3,
            "Line 3: The file is not in UTF-8",
        ),
        ((HEAD + BONN + "X,,XXX,Africa,\n").encode(), 3, "Line 3: XXX is not a state that is or was in UNESCO."),
        ((HEAD + BONN + "Accra,,GHA,Arab States,\n").encode(), 3, "Line 3: GHA is in Africa, not in “Arab States”."),
        ((HEAD + BONN + BONN.replace("Bonn", "BÓNN")).encode(), 3, "Line 3: BÓNN (DEU) stands in line 2 too."),
        ((HEAD + " ,Germany,DEU,Europe and North America,\n").encode(), 2, "Line 2: The city has no name."),
        ((HEAD + BONN + '"Bo\nnn,Germany\n').encode(), 3, "Line 3: This line is not proper CSV"),
        ((HEAD + "B\x00nn,Germany,DEU,Europe and North America,\n").encode(), 2, "Line 2: There is a NUL"),
    ],
)
def test_a_bad_list_is_refused_by_line_and_reason(content: bytes, line: int | None, words: str) -> None:
    with pytest.raises(ListError) as refused:
        read_list(content, states())
    assert refused.value.line == line
    assert str(refused.value).startswith(words)


def test_lines_are_counted_as_an_editor_does() -> None:
    text = HEAD + '"Bonn","Germany\n(Federal Republic)",DEU,Europe and North America,\n\nAccra,,GHA,Arab States,\n'
    with pytest.raises(ListError) as refused:
        read_list(text.encode(), states())
    assert refused.value.line == 5


def test_a_file_that_is_not_there_is_refused(tmp_path: object) -> None:
    with pytest.raises(ListError, match="cannot be read: No such file"):
        read_list(f"{tmp_path}/none.csv", states())


def test_a_byte_order_mark_and_same_names_in_two_countries_are_fine() -> None:
    text = HEAD + "La Paz,Mexico,MEX,Latin America and the Caribbean,\nLa Paz,,BOL,Latin America and the Caribbean,\n"
    found = read_list(b"\xef\xbb\xbf" + text.encode(), states())
    assert [row.country_name for row in found.rows] == ["Mexico", "BOL"]


def test_the_quota_is_checked_at_the_first_city_too_many() -> None:
    found = read_list(DATA / "cohort_2024.csv", states())
    check_quota(found, 3)
    with pytest.raises(ListError) as refused:
        check_quota(found, 2)
    assert str(refused.value).startswith("Line 5: Yaoundé 1er (CMR) is one city too many: the quota of a country is 2")
    check_quota(found, 2, {row.country: 1 for row in found.rows})


def test_a_state_must_be_a_member_on_the_day() -> None:
    found = read_list((HEAD + "Tel Aviv,,ISR,Europe and North America,\n").encode(), states())
    with pytest.raises(ListError, match=r"Line 2: Tel Aviv \(ISR\): its state is not a Member State"):
        check_states(found, states(), date(2024, 2, 14))
    american = read_list((HEAD + "Boston,,USA,Europe and North America,\n").encode(), states())
    check_states(american, states(), date(2024, 2, 14))
    for day in (date(2023, 7, 9), date(2027, 1, 1)):
        with pytest.raises(ListError):
            check_states(american, states(), day)


def test_states_are_read_and_checked() -> None:
    assert sum(row.is_member_on(date(2026, 11, 24)) for row in read_states(DATA / "states.csv")) == 194
    head = ",".join(STATE_COLUMNS) + "\n"
    for row, words in [
        ("XXX,Africa,member,,", "is not the code of a state"),
        ("GHA,Europe,member,,", "is not one of the five regions"),
        ("GHA,Africa,friend,,", "is not member, associate or former"),
        ("GHA,Africa,member,2024-13-01,", "is not a date"),
        ("GHA,Africa,member,,\nGHA,Africa,member,,", "for the second time"),
    ]:
        with pytest.raises(ListError, match=words):
            read_states((head + row + "\n").encode())


def test_published_totals_keep_what_is_no_plain_number() -> None:
    found = read_published(DATA / "network_totals.csv")
    assert len(found) == 11
    (vague,) = [row for row in found if row.on == date(2018, 9, 26)]
    assert (vague.total_members, vague.note.split(";")[0]) == (200, "total members published as “200+”")
    head = ",".join(PUBLISHED) + "\n"
    for row, words in [
        (",,,1,,,,x", "no date"),
        ("2020-01-01,,,1,,,,", "no source"),
        ("2020-01-01,,,many,,,,x", "number"),
    ]:
        with pytest.raises(ListError, match=words):
            read_published((head + row + "\n").encode())


def test_a_state_row_knows_its_dates() -> None:
    row = StateRow("USA", states()["USA"].region, states()["USA"].status, date(2023, 7, 10), date(2026, 12, 31))
    assert [
        row.is_member_on(d) for d in (date(2023, 7, 9), date(2023, 7, 10), date(2026, 12, 31), date(2027, 1, 1))
    ] == [
        False,
        True,
        True,
        False,
    ]
