from __future__ import annotations

import numpy as np
import pytest

from gnlc_apply.jury.calibration import Flag, calibrate

I1 = np.array(
    [
        [3.2, 2.1, 4.0, 2.8, 3.5],
        [3.0, 2.2, 3.8, 2.9, 3.4],
        [2.0, 1.1, 2.9, 1.9, 2.4],
        [3.9, 3.0, 4.6, 3.5, 4.2],
        [3.4, 2.9, 2.6, 3.5, 2.4],
    ]
)


def test_published_vector() -> None:
    found = calibrate(I1)
    assert [juror.severity for juror in found] == pytest.approx([-0.14, -0.065, 1.185, -1.04, 0.06], abs=1e-9)
    assert [juror.scatter for juror in found] == pytest.approx([0.258, 0.168, 0.218, 0.188, 0.832], abs=1e-9)
    assert [juror.correlation for juror in found] == pytest.approx([1, 1, 1, 1, -0.6], abs=1e-9)
    assert [juror.flags for juror in found] == [
        (),
        (),
        (Flag.SEVERE,),
        (Flag.LENIENT,),
        (Flag.INCONSISTENT, Flag.DIFFERENT_ORDER),
    ]


def test_files_that_the_others_find_equal_do_not_count_against_a_juror() -> None:
    scores = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.5, 2.5, 4.0], [1.0, 2.5, 2.5, 4.0]])
    assert calibrate(scores)[0].correlation == pytest.approx(1.0)
    assert calibrate(scores[:, ::-1])[0].correlation == pytest.approx(1.0)


def test_an_order_is_asked_of_four_files_only() -> None:
    upside_down = np.array([[1.0, 2.0, 3.0], [1.1, 2.1, 3.1], [3.0, 2.0, 1.0]])
    assert calibrate(upside_down)[2].correlation == -1
    assert Flag.DIFFERENT_ORDER not in calibrate(upside_down)[2].flags
    longer = np.hstack([upside_down, [[4.0], [4.1], [0.5]]])
    assert Flag.DIFFERENT_ORDER in calibrate(longer)[2].flags


def test_a_juror_who_gives_everybody_the_same_has_no_order() -> None:
    flat = np.array([[3.0] * 4, [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]])
    assert (calibrate(flat)[0].correlation, calibrate(flat)[0].flags) == (None, (Flag.INCONSISTENT,))


@pytest.mark.parametrize("scores", [np.ones((1, 4)), np.ones((3, 0)), np.array([[1.0, np.nan], [1.0, 2.0]])])
def test_what_is_refused(scores: np.ndarray) -> None:
    with pytest.raises(ValueError, match="everybody"):
        calibrate(scores)


def test_a_juror_who_gives_what_the_others_give_has_their_order_equals_included() -> None:
    same = np.array([[3.0, 3.0, 4.0, 2.0], [3.0, 3.0, 4.0, 2.0], [3.0, 3.0, 4.0, 2.0]])
    assert [one.correlation for one in calibrate(same)] == pytest.approx([1.0] * 3)
    # Files that the others part and the juror does not count against the juror, as in every rank correlation.
    flat = np.array([[3.0, 3.0, 3.0, 2.0], [3.0, 3.5, 4.0, 2.0], [3.0, 3.5, 4.0, 2.0]])
    assert calibrate(flat)[0].correlation == pytest.approx(0.7745967)
