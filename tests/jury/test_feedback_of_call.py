"""What all files of a call may be told in one go, and the child process that finds it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, replace

from gnlc_apply.core.children import child_command, child_environment
from gnlc_apply.jury.feedback_child import UNUSABLE, answer
from gnlc_apply.jury.feedback_of_call import feedback_of_call
from gnlc_apply.jury.given import File, Given, Juror, Read

WEIGHTS = {"plan": 40.0, "inclusion": 20.0, "monitoring": 40.0}
# By file: plan, inclusion, monitoring as a reader of average strictness scores them.
TRUTH = {
    "A1": (3, 3, 3),
    "A2": (4, 3, 3),
    "A3": (4, 4, 3),
    "A4": (4, 4, 4),
    "A5": (4, 4, 4),
    "N1": (4, 1, 2),
    "N2": (1, 4, 3),
    "N3": (2, 2, 2),
}
ADMITTED = ("A1", "A2", "A3", "A4", "A5")


def given(truth: dict[str, tuple[int, int, int]] = TRUTH, jurors: tuple[str, ...] = ("J1", "J2", "J3")) -> Given:
    """Everybody reads everything; the first juror is a point stricter than the last."""
    strict = {juror: position - 1 for position, juror in enumerate(jurors)}
    reads = [
        Read(file, juror, dict(zip(WEIGHTS, (value + strict[juror] for value in values), strict=True)), position)
        for juror in jurors
        for position, (file, values) in enumerate(truth.items(), 1)
    ]
    return Given(
        files=tuple(File(file, "KEN", "Africa", "en") for file in truth),
        jurors=tuple(Juror(juror, "Africa", ("en",)) for juror in jurors),
        readings=tuple(reads),
        weights=WEIGHTS,
        threshold=3.0,
        minimum=2.0,
        places=None,
        quota=None,
        is_random=True,
        seed=1,
    )


def test_bands_of_all_files_beside_those_admitted() -> None:
    found = feedback_of_call(given(), ADMITTED)
    assert (found["comparable"], found["reason"], set(found["files"])) == (True, "", set(TRUTH))
    first, second = found["files"]["N1"], found["files"]["N2"]
    assert first["bands"] == {"plan": "like_admitted", "inclusion": "below", "monitoring": "below"}
    assert (first["strengths"], first["growth"]) == (["plan"], ["inclusion", "monitoring"])
    assert [round(points, 2) for points in first["to_gain"]] == [0.6, 0.4]
    assert (second["strengths"], second["growth"]) == (["inclusion", "monitoring"], ["plan"])
    assert found["files"]["A1"] == {
        "readers": 3,
        "why": "admitted",
        "bands": {},
        "strengths": [],
        "growth": [],
        "to_gain": [],
    }


def test_nothing_is_compared_on_too_little() -> None:
    whole = given()
    fewer = replace(whole, readings=tuple(r for r in whole.readings if (r.file, r.juror) != ("N1", "J1")))
    assert feedback_of_call(whole, ADMITTED)["files"]["N1"]["why"] == ""
    assert feedback_of_call(fewer, ADMITTED)["files"]["N1"] == {
        "readers": 2,
        "why": "few_readers",
        "bands": {},
        "strengths": [],
        "growth": [],
        "to_gain": [],
    }
    told = feedback_of_call(whole, ADMITTED[:4])["files"]
    assert {told[file]["why"] for file in ("N1", "N2", "N3")} == {"few_admitted"}
    assert all(one["bands"] == {} for one in told.values())


def test_a_file_with_a_criterion_that_nobody_scored_is_left_out() -> None:
    holes = [
        replace(read, scores={**read.scores, "plan": None}) if read.file == "N3" else read for read in given().readings
    ]
    found = feedback_of_call(replace(given(), readings=tuple(holes)), ADMITTED)
    assert set(found["files"]) == set(TRUTH) - {"N3"}
    assert feedback_of_call(replace(given(), readings=()), ADMITTED)["files"] == {}


def test_one_juror_can_be_compared_with_nobody() -> None:
    found = feedback_of_call(given(jurors=("J1",)), ADMITTED)
    assert found == {"comparable": False, "reason": "one_juror", "files": {}}


def test_the_child_says_the_same_and_names_what_it_cannot_use() -> None:
    question = json.dumps({"given": asdict(given()), "admitted": list(ADMITTED)})
    done = subprocess.run(
        child_command("gnlc_apply.jury.feedback_child"),
        input=question,
        capture_output=True,
        text=True,
        check=True,
        env=child_environment(),
    )
    assert json.loads(done.stdout) == feedback_of_call(given(), ADMITTED)
    for broken in ("", "[]", "{}", '{"given": {}, "admitted": []}'):
        code, output = answer(broken)
        assert code == UNUSABLE
        assert json.loads(output)["error"].startswith("not the readings of a jury")
