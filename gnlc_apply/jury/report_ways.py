"""Beside a ranking: what other ways of counting would change, and the order of reading taken out of it (docs/jury.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from gnlc_apply.jury.aggregation import Draws, Estimate, interval
from gnlc_apply.jury.bias import treatments
from gnlc_apply.jury.certainty import Bools, expected_wrong_admissions, to_read_again
from gnlc_apply.jury.checks import sensitivity, slopes
from gnlc_apply.jury.order import MIDDLE, lateness
from gnlc_apply.jury.readings import Floats, Scores
from gnlc_apply.jury.sheets import BadSheet, Pair

DECIMALS = 6
LEAST_DRIFT = 0.25
"""Points between the first and the last file of a juror: below this, the order is not worth taking out."""

WAYS = {"raw": "raw_mean", "centred": "juror_centred", "weighted": "reliability_weighted"}


def order_covariate(pairs: Collection[Pair], places: Mapping[Pair, float], anchors: Collection[str]) -> Floats:
    """How late each reading (application, juror) came in its juror's order (n,): 0 the first, 1 the last.

    ``places``: numbers that rise in the order of reading, one for each reading of a file that is no anchor. Anchors are read
    beforehand and stand in the middle, 0.5, and so does a juror's only file. Raises BadSheet where nobody has read two files.
    """
    late_of = lateness({(juror, one): places[one, juror] for one, juror in pairs if one not in anchors})
    late = [late_of.get((juror, application), MIDDLE) for application, juror in pairs]
    if np.ptp(late) == 0:
        raise BadSheet("the order of reading says nothing: nobody has read two files in it")
    return np.array(late, dtype=np.float64)


def order_found(scores: Scores, covariate: Floats, drawn: Draws, seed: int) -> dict[str, Any] | None:
    """What the order of reading does: points for a juror's last file above the first, with the 90 % range of the draws.

    ``p``: the audit's test by chance within jurors; ``justified``: 0.25 points and more, and p below 0.10 (jury-method.md
    §7): without it the order should not be taken out. ``scores``: as they were given. None where the draws took nothing out.
    """
    if drawn.effect is None:
        return None
    effect = float(drawn.effect.mean())
    low, high = interval(drawn.effect[:, None])
    tested = treatments(scores, {"order": covariate}, seed=seed)["order"]
    return {
        "effect": rounded(effect),
        "low": rounded(low[0]),
        "high": rounded(high[0]),
        "p": None if tested.p is None else rounded(tested.p),
        "justified": tested.is_found and abs(effect) > LEAST_DRIFT,
    }


def ways(
    jury: tuple[list[str], list[str]],
    scores: Scores,
    estimate: Estimate,
    kept: list[int],
    admit: Callable[[Floats], Floats],
) -> list[dict[str, Any]]:
    """The sensitivity panel (jury-method.md §4): a row for each other way of counting, and without each juror of low slope.

    ``jury``: names of the files and of the jurors; ``kept``: the files that are ranked; ``admit``: the rule, from scores
    (1, K) of these to 1 or 0 (K,). A file changes where the rule would admit it by one way and not by the other.
    """
    files, jurors = jury

    def of_all(values: Floats) -> Bools:
        found = np.zeros(values.size, dtype=np.bool_)
        found[kept] = admit(values[None, kept]) > MIDDLE
        return found

    flagged = [j for j, slope in enumerate(slopes(scores, estimate.ratios)) if slope.is_flagged]
    rows = []
    for one in sensitivity(scores, estimate, of_all, flagged):
        way, _, juror = one.way.partition(" ")
        rows.append(
            {
                "way": WAYS.get(way, way),
                "juror": jurors[int(juror)] if juror else None,
                "changed": len(one.changed),
                "applications": [files[i] for i in one.changed],
                "share": rounded(one.share_of_cohort),
                "must_be_shown": one.must_be_shown,
            }
        )
    return rows


def doubt(rows: Sequence[Mapping[str, Any]], names: Sequence[str], is_admitted: Floats) -> dict[str, Any]:
    """How sure the whole is (jury-method.md §5): how many of those admitted a repetition would on average not admit, and where
    two further readers help most, the closest first.

    ``rows``: the ranked applications with ``application`` and ``p_admitted``; ``is_admitted`` (K,): 1 for each of the K
    ``names`` that the rule admits by its adjusted average.
    """
    p = np.array([row["p_admitted"] for row in rows], dtype=np.float64)
    chosen = {name for name, one in zip(names, is_admitted.tolist(), strict=True) if one > MIDDLE}
    is_chosen = np.array([row["application"] in chosen for row in rows], dtype=np.bool_)
    return {
        "expected_wrong_admissions": rounded(expected_wrong_admissions(p, is_chosen)),
        "read_again": [rows[k]["application"] for k in to_read_again(p).tolist()],
    }


def rounded(value: float) -> float:
    """A figure as it is told: to six decimals."""
    return round(float(value), DECIMALS)
