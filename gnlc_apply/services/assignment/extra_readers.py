"""Two more readers for the files where they help most: proposed in one act, confirmed with ``proposals.confirm``."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from typing import Any

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.exchange import Request, dump_proposal
from gnlc_apply.jury.panel import Rules
from gnlc_apply.models import Call
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.assignment.close_files import (
    CLOSE,
    FURTHER_READERS,
    INPUTS,
    close_files,
    figures_now,
)
from gnlc_apply.services.assignment.proposals import common_files, keep_proposal
from gnlc_apply.services.assignment.solving import solve
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties.pairs import refuse_after_minutes
from gnlc_apply.services.ties.panel import Panel, load


def _prepare(*, actor: Actor, call: str, seed: int | None = None) -> dict[str, Any]:
    """Choose the files and solve, outside the transaction."""
    require(actor, Permission.RUN_CALL)
    chosen = secrets.randbelow(2**31) if seed is None else seed
    with db.reading() as session:
        row = session.scalar(select(Call).where(Call.reference == call))
        if row is None:
            raise NotFound()
        refuse_after_minutes(session, row.id)
        figures = figures_now(session, row)
        files = close_files(session, row, figures, actor)
        if not files:
            raise Conflict(
                Text("No file is close enough to the line that two more readers would help, or they read already.")
            )
        panel = load(session, row.id)
        request = _request(
            panel, str(chosen), Rules(readers=row.readers_per_file, anchors=common_files(session, panel)), files
        )
        result: dict[str, Any] = {CLOSE: files, INPUTS: figures.inputs_sha256, "wanted": row.readers_per_file}
    result |= json.loads(dump_proposal(solve(request)))
    result["fixed"] = sorted(list(pair) for pair in panel.running)
    result["asked"] = [list(pair) for pair in sorted(panel.questions.keys() & {tuple(p) for p in result["pairs"]})]
    return {"chosen": chosen, "result": result}


def _request(panel: Panel, seed: str, rules: Rules, files: list[str]) -> Request:
    """Every reading stays as it is; two more for each of these files, none for the others."""
    fixed = panel.running - panel.blocked
    wanted = Counter(file for _juror, file in fixed)
    return Request(
        files=panel.readables,
        jurors=panel.readers,
        blocked=panel.blocked,
        seed=seed,
        rules=rules,
        fixed=fixed,
        readers_by_file={file: wanted[file] + (FURTHER_READERS if file in files else 0) for file in panel.files},
    )


@command(_prepare)
def propose_extra(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    seed: int | None = None,
    chosen: int = 0,
    result: dict[str, Any] | None = None,
) -> int:
    """Propose two more readers for each file where they help most (0.20 < P < 0.80); the proposal's number.

    Conflicts, languages and loads hold as in every proposal; readings that were given out stay. ``chosen`` and ``result``
    come from the preparation. Raises Conflict after the chair has confirmed, while the figures are computed, and where no
    file is close to the line.
    """
    require(actor, Permission.RUN_CALL)
    row = find(unit, call)
    return keep_proposal(unit, row, chosen, result or {}, note="proposed_extra_readers")
