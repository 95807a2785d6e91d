"""The proposed assignment of a call: every pair with its reasons, the loads, what is missing, and how well the jury is linked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.exchange import load_proposal
from gnlc_apply.jury.proposal import Proposal, SlackKind
from gnlc_apply.models import Application, AssignmentProposal, Juror, Person
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.embargoed import kept_apart
from gnlc_apply.queries.embargoed import proposal_words as words
from gnlc_apply.queries.embargoed.kept_apart import KeptApart
from gnlc_apply.queries.embargoed.roster import CallHead

# What is kept beside the proposal itself.
_BESIDE = ("fixed", "wanted", "asked", "close", "inputs")


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
    is_asked: bool


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
    kept_apart: tuple[KeptApart, ...]

    @property
    def fresh(self) -> tuple[ProposedPair, ...]:
        """The readers who do not read it already."""
        return tuple(pair for pair in self.pairs if not pair.is_kept)


@dataclass(frozen=True)
class ProposedLoad:
    """How many files one juror would read."""

    name: str
    files: int
    kept: int
    capacity: int | None
    is_available: bool


@dataclass(frozen=True)
class ProposalPage:
    """The open proposal of a call. ``summary``: all of it in one sentence; ``link_detail``: what stands behind the link."""

    id: int
    seed: int
    proposed_at: datetime
    files: tuple[ProposedFile, ...]
    loads: tuple[ProposedLoad, ...]
    shortages: int
    readings: int
    wishes: tuple[Text, ...]
    summary: Text
    link: Text
    link_detail: Text
    is_linked: bool
    weakest_match: float | None
    is_proven: bool
    result: Mapping[str, Any]

    @property
    def most(self) -> int:
        """The largest load: what a full bar is."""
        return max((load.files for load in self.loads), default=0)

    @property
    def short(self) -> list[ProposedFile]:
        """The files that found too few readers and may be seen."""
        return [file for file in self.files if file.shortage and file.is_seen]


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
    """Whether a proposal for a whole call waits to be confirmed."""
    row = _open_row(call_id)
    return row is not None and "close" not in row.result


def proposal(viewer: Actor, now: datetime, call: CallHead, *, is_extra: bool = False) -> ProposalPage | None:
    """The proposal that waits to be confirmed, None when there is none; four statements.

    ``is_extra``: the one of further readers for close files, else the one for the whole call.
    """
    require(viewer, Permission.RUN_CALL)
    row = _open_row(call.id)
    if row is None or ("close" in row.result) is not is_extra:
        return None
    found = load_proposal(json.dumps({k: v for k, v in row.result.items() if k not in _BESIDE}))
    kept = {tuple(pair) for pair in row.result["fixed"]}
    names = _names(call.id)
    asked = {tuple(pair) for pair in row.result.get("asked", ())}
    files = _proposed_files(viewer, call.id, found, kept, asked, names)
    matches = [pair.match for listed in files for pair in listed.fresh]
    loads, weakest = _loads(found, kept, names), min(matches, default=None)
    return ProposalPage(
        id=row.id,
        seed=row.seed,
        proposed_at=row.proposed_at,
        files=files,
        loads=loads,
        shortages=len(found.shortages),
        readings=len(set(found.pairs) - kept),
        wishes=tuple(
            words.wish(slack, names[slack.juror_id].name if slack.juror_id else "")
            for slack in found.slacks
            if slack.kind is not SlackKind.MISSING_READER
        ),
        summary=words.summary(
            found, row.result["wanted"], [load.files for load in loads if load.is_available], weakest
        ),
        link=words.link_words(found),
        link_detail=words.link_detail(found),
        is_linked=found.is_linked and found.efficiency >= words.WELL_LINKED,
        weakest_match=weakest,
        is_proven=found.is_proven,
        result=row.result,
    )


class _Named(NamedTuple):
    name: str
    capacity: int | None
    is_available: bool


def _names(call_id: int) -> dict[str, _Named]:
    is_available = Juror.accepted_at.is_not(None) & Juror.ended_at.is_(None) & Juror.declined_at.is_(None)
    query = (
        select(Juror.reference, Person.name, Juror.capacity, is_available)
        .join(Person, Person.id == Juror.person_id)
        .where(Juror.call_id == call_id)
    )
    return {row[0]: _Named(row[1], row[2], row[3]) for row in db.reader.execute(query)}


def _proposed_files(
    viewer: Actor,
    call_id: int,
    found: Proposal,
    kept: set[tuple[str, ...]],
    asked: set[tuple[str, ...]],
    names: Mapping[str, _Named],
) -> tuple[ProposedFile, ...]:
    pairs: dict[str, list[ProposedPair]] = defaultdict(list)
    for juror, file_reference in found.pairs:
        reason = found.reasons[juror, file_reference]
        pairs[file_reference].append(
            ProposedPair(
                juror=juror,
                name=names[juror].name,
                match=reason.total,
                topic=reason.topic,
                speaks=reason.language > 0,
                knows_context=reason.context > 0,
                is_kept=(juror, file_reference) in kept,
                is_asked=(juror, file_reference) in asked - kept,
            )
        )
    apart = kept_apart.by_file(call_id)
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
            kept_apart=apart.get(row.Application.id, ()) if row.is_seen else (),
        )
        for row in rows
    )


def _loads(found: Proposal, kept: set[tuple[str, ...]], names: Mapping[str, _Named]) -> tuple[ProposedLoad, ...]:
    already = {juror: sum(pair[0] == juror for pair in kept) for juror in found.loads}
    rows = [
        ProposedLoad(names[j].name, load, already[j], names[j].capacity, names[j].is_available)
        for j, load in found.loads.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.files, row.name)))
