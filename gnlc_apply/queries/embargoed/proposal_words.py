"""A proposed assignment in words: what it is worth, how well the jury is linked, and what could not be met."""

from __future__ import annotations

from collections.abc import Sequence

from gnlc_apply.core.text import Text
from gnlc_apply.jury.proposal import Proposal, Slack, SlackKind

WELL_LINKED = 0.80


def summary(found: Proposal, wanted: int, loads: Sequence[int], weakest: float | None) -> Text:
    """The proposal in one sentence, as jury-method.md §2 has it. ``loads``: of the jurors who are available."""
    begin = (
        Text("Files with too few readers: %(number)s", number=len(found.shortages))
        if found.shortages
        else Text("Every file has its readers (%(number)s)", number=wanted)
    )
    return Text(
        "%(begin)s; nobody reads a file of an own country; files per juror: %(low)s to %(high)s; weakest match: %(match)s.",
        begin=begin,
        low=min(loads, default=0),
        high=max(loads, default=0),
        match="–" if weakest is None else round(weakest, 2),
    )


def link_detail(found: Proposal) -> Text:
    """What stands behind the link: groups that share no file, and the A-efficiency with and without common files."""
    if found.anchors:
        return Text(
            "Groups that share no file: %(parts)s. A-efficiency %(value)s with the %(anchors)s files that everybody reads, "
            "%(alone)s without them; 1 is a jury in which all pairs of jurors share equally many files.",
            parts=found.components,
            value=round(found.efficiency, 2),
            anchors=found.anchors,
            alone=round(found.efficiency_alone, 2),
        )
    return Text(
        "Groups that share no file: %(parts)s. A-efficiency %(value)s, and no file is read by everybody; 1 is a jury in "
        "which all pairs of jurors share equally many files.",
        parts=found.components,
        value=round(found.efficiency_alone, 2),
    )


def link_words(found: Proposal) -> Text:
    """How well strict and generous jurors could be told apart with this design, in words."""
    if not found.is_linked:
        return Text(
            "The jury falls into %(parts)s groups that share no file: their strictness could not be compared.",
            parts=max(found.components, 1),
        )
    if found.efficiency >= WELL_LINKED:
        return Text("The jury is well linked (%(value)s of the ideal).", value=round(found.efficiency, 2))
    return Text(
        "The jury is linked, but weakly (%(value)s of the ideal; well is %(goal)s and more).",
        value=round(found.efficiency, 2),
        goal=WELL_LINKED,
    )


def wish(slack: Slack, juror: str) -> Text:
    """A wish that could not be met. ``juror``: whom it is about, by name."""
    file_reference = slack.file_id or ""
    match slack.kind:
        case SlackKind.SAME_REGION | SlackKind.SAME_COUNTRY:
            return Text(
                "%(file)s: more readers than wanted from one part of the world (%(group)s)",
                file=file_reference,
                group=slack.group or "",
            )
        case SlackKind.LOAD_OVER:
            return Text("%(juror)s: more files than a fair share, by %(number)s", juror=juror, number=slack.amount)
        case SlackKind.LOAD_UNDER:
            return Text("%(juror)s: fewer files than a fair share, by %(number)s", juror=juror, number=slack.amount)
        case SlackKind.NO_SPECIALIST:
            return Text("%(file)s: no reader who knows its focus areas well", file=file_reference)
        case SlackKind.MISSING_READER:
            return Text("%(file)s: readers are missing", file=file_reference)
