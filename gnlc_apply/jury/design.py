"""Is the jury well linked? Components and A-efficiency of a design (who reads what)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """How well the severities of J jurors can be estimated from who reads what.

    ``components``: parts of the graph of jurors and files that share readings. ``efficiency``: in 0..1. ``juror_places``
    (J,) and ``file_places`` (I,): positions on the design's weakest axis, far apart where a link is missing;
    NaN for one who has no reading.
    """

    components: int
    efficiency: float
    juror_places: Floats
    file_places: Floats


def laplacian(incidence: Floats) -> Floats:
    """L = diag(n_j) - N' diag(1/n_i) N, shape (J, J), from the 0/1 incidence N of shape (I, J); files without reader add 0."""
    per_file = incidence.sum(axis=1)
    weights = np.divide(1.0, per_file, out=np.zeros_like(per_file), where=per_file > 0)
    # Few of the cells are 1: a very large jury is never copied as a whole.
    rows, columns = np.nonzero(incidence)
    plain = csr_array((np.ones(rows.size), (rows, columns)), shape=incidence.shape)
    weighted = csr_array((weights[rows], (rows, columns)), shape=incidence.shape)
    return np.asarray(np.diag(incidence.sum(axis=0)) - (plain.T @ weighted).toarray(), dtype=np.float64)


def count_components(incidence: Floats) -> int:
    """Connected parts of the bipartite graph of those jurors and files that have at least one reading."""
    files, jurors = incidence.shape
    rows, columns = np.nonzero(incidence)
    graph = coo_array((np.ones(rows.size), (rows, columns + files)), shape=(files + jurors, files + jurors))
    _, labels = connected_components(graph.tocsr(), directed=False)
    return int(np.unique(labels[rows]).size)


def efficiency(incidence: Floats, anchors: int = 0) -> float:
    """A-efficiency E in 0..1 of the design N (I, J), with ``anchors`` further files read by every juror.

    E = [(J-1) / sum over l >= 2 of 1/ev_l(L)] / [r (k-1)/k J/(J-1)], r the mean load, k the mean number of readers; the
    denominator equals trace(L)/(J-1). 1 for a balanced incomplete block design, 0 if the design falls apart or has fewer
    than two jurors. Each anchor adds I - 11'/J to L, so 1 to every eigenvalue but the first. Jurors without any reading
    do not count unless there are anchors (jury-method.md §2).
    """
    used = incidence if anchors else _with_readings(incidence)
    jurors = used.shape[1]
    if jurors < 2 or (not anchors and count_components(used) != 1):
        return 0.0
    values = np.linalg.eigvalsh(laplacian(used))[1:] + anchors
    if values[0] <= 1e-9:
        return 0.0
    return float((jurors - 1) / np.sum(1.0 / values) / values.mean())


def describe(incidence: Floats, anchors: int = 0) -> Design:
    """Components, efficiency (with anchors) and the weakest axis of the design N of shape (I, J)."""
    loads = incidence.sum(axis=0)
    used = loads > 0
    places = np.full(incidence.shape[1], np.nan)
    if used.sum() >= 2:
        _, vectors = np.linalg.eigh(laplacian(_with_readings(incidence)))
        places[used] = vectors[:, 1]
    per_file = incidence.sum(axis=1)
    sums = incidence @ np.nan_to_num(places)
    files = np.divide(sums, per_file, out=np.full(per_file.shape, np.nan), where=per_file > 0)
    return Design(count_components(incidence), efficiency(incidence, anchors), places, files)


def _with_readings(incidence: Floats) -> Floats:
    """The columns of those jurors who have a reading."""
    used = incidence.sum(axis=0) > 0
    return incidence if used.all() else incidence[:, used]


def incidence_of(readings: Sequence[tuple[int, Sequence[int]]], jurors: int) -> Floats:
    """The 0/1 matrix N (I, J) of ``readings``: (file position, juror positions) with file positions 0..I-1."""
    matrix = np.zeros((max((file for file, _ in readings), default=-1) + 1, jurors))
    for file, readers in readings:
        matrix[file, list(readers)] = 1.0
    return matrix
