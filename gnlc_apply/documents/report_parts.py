"""What a report is made of: sections with words and a table, whose rows may carry a plot that shows the same figures.

Page and PDF are made of the same sections, so that neither says what the other does not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plot:
    """A figure with its range on an axis from ``start`` to ``end``; ``zero``: whether a stroke marks 0."""

    value: float
    low: float
    high: float
    start: float
    end: float
    zero: bool = True

    def at(self, value: float) -> float:
        """Where a value stands, from 0 (start) to 1 (end); what lies beyond stands at the end."""
        return min(max((value - self.start) / ((self.end - self.start) or 1.0), 0.0), 1.0)

    @property
    def ends(self) -> tuple[float, float, float]:
        """Where the range begins, the figure stands, and the range ends."""
        return self.at(self.low), self.at(self.value), self.at(self.high)


@dataclass(frozen=True)
class Row:
    """One line: its cells, the first one its name, and its plot. A row without a plot has an empty place."""

    cells: tuple[str, ...]
    plot: Plot | None = None


@dataclass(frozen=True)
class Section:
    """A heading, what the figures mean, and the table. ``plot_label``: the heading of the plots, empty where there are none."""

    title: str
    words: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    plot_label: str = ""
    notes: tuple[str, ...] = ()
