"""Words and axes that the sections of the report on a jury share."""

from __future__ import annotations

from collections.abc import Sequence

from gnlc_apply.core.text import Text
from gnlc_apply.documents.wording import Wording, isolated
from gnlc_apply.queries.embargoed.jury_report import JurorLine

# So much of a point is neither strict nor generous.
_ALIKE = 0.05


def strictness_words(severity: float, wording: Wording) -> str:
    """How strict a juror or the readers of a file are against the jury, in words."""
    points = wording.two_places(abs(severity))
    if abs(severity) < _ALIKE:
        return wording.text(Text("as strict as the jury (%(points)s)", points=wording.two_places(severity)))
    stricter = Text("%(points)s stricter than the jury", points=points)
    return wording.text(stricter if severity > 0 else Text("%(points)s more generous than the jury", points=points))


def range_words(low: float | None, high: float | None, wording: Wording) -> str:
    """From here to there; a dash where there is no range."""
    if low is None or high is None:
        return "–"
    return wording.text(Text("%(low)s to %(high)s", low=wording.two_places(low), high=wording.two_places(high)))


def juror_name(line: JurorLine, wording: Wording) -> str:
    """The name, or the number for those who read none."""
    return isolated(line.name) if line.name is not None else wording.text(Text("Juror %(number)s", number=line.number))


def reach_of(values: Sequence[float]) -> float:
    """How far an axis goes to both sides of 0, in half points, and one at least."""
    most = max((abs(value) for value in values), default=1.0)
    return max(1.0, -(-most // 0.5) * 0.5)


def axis(start: float, end: float, left: Text, right: Text, wording: Wording) -> str:
    """What an axis shows, from its start to its end."""
    ends = {"start": wording.two_places(start), "end": wording.two_places(end), "left": left, "right": right}
    return wording.text(Text("From %(start)s (%(left)s) to %(end)s (%(right)s)", **ends))


def listed(places: Sequence[str]) -> str:
    """Names of places, one after the other."""
    return ", ".join(isolated(place) for place in places)
