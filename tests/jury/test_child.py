from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gnlc_apply.core.children import child_command
from gnlc_apply.jury.assignment import propose
from gnlc_apply.jury.child import DONE, UNUSABLE, answer
from gnlc_apply.jury.exchange import Malformed, Request, dump_request, load_proposal, load_request
from gnlc_apply.jury.panel import Rules


@pytest.fixture
def request_of_twelve(panel: Callable[..., Any]) -> Request:
    world = panel(12, 5, seed=9)
    jurors = [replace(world.jurors[0], working_languages=frozenset({"en"}), capacity=7), *world.jurors[1:]]
    return Request(
        files=tuple(world.files),
        jurors=tuple(jurors),
        blocked=frozenset(world.blocked),
        seed="graine n° 7",
        rules=Rules(readers=3, anchors=2),
        readers_by_file={"F0001": 4},
    )


def test_a_request_survives_the_way_through_json(request_of_twelve: Request) -> None:
    assert load_request(dump_request(request_of_twelve)) == request_of_twelve


def test_the_child_process_gives_the_same_proposal(request_of_twelve: Request) -> None:
    done = subprocess.run(
        child_command("gnlc_apply.jury.child"),
        input=dump_request(request_of_twelve),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (DONE, "")
    r = request_of_twelve
    expected = propose(
        r.files, r.jurors, blocked=r.blocked, seed=r.seed, rules=r.rules, readers_by_file=r.readers_by_file
    )
    assert expected.slacks != ()
    assert load_proposal(done.stdout) == expected


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"files": [{}]}'])
def test_what_is_no_request_is_refused(text: str) -> None:
    code, output = answer(text)
    assert code == UNUSABLE
    assert json.loads(output)["error"].startswith("not an assignment request")
    with pytest.raises(Malformed):
        load_request(text)


def test_a_request_that_cannot_be_met_says_why(request_of_twelve: Request) -> None:
    pair = next(iter(sorted(request_of_twelve.blocked)))
    code, output = answer(dump_request(replace(request_of_twelve, fixed=frozenset({pair}))))
    assert code == UNUSABLE
    assert "with a conflict" in json.loads(output)["error"]


@pytest.mark.parametrize("text", ["", "{}", '{"error": "x"}'])
def test_what_is_no_proposal_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        load_proposal(text)
