"""The child process that solves an assignment: ``python -m gnlc_apply.jury.child`` reads a request, writes a proposal.

Standard input and output are the JSON of ``exchange``; whoever starts it sets the time. Exit codes: 0 a proposal was
written; 2 the request cannot be used, 3 the solver found nothing in time: then the output is ``{"error": …}``.
"""

from __future__ import annotations

import json
import sys

from gnlc_apply.jury.assignment import propose
from gnlc_apply.jury.exchange import dump_proposal, load_request
from gnlc_apply.jury.program import Unsolved

DONE, UNUSABLE, UNSOLVED = 0, 2, 3


def answer(text: str) -> tuple[int, str]:
    """Exit code and output for one request text."""
    try:
        request = load_request(text)
        proposal = propose(
            request.files,
            request.jurors,
            blocked=request.blocked,
            seed=request.seed,
            rules=request.rules,
            fixed=request.fixed,
            readers_by_file=request.readers_by_file,
        )
    except ValueError as problem:
        return UNUSABLE, json.dumps({"error": str(problem)})
    except Unsolved as problem:
        return UNSOLVED, json.dumps({"error": str(problem)})
    return DONE, dump_proposal(proposal)


def main() -> int:
    """Answer the request on standard input."""
    code, output = answer(sys.stdin.read())
    sys.stdout.write(output)
    return code


if __name__ == "__main__":
    sys.exit(main())
