"""The proposed assignment of a call: every pair with its reasons, the loads, what is missing, and how well the jury is linked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.exchange import load_proposal
from gnlc_apply.jury.proposal import Proposal, Slack, SlackKind
from gnlc_apply.models import Application, AssignmentProposal, Juror, Person
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.embargoed.roster import CallHead

WELL_LINKED = 0.80


@dataclass(frozen=True)
class ProposedPair:
    """One proposed reading and why."""

    juror: str
    name: str
    match: float
    topic: float
    speaks: bool
    knows_context: bool
    is_kept: bool


@dataclass(frozen=True)
class ProposedFile:
    """A file with its proposed readers and what is missing."""

    reference: str
    place_name: str
    country: str
    language: str
    is_seen: bool
    pairs: tuple[ProposedPair, ...]
    shortage: Text | None


@dataclass(frozen=True)
class ProposedLoad:
    """How many files one juror would read."""

    name: str
    files: int
    kept: int
    capacity: int | None


@dataclass(frozen=True)
class ProposalPage:
    """The open proposal of a call."""

    id: int
    seed: int
    proposed_at: datetime
    files: tuple[ProposedFile, ...]
    loads: tuple[ProposedLoad, ...]
    shortages: int
    readings: int
    wishes: tuple[Text, ...]
    link: Text
    is_linked: bool
    weakest_match: float | None
    is_proven: bool


def _open_row(call_id: int) -> AssignmentProposal | None:
    return db.reader.scalar(
        select(AssignmentProposal)
        .where(
            AssignmentProposal.call_id == call_id,
            AssignmentProposal.confirmed_at.is_(None),
            AssignmentProposal.discarded_at.is_(None),
        )
        .order_by(AssignmentProposal.id.desc())
        .limit(1)
    )


def has_open(call_id: int) -> bool:
    """Whether a proposal of this call waits to be confirmed."""
    return _open_row(call_id) is not None


def proposal(viewer: Actor, now: datetime, call: CallHead) -> ProposalPage | None:
    """The proposal that waits to be confirmed, None when there is none; three statements."""
    require(viewer, Permission.RUN_CALL)
    row = _open_row(call.id)
    if row is None:
        return None
    found = load_proposal(json.dumps({k: v for k, v in row.result.items() if k not in ("fixed", "wanted")}))
    kept = {tuple(pair) for pair in row.result["fixed"]}
    names = _names(call.id)
    files = _proposed_files(viewer, call.id, found, kept, names)
    matches = [pair.match for listed in files for pair in listed.pairs if not pair.is_kept]
    return ProposalPage(
        id=row.id,
        seed=row.seed,
        proposed_at=row.proposed_at,
        files=files,
        loads=_loads(found, kept, names),
        shortages=len(found.shortages),
        readings=len(set(found.pairs) - kept),
        wishes=tuple(
            _slack_words(slack, names) for slack in found.slacks if slack.kind is not SlackKind.MISSING_READER
        ),
        link=link_words(found),
        is_linked=found.is_linked and found.efficiency >= WELL_LINKED,
        weakest_match=min(matches, default=None),
        is_proven=found.is_proven,
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


def _names(call_id: int) -> dict[str, tuple[str, int | None]]:
    query = select(Juror.reference, Person.name, Juror.capacity).join(Person, Person.id == Juror.person_id)
    return {ref: (name, capacity) for ref, name, capacity in db.reader.execute(query.where(Juror.call_id == call_id))}


def _proposed_files(
    viewer: Actor,
    call_id: int,
    found: Proposal,
    kept: set[tuple[str, ...]],
    names: Mapping[str, tuple[str, int | None]],
) -> tuple[ProposedFile, ...]:
    pairs: dict[str, list[ProposedPair]] = defaultdict(list)
    for juror, file_reference in found.pairs:
        reason = found.reasons[juror, file_reference]
        pairs[file_reference].append(
            ProposedPair(
                juror=juror,
                name=names[juror][0],
                match=reason.total,
                topic=reason.topic,
                speaks=reason.language > 0,
                knows_context=reason.context > 0,
                is_kept=(juror, file_reference) in kept,
            )
        )
    short = {shortage.file_id: shortage.sentence for shortage in found.shortages}
    rows = db.reader.execute(
        select(Application, visible_to(viewer, Permission.READ_AS_SECRETARIAT).label("is_seen"))
        .where(Application.call_id == call_id, Application.reference.in_({*pairs, *short}))
        .order_by(Application.country, Application.place_name, Application.id)
    )
    return tuple(
        ProposedFile(
            reference=row.Application.reference,
            place_name=row.Application.place_name,
            country=row.Application.country,
            language=row.Application.language,
            is_seen=row.is_seen,
            pairs=tuple(sorted(pairs[row.Application.reference], key=lambda p: p.name)) if row.is_seen else (),
            shortage=short.get(row.Application.reference),
        )
        for row in rows
    )


def _loads(
    found: Proposal, kept: set[tuple[str, ...]], names: Mapping[str, tuple[str, int | None]]
) -> tuple[ProposedLoad, ...]:
    already = {juror: sum(pair[0] == juror for pair in kept) for juror in found.loads}
    rows = [ProposedLoad(names[j][0], load, already[j], names[j][1]) for j, load in found.loads.items()]
    return tuple(sorted(rows, key=lambda row: (-row.files, row.name)))


def _slack_words(slack: Slack, names: Mapping[str, tuple[str, int | None]]) -> Text:
    juror = names[slack.juror_id][0] if slack.juror_id else ""
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
