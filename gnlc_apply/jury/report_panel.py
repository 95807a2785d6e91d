"""Who reads what, and who may not, from spreadsheets, as plain JSON (docs/jury.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from gnlc_apply.jury.assignment import propose
from gnlc_apply.jury.conflicts import RULES_VERSION, Conflict, Level, find_conflicts
from gnlc_apply.jury.names import NameTie, name_ties
from gnlc_apply.jury.panel import Pair, Rules
from gnlc_apply.jury.panel_sheets import FileRow, JurorRow
from gnlc_apply.jury.program import Unsolved
from gnlc_apply.jury.proposal import Proposal
from gnlc_apply.jury.sheets import BadSheet

DECIMALS = 6


def assign(
    files: Mapping[str, FileRow],
    jurors: Mapping[str, JurorRow],
    *,
    blocked: Collection[Pair] = (),
    fixed: Collection[Pair] = (),
    rules: Rules | None = None,
    seed: str,
) -> dict[str, Any]:
    """A proposal of who reads what, in the keys of docs/jury.md. ``blocked`` and ``fixed``: pairs (juror, file).

    ``comparable`` is False where the design falls apart (``not_linked``) or one juror reads everything (``one_juror``):
    the proposal stands all the same. Raises BadSheet for a reading that stays although it is blocked, or where the
    solver found nothing in its time.
    """
    rules = rules or Rules()
    wanted = {key: row.readers for key, row in files.items() if row.readers is not None}
    try:
        proposal = propose(
            [row.file for row in files.values()],
            [row.juror for row in jurors.values()],
            blocked=blocked,
            seed=seed,
            rules=rules,
            fixed=fixed,
            readers_by_file=wanted,
        )
    except (ValueError, Unsolved) as problem:
        raise BadSheet(f"no assignment: {problem}") from problem
    return _plain(proposal)


def _plain(proposal: Proposal) -> dict[str, Any]:
    reads = sum(1 for load in proposal.loads.values() if load)
    reason = None if proposal.is_linked and reads > 1 else "one_juror" if reads <= 1 else "not_linked"
    return {
        "comparable": reason is None,
        "reason": reason,
        "method": proposal.method_version,
        "seed": proposal.seed,
        "attempts": proposal.attempts,
        "proven": proposal.is_proven,
        "assignments": [
            _assignment(proposal, pair) for pair in sorted(proposal.pairs, key=lambda pair: (pair[1], pair[0]))
        ],
        "jurors": [
            {"juror": juror, "files": load, "order": list(proposal.orders[juror])}
            for juror, load in proposal.loads.items()
        ],
        "shortages": [
            {"application": one.file_id, **_without(asdict(one), "file_id"), "sentence": str(one.sentence)}
            for one in proposal.shortages
        ],
        "exceptions": [
            {
                "kind": one.kind.value,
                "amount": one.amount,
                "application": one.file_id,
                "juror": one.juror_id,
                "group": one.group,
            }
            for one in proposal.slacks
        ],
        "design": {
            "components": proposal.components,
            "efficiency": round(proposal.efficiency, DECIMALS),
            "efficiency_without_anchors": round(proposal.efficiency_alone, DECIMALS),
            "anchors": proposal.anchors,
        },
    }


def _assignment(proposal: Proposal, pair: Pair) -> dict[str, Any]:
    juror, file = pair
    match = proposal.reasons[pair]
    parts = {"match": match.total, "topic": match.topic, "language": match.language, "context": match.context}
    place = proposal.orders[juror].index(file) + 1
    return {"application": file, "juror": juror, "place": place, **{k: round(v, DECIMALS) for k, v in parts.items()}}


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def conflicts(files: Mapping[str, FileRow], jurors: Mapping[str, JurorRow]) -> dict[str, Any]:
    """Every tie that the rules find between a juror and a file, in the keys of docs/jury.md: those that block, and the
    questions to ask. Each pair and code once for every detail that agrees."""
    ties = find_conflicts([row.ties for row in jurors.values()], [row.ties for row in files.values()])
    by_name = name_ties([row.names for row in jurors.values()], [row.names for row in files.values()])
    found: list[Conflict | NameTie] = [*ties, *by_name]
    rows = [
        {
            "juror": t.juror_id,
            "application": t.file_id,
            "code": t.code.value,
            "level": t.level.value,
            "detail": t.detail,
        }
        for t in found
    ]
    rows.sort(key=lambda row: (row["juror"], row["application"], row["code"], row["detail"]))
    blocked = {(t.juror_id, t.file_id) for t in found if t.level is Level.BLOCK}
    asked = {(t.juror_id, t.file_id) for t in by_name if t.level is Level.ASK} - blocked
    return {"rules": RULES_VERSION, "conflicts": rows, "blocked": len(blocked), "asked": len(asked)}
