"""Where two more readers would help most: the close files of a call, and the two readers proposed for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gnlc_apply.permissions import Actor
from gnlc_apply.queries.embargoed import proposals
from gnlc_apply.queries.embargoed.proposals import ProposalPage, ProposedFile
from gnlc_apply.queries.embargoed.ranking import RankedFile, Ranking, ranking
from gnlc_apply.queries.embargoed.roster import CallHead


@dataclass(frozen=True)
class ExtraFile:
    """A close file: how it stands, and who is proposed; ``ranked`` is closed where the viewer may not see scores."""

    ranked: RankedFile
    proposed: ProposedFile | None

    @property
    def share(self) -> float | None:
        """In which share of the repetitions of the jury the file is admitted."""
        return self.ranked.figures.p if self.ranked.figures else None


@dataclass(frozen=True)
class ExtraPage:
    """The close files of a call, the closest first, and the open proposal for them."""

    call: CallHead
    files: tuple[ExtraFile, ...]
    proposal: ProposalPage | None
    has_figures: bool
    is_closed: bool


def page(viewer: Actor, now: datetime, call: str) -> ExtraPage:
    """What the secretariat confirms: with a proposal its files, else those that the figures name. Raises NotFound."""
    found = ranking(viewer, now, call)
    shown = proposals.proposal(viewer, now, found.call, is_extra=True)
    files = _proposed(found, shown) if shown is not None else [ExtraFile(file, None) for file in close(found)]
    return ExtraPage(found.call, tuple(files), shown, found.has_figures, found.is_confirmed)


def close(found: Ranking) -> list[RankedFile]:
    """The files between 0.20 and 0.80 that this viewer sees, the closest to one half first."""
    if found.is_confirmed:
        return []
    order = {file.reference: file.figures.again for file in found.files if file.figures}
    files = [file for file in found.files if order.get(file.reference) is not None]
    return sorted(files, key=lambda file: order[file.reference] or 0)


def _proposed(found: Ranking, shown: ProposalPage) -> list[ExtraFile]:
    ranked = {file.reference: file for file in found.files}
    proposed = {file.reference: file for file in shown.files}
    return [ExtraFile(ranked[ref], proposed.get(ref)) for ref in shown.result["close"] if ref in ranked]
