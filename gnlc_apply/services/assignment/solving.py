"""The assignment solved in a child process, so that no web process loads a solver."""

from __future__ import annotations

import json
import logging
import subprocess

from gnlc_apply.core.children import child_command, child_environment
from gnlc_apply.core.errors import Unavailable
from gnlc_apply.core.text import Text
from gnlc_apply.jury.exchange import Request, dump_request, load_proposal
from gnlc_apply.jury.proposal import Proposal

log = logging.getLogger(__name__)

SECONDS = 300


def solve(request: Request) -> Proposal:
    """The proposal for this request. Raises Unavailable when the child fails or takes longer than five minutes."""
    try:
        done = subprocess.run(
            child_command("gnlc_apply.jury.child"),
            input=dump_request(request),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=child_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Unavailable(Text("The proposal took too long. Nothing was changed: try it again.")) from late
    if done.returncode != 0:
        log.error(
            "the assignment's child ended with %s: %s %s", done.returncode, _said(done.stdout), done.stderr[-2000:]
        )
        raise Unavailable(Text("No proposal could be made. Nothing was changed: try it again."))
    return load_proposal(done.stdout)


def _said(output: str) -> str:
    try:
        return str(json.loads(output).get("error", ""))
    except ValueError:
        return output[-500:]
