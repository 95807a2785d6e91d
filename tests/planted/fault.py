"""What a planted fault is: one text of the product replaced by a worse one, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One fault. ``old`` stands exactly once in ``file``; each of ``tests`` is a test's id, and one of them goes red.

    ``is_secret``: it touches the embargo or who the jurors are, so that it has to be caught, always.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    is_secret: bool = field(default=False)
