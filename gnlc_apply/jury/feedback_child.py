"""The child process that finds what cities may be told: ``python -m gnlc_apply.jury.feedback_child``.

Standard input is ``{"given": …, "admitted": […]}`` with the JSON of ``given.load``, standard output that of
``feedback_of_call``; whoever starts it sets the time. Exit codes: 0 feedback was written; 2 the readings cannot be used:
then the output is ``{"error": …}``.
"""

from __future__ import annotations

import json
import sys

from gnlc_apply.jury.feedback_of_call import feedback_of_call
from gnlc_apply.jury.given import load

DONE, UNUSABLE = 0, 2


def answer(text: str) -> tuple[int, str]:
    """Exit code and output for one text of readings and admitted files."""
    try:
        asked = json.loads(text)
        found = feedback_of_call(load(asked["given"]), frozenset(asked["admitted"]))
        return DONE, json.dumps(found, sort_keys=True, allow_nan=False)
    except (ValueError, TypeError, KeyError) as problem:
        return UNUSABLE, json.dumps({"error": f"not the readings of a jury: {problem}"})


def main() -> int:
    """Answer the readings on standard input."""
    code, output = answer(sys.stdin.read())
    sys.stdout.write(output)
    return code


if __name__ == "__main__":
    sys.exit(main())
