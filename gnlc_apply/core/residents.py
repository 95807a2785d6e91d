"""What a long-running process holds from its start to its end, and need not look through again and again."""

from __future__ import annotations

import gc


def settle() -> None:
    """Leave everything loaded so far out of every later collection; called once, when a process is ready for its work.

    Tables, templates and translations live as long as the process. The collector would visit all of them in the middle of
    somebody's request; and in a forked process its visits would turn pages shared with the parent into copies.
    """
    gc.collect()
    gc.freeze()
