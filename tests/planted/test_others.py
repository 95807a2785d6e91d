"""Do the tests bite? Faults in the workflow, accounts, sessions, mail, files and the record: planted one by one.

An ordinary run plants five, in half a minute; ``./dev prove`` all of them, in a quarter of an hour. One in twenty may be
missed before the gate falls; each that is missed fails here all the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import proof
from tests.planted import planting
from tests.planted.fault import Fault

pytestmark = [pytest.mark.proof, pytest.mark.timeout(600)]


@pytest.mark.parametrize("fault", planting.chosen(is_secret=False), ids=lambda fault: fault.name)
def test_another_fault_is_caught(place: Path, fault: Fault) -> None:
    found = planting.tried(place, fault)
    proof.reached("planted_others", int(found.is_caught), wrong=int(not found.is_caught))
    assert found.is_caught, found.words


def test_without_a_fault_the_named_tests_are_green(place: Path) -> None:
    faults = planting.chosen(is_secret=False)
    named = {test for fault in (faults if proof.IS_WHOLE else faults[:1]) for test in fault.tests}
    done = planting.run(place, tuple(sorted(named)))
    assert done.returncode == 0, done.stdout[-2000:]
