"""A small canvas for charts with rows: plain SVG with a title and a description, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, TOP, ROW = 720, 96, 24, 64, 26
INK, SOFT, GRID = "#0b0c0c", "#505a5f", "#d8dadb"


@dataclass(frozen=True)
class Scale:
    """Values between ``low`` and ``high`` to places on the canvas."""

    low: float
    high: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        share = (value - self.low) / max(self.high - self.low, 1e-12)
        return LEFT + 12 + share * (WIDTH - LEFT - RIGHT - 24)


class Canvas:
    """One picture. ``rows``: how many lines it has room for, legend and axis aside."""

    def __init__(self, title: str, description: str, rows: int) -> None:
        self._bottom = TOP + rows * ROW
        self._height = self._bottom + 84
        room = f'viewBox="0 0 {WIDTH} {self._height}" font-family="sans-serif" font-size="14"'
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" {room}>',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(description)}</desc>',
            f'<rect width="{WIDTH}" height="{self._height}" fill="#ffffff"/>',
            f'<text x="{LEFT - 72}" y="34" font-size="19" font-weight="bold" fill="{INK}">{escape(title)}</text>',
        ]

    def _y(self, row: int) -> float:
        return TOP + row * ROW + ROW / 2

    def _text(self, x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK) -> None:
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>')

    def axis(self, scale: Scale, marks: Sequence[float], words: str, at: float | None = None) -> None:
        """Marks below the rows; ``at``: a value with a stronger line."""
        for mark in marks:
            if scale.low <= mark <= scale.high:
                x, colour = scale(mark), SOFT if mark == at else GRID
                self._parts.append(f'<path d="M{x:.1f} {TOP}V{self._bottom}" stroke="{colour}"/>')
                self._text(x, self._bottom + 18, f"{mark:g}", anchor="middle", fill=SOFT)
        self._text(WIDTH / 2, self._bottom + 40, words, anchor="middle", fill=SOFT)

    def label(self, row: int, words: str) -> None:
        """The name of a row."""
        self._text(LEFT - 8, self._y(row) + 5, words, anchor="end")

    def bar(self, row: int, first: float, last: float, colour: str) -> None:
        """A thick line."""
        self._stroke(first, last, self._y(row), colour, 8)

    def line(self, row: int, first: float, last: float, colour: str) -> None:
        """A thin line."""
        self._stroke(first, last, self._y(row), colour, 1.5)

    def _stroke(self, first: float, last: float, y: float, colour: str, width: float) -> None:
        self._parts.append(f'<path d="M{first:.1f} {y:.1f}H{last:.1f}" stroke="{colour}" stroke-width="{width}"/>')

    def dot(self, row: int, x: float, colour: str) -> None:
        """A filled circle."""
        self._circle(x, self._y(row), colour, colour)

    def ring(self, row: int, x: float, colour: str) -> None:
        """An empty circle."""
        self._circle(x, self._y(row), colour, "#ffffff")

    def _circle(self, x: float, y: float, colour: str, fill: str) -> None:
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" stroke="{colour}" stroke-width="2" fill="{fill}"/>'
        )

    def tick(self, row: int, x: float, colour: str) -> None:
        """An upright mark."""
        self._upright(x, self._y(row), colour)

    def _upright(self, x: float, y: float, colour: str) -> None:
        self._parts.append(f'<path d="M{x:.1f} {y - 10:.1f}V{y + 10:.1f}" stroke="{colour}" stroke-width="2.5"/>')

    def legend(self, *entries: tuple[str, str, str]) -> None:
        """What each mark means: kind, colour, words."""
        y, step = self._bottom + 66, (WIDTH - LEFT) / len(entries)
        for place, (kind, colour, words) in enumerate(entries):
            x = LEFT / 2 + place * step
            if kind == "bar":
                self._stroke(x - 9, x + 9, y - 5, colour, 8)
            elif kind == "tick":
                self._upright(x, y - 5, colour)
            else:
                self._circle(x, y - 5, colour, colour if kind == "dot" else "#ffffff")
            self._text(x + 16, y, words)

    def columns(self, shares: Sequence[float], colours: Sequence[str], limits: Sequence[float]) -> None:
        """One column for each share in 0..1, and lines at the limits."""
        height, base = self._bottom - TOP - 20, self._bottom
        step = (WIDTH - LEFT - RIGHT) / len(shares)
        for limit in (0.0, *limits, 1.0):
            y = base - limit * height
            self._parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>')
            self._text(LEFT - 8, y + 5, f"{10 * limit:g} of 10", anchor="end", fill=SOFT)
        for place, (share, colour) in enumerate(zip(shares, colours, strict=True)):
            x, tall = LEFT + place * step + 2, max(share * height, 1.0)
            self._parts.append(
                f'<rect x="{x:.1f}" y="{base - tall:.1f}" width="{step - 4:.1f}" height="{tall:.1f}" fill="{colour}"/>'
            )

    def span(self, first: int, last: int, count: int, words: str, colour: str) -> None:
        """A line under the columns ``first`` to ``last`` of ``count``, with words."""
        step = (WIDTH - LEFT - RIGHT) / count
        start, end, y = LEFT + first * step + 2, LEFT + (last + 1) * step - 2, self._bottom + 14
        self._stroke(start, end, y, colour, 4)
        self._text((start + end) / 2, y + 22, words, anchor="middle", fill=colour)

    def text(self) -> str:
        """The picture."""
        return "\n".join([*self._parts, "</svg>", ""])
