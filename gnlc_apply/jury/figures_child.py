"""The child process that computes a jury's figures: ``python -m gnlc_apply.jury.figures_child`` reads readings, writes figures.

Standard input is the JSON of ``given.load``, standard output that of ``figures.compute``; whoever starts it sets the
time. Exit codes: 0 figures were written; 2 the readings cannot be used: then the output is ``{"error": …}``.
"""

from __future__ import annotations

import json
import sys

from gnlc_apply.jury.figures import compute
from gnlc_apply.jury.given import load

DONE, UNUSABLE = 0, 2


def answer(text: str) -> tuple[int, str]:
    """Exit code and output for one text of readings."""
    try:
        given = load(json.loads(text))
        return DONE, json.dumps(compute(given), sort_keys=True, allow_nan=False)
    except (ValueError, TypeError, KeyError) as problem:
        return UNUSABLE, json.dumps({"error": f"not the readings of a jury: {problem}"})


def main() -> int:
    """Answer the readings on standard input."""
    code, output = answer(sys.stdin.read())
    sys.stdout.write(output)
    return code


if __name__ == "__main__":
    sys.exit(main())
