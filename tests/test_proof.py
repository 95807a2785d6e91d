"""The table of the proofs: parts add up, a suite that did not run holds nothing, and --json is JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import proof


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "gates.jsonl"
    path.touch()
    monkeypatch.setenv("GNLC_GATES", str(path))
    return path


def row(path: Path, name: str) -> dict[str, object]:
    return next(one for one in proof.gathered(path) if one["name"] == name)


def test_the_parts_of_a_gate_add_up_and_one_wrong_cell_breaks_it(told: Path) -> None:
    proof.reached("access_cells", 15_000)
    assert row(told, "access_cells")["holds"] is False
    proof.reached("access_cells", 5_000)
    assert (row(told, "access_cells")["reached"], row(told, "access_cells")["holds"]) == (20_000, True)
    proof.reached("access_cells", 10, wrong=1)
    assert row(told, "access_cells")["holds"] is False


def test_of_several_measures_the_largest_counts(told: Path) -> None:
    proof.measured("world_timing_ms", 1.5)
    assert row(told, "world_timing_ms")["holds"] is True
    proof.measured("world_timing_ms", 5.5)
    assert (row(told, "world_timing_ms")["reached"], row(told, "world_timing_ms")["holds"]) == (5.5, False)


def test_a_share_of_the_other_planted_faults_may_be_missed_and_none_that_touches_secrecy(told: Path) -> None:
    proof.reached("planted_others", 60, wrong=3)
    proof.reached("planted_secrecy", 60, wrong=1)
    assert row(told, "planted_others")["holds"] is True
    assert row(told, "planted_secrecy")["holds"] is False


def test_a_suite_that_did_not_run_holds_nothing(told: Path) -> None:
    assert {one["holds"] for one in proof.gathered(told)} == {False}
    assert {one["reached"] for one in proof.gathered(told)} == {None}


def test_a_measure_is_not_told_as_a_count(told: Path) -> None:
    with pytest.raises(AssertionError):
        proof.reached("world_timing_ms", 1)


def test_the_command_prints_json_and_fails_where_a_gate_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    status = proof.main(["--json", "--only", "worker_kills", "--collect-only", "-q", "tests/test_proof.py"])
    printed = json.loads(capsys.readouterr().out)
    assert status == 1
    assert [(one["name"], one["required"], one["reached"], one["holds"]) for one in printed] == [
        ("worker_kills", 500, None, False)
    ]
