from __future__ import annotations

import numpy as np
import pytest

from gnlc_apply.jury.design import count_components, describe, efficiency, incidence_of, laplacian

# jury-method.md §2, vectors A1 to A3: (file; jurors).
A1 = incidence_of([(0, [0, 1]), (1, [1, 2]), (2, [2, 0])], jurors=3)
A2 = incidence_of([(0, [0, 1]), (1, [1, 2]), (2, [2, 3]), (3, [3, 0])], jurors=4)
A3 = incidence_of([(0, [0, 1]), (1, [2, 3])], jurors=4)


@pytest.mark.parametrize(
    ("design", "expected", "components"), [(A1, 1.0, 1), (A2, 0.9, 1), (A3, 0.0, 2)], ids=["A1", "A2", "A3"]
)
def test_published_vectors(design: np.ndarray, expected: float, components: int) -> None:
    assert efficiency(design) == pytest.approx(expected, abs=1e-12)
    assert count_components(design) == components
    assert describe(design).components == components
    assert describe(design).efficiency == pytest.approx(expected, abs=1e-12)


def test_a_balanced_design_of_three_readers_is_ideal() -> None:
    # The Fano plane: 7 files, 7 jurors, each pair of jurors meets at exactly one file.
    fano = [
        (0, [0, 1, 2]),
        (1, [0, 3, 4]),
        (2, [0, 5, 6]),
        (3, [1, 3, 5]),
        (4, [1, 4, 6]),
        (5, [2, 3, 6]),
        (6, [2, 4, 5]),
    ]
    assert efficiency(incidence_of(fano, jurors=7)) == pytest.approx(1.0, abs=1e-12)


def test_the_laplacian_has_rows_that_sum_to_zero() -> None:
    assert laplacian(A2).sum(axis=1) == pytest.approx(np.zeros(4), abs=1e-12)
    assert laplacian(A1) == pytest.approx(np.array([[1, -0.5, -0.5], [-0.5, 1, -0.5], [-0.5, -0.5, 1]]), abs=1e-12)


def test_each_anchor_adds_one_to_every_eigenvalue_and_repairs_a_split_jury() -> None:
    with_anchors = np.vstack([A3, np.ones((2, 4))])
    values = np.linalg.eigvalsh(laplacian(with_anchors))
    assert values == pytest.approx(np.concatenate([[0.0], np.linalg.eigvalsh(laplacian(A3))[1:] + 2]), abs=1e-12)
    assert efficiency(A3, anchors=2) == pytest.approx(efficiency(with_anchors), abs=1e-12)
    assert efficiency(A3, anchors=2) > 0.8
    assert efficiency(A3) == 0.0


def test_jurors_without_a_reading_and_files_without_a_reader_change_nothing() -> None:
    wider = np.zeros((5, 4))
    wider[:3, :3] = A1
    assert efficiency(wider) == pytest.approx(1.0, abs=1e-12)
    assert count_components(wider) == 1
    assert np.isnan(describe(wider).juror_places[3])
    assert np.isnan(describe(wider).file_places[4])


def test_one_juror_or_none_cannot_be_compared() -> None:
    assert efficiency(np.ones((3, 1))) == 0.0
    assert describe(np.ones((3, 1))).components == 1
    assert efficiency(np.zeros((3, 4))) == 0.0
    assert describe(np.zeros((0, 0))).components == 0


def test_the_weakest_axis_parts_the_two_halves() -> None:
    places = describe(A3).juror_places
    assert abs(places[0] - places[1]) == pytest.approx(0.0, abs=1e-9)
    assert abs(places[2] - places[3]) == pytest.approx(0.0, abs=1e-9)
    assert abs(places[0] - places[2]) > 0.5
