"""Which figures of a jury hold for its ranking: those that the minutes keep, else those of the scores as they are.

After the minutes figures can still be computed anew, when a reading has ended since; they stand beside, and never in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.jury.totals import weighted_total
from gnlc_apply.models import Minutes
from gnlc_apply.queries.embargoed.figures import Figures, frozen_figures
from gnlc_apply.queries.embargoed.ranking import Ranking


@dataclass(frozen=True)
class HoldingFigures:
    """The figures that hold, the totals they are of, and what came later.

    ``figures``: None while there are none of these scores; ``totals``: by file, each reader's total by the juror's
    reference; ``confirmed_at``: when the minutes froze them, None before; ``later``: figures of other scores than the
    minutes', where the minutes keep theirs; ``is_recomputed``: the minutes kept none, and these are of other scores.
    """

    figures: Figures | None
    totals: Mapping[str, Mapping[str, float]]
    confirmed_at: datetime | None = None
    later: Figures | None = None
    is_recomputed: bool = False

    @property
    def is_frozen(self) -> bool:
        """Whether these are of the very scores that the minutes keep."""
        return self.confirmed_at is not None and not self.is_recomputed


def holding(ranking: Ranking) -> HoldingFigures:
    """The figures that hold for a ranking that somebody may see: one statement."""
    current = ranking.figures if ranking.is_current else None
    minutes = db.reader.execute(
        select(Minutes.frozen, Minutes.confirmed_at).where(Minutes.call_id == ranking.call.id)
    ).one_or_none()
    if minutes is None:
        return HoldingFigures(current, _counted(ranking))
    kept = minutes.frozen.get("figures", {})
    is_same = current is not None and current.inputs == kept.get("inputs")
    frozen = frozen_figures(kept) or (current if is_same else None)
    if frozen is None:
        return HoldingFigures(current, _counted(ranking), minutes.confirmed_at, is_recomputed=True)
    later = None if is_same else current
    return HoldingFigures(frozen, _confirmed(minutes.frozen), minutes.confirmed_at, later)


def _counted(ranking: Ranking) -> dict[str, dict[str, float]]:
    read = ((one.file_id, one.juror_id, one.scores) for one in ranking.judged.counted.readings)
    return _totals(read, ranking.guide.weights)


def _confirmed(frozen: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    read = ((one["file"], one["juror"], one["scores"]) for one in frozen["readings"])
    return _totals(read, frozen["weights"])


def _totals(read: Any, weights: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Complete readings only: the others are not used."""
    found: dict[str, dict[str, float]] = {}
    for file, juror, scores in read:
        total = weighted_total(scores, weights)
        if total.is_complete and total.value is not None:
            found.setdefault(file, {})[juror] = total.value
    return found
