"""Do the tests bite? Faults that touch the embargo or who the jurors are: each one planted, every one caught.

An ordinary run plants five, in half a minute; ``./dev prove`` all of them, in a quarter of an hour. Another five:
``GNLC_PLANTED_SEED=7 ./dev test tests/planted``; a single one: ``-k`` with words of its name, with ``GNLC_PROVE=1``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import proof
from tests.planted import planting
from tests.planted.fault import Fault

pytestmark = [pytest.mark.proof, pytest.mark.timeout(600)]


@pytest.mark.parametrize("fault", planting.chosen(is_secret=True), ids=lambda fault: fault.name)
def test_a_fault_of_secrecy_is_caught(place: Path, fault: Fault) -> None:
    found = planting.tried(place, fault)
    proof.reached("planted_secrecy", int(found.is_caught), wrong=int(not found.is_caught))
    assert found.is_caught, found.words


def test_without_a_fault_the_named_tests_are_green(place: Path) -> None:
    faults = planting.chosen(is_secret=True)
    named = {test for fault in (faults if proof.IS_WHOLE else faults[:1]) for test in fault.tests}
    done = planting.run(place, tuple(sorted(named)))
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_fault_that_breaks_nothing_is_seen_as_missed(place: Path) -> None:
    harmless = Fault(
        "nothing",
        "gnlc_apply/core/words.py",
        '"""',
        '"""',
        ("tests/workflow/test_outside_names.py",),
    )
    whole = (planting.ROOT / harmless.file).read_text("utf-8")
    same = Fault(harmless.name, harmless.file, whole, whole + "\n", harmless.tests)
    assert not planting.tried(place, same).is_caught
    broken = Fault("no name", harmless.file, whole, whole + "\nno_such_name\n", ("tests/core/test_words.py",))
    assert not planting.tried(place, broken).is_caught
    assert (place / harmless.file).read_text("utf-8") == whole
