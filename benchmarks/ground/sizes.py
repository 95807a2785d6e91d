"""How much stands in an instance that is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Numbers of rows. ``reviews`` are spread evenly over the files of the jury's call."""

    members: int
    files: int = 0
    jurors: int = 0
    reviews: int = 0
    drafts: int = 0

    @property
    def readers(self) -> int:
        """Readers of one file."""
        return self.reviews // self.files if self.files else 0


# The instance that performance.md speaks of.
WHOLE = Size(members=2_000, files=1_000, jurors=30, reviews=4_000, drafts=200)
# Large enough that what grows with the rows is seen, small enough to be made in each run of the tests.
SMALL = Size(members=400, files=200, jurors=12, reviews=800, drafts=24)


def registry_of(members: int) -> Size:
    """Nothing but a registry."""
    return Size(members=members)
