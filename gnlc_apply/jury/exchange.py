"""Assignments as JSON, between the web process (which loads no solver) and the child process that solves them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gnlc_apply.jury.match import Match
from gnlc_apply.jury.panel import File, Juror, Pair, Penalties, Rules
from gnlc_apply.jury.proposal import Proposal, Shortage, Slack, SlackKind


class Malformed(ValueError):
    """The text is not what this module writes."""


@dataclass(frozen=True)
class Request:
    """Everything ``propose`` needs; see there for the meaning of each part."""

    files: tuple[File, ...]
    jurors: tuple[Juror, ...]
    blocked: frozenset[Pair]
    seed: str
    rules: Rules = field(default_factory=Rules)
    fixed: frozenset[Pair] = frozenset()
    readers_by_file: Mapping[str, int] = field(default_factory=dict)


def dump_request(request: Request) -> str:
    """The request as JSON text; the same request always gives the same text."""
    return json.dumps(
        {
            "files": [asdict(file) for file in request.files],
            "jurors": [_plain_juror(juror) for juror in request.jurors],
            "blocked": _plain_pairs(request.blocked),
            "seed": request.seed,
            "rules": asdict(request.rules),
            "fixed": _plain_pairs(request.fixed),
            "readers_by_file": dict(request.readers_by_file),
        },
        sort_keys=True,
    )


def load_request(text: str) -> Request:
    """The request in a JSON text. Raises Malformed."""
    try:
        raw = json.loads(text)
        rules = {**raw["rules"], "penalties": Penalties(**raw["rules"]["penalties"])}
        return Request(
            files=tuple(File(**file) for file in raw["files"]),
            jurors=tuple(_juror(juror) for juror in raw["jurors"]),
            blocked=frozenset(_pairs(raw["blocked"])),
            seed=str(raw["seed"]),
            rules=Rules(**rules),
            fixed=frozenset(_pairs(raw["fixed"])),
            readers_by_file={str(file_id): int(readers) for file_id, readers in raw["readers_by_file"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise Malformed(f"not an assignment request: {problem!r}") from problem


def dump_proposal(proposal: Proposal) -> str:
    """The proposal as JSON text; reasons stand in the order of the pairs."""
    plain: dict[str, Any] = {name: getattr(proposal, name) for name in _PLAIN}
    plain["pairs"] = _plain_pairs(proposal.pairs)
    plain["reasons"] = [asdict(proposal.reasons[pair]) for pair in sorted(proposal.pairs)]
    plain["shortages"] = [asdict(shortage) for shortage in proposal.shortages]
    plain["slacks"] = [asdict(slack) for slack in proposal.slacks]
    plain["loads"] = dict(proposal.loads)
    plain["orders"] = {juror_id: list(order) for juror_id, order in proposal.orders.items()}
    return json.dumps(plain, sort_keys=True)


def load_proposal(text: str) -> Proposal:
    """The proposal in a JSON text. Raises Malformed."""
    try:
        raw = json.loads(text)
        pairs = tuple(_pairs(raw["pairs"]))
        return Proposal(
            pairs=pairs,
            reasons={pair: Match(**reason) for pair, reason in zip(pairs, raw["reasons"], strict=True)},
            shortages=tuple(Shortage(**shortage) for shortage in raw["shortages"]),
            slacks=tuple(Slack(**{**slack, "kind": SlackKind(slack["kind"])}) for slack in raw["slacks"]),
            loads=raw["loads"],
            orders={juror_id: tuple(order) for juror_id, order in raw["orders"].items()},
            **{name: raw[name] for name in _PLAIN},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise Malformed(f"not a proposal: {problem!r}") from problem


_PLAIN = (
    "efficiency",
    "efficiency_alone",
    "components",
    "seed",
    "method_version",
    "attempts",
    "anchors",
    "is_proven",
)


def _plain_pairs(pairs: Collection[Pair]) -> list[list[str]]:
    return [list(pair) for pair in sorted(pairs)]


def _pairs(raw: list[list[str]]) -> list[Pair]:
    return [(juror_id, file_id) for juror_id, file_id in raw]


def _plain_juror(juror: Juror) -> dict[str, Any]:
    plain = asdict(juror)
    for name in ("languages", "contexts", "working_languages"):
        plain[name] = None if plain[name] is None else sorted(plain[name])
    return plain


def _juror(raw: dict[str, Any]) -> Juror:
    working = raw["working_languages"]
    return Juror(
        **{
            **raw,
            "country_codes": tuple(raw["country_codes"]),
            "languages": frozenset(raw["languages"]),
            "contexts": frozenset(raw["contexts"]),
            "working_languages": None if working is None else frozenset(working),
        }
    )
