"""What a cohort is called outside tells nothing until it is announced."""

from __future__ import annotations

from gnlc_apply.workflow.cohort import COHORT


def test_until_the_announcement_a_cohort_has_one_name_outside() -> None:
    outside = {state: str(names[1]) for state, names in COHORT.labels.items()}
    inside = {str(names[0]) for names in COHORT.labels.values()}
    assert len(inside) == 4
    assert {outside[state] for state in ("preparing", "locked", "armed")} == {"In preparation"}
    assert outside["announced"] == "Announced"
