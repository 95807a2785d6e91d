"""Why a file does not meet the standard of its call, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gnlc_apply.core.text import Text
from gnlc_apply.jury.averages import FileAverage, Outcome, Shortfall
from gnlc_apply.models import Call
from gnlc_apply.questionnaire import Guide


def why(outcome: Outcome, average: FileAverage | None, call: Call, guide: Guide) -> tuple[Text, ...]:
    """Why a file does not meet the standard, or that others stand equal at the last place."""
    words = []
    if outcome.is_tied:
        words.append(Text("Equal to others at the last place: the jury decides."))
    for shortfall in outcome.shortfalls:
        if shortfall is Shortfall.CRITERION_BELOW_MINIMUM:
            words += [_weak(code, average, call, guide) for code in outcome.weak_criteria]
        else:
            words.append(_SHORTFALLS[shortfall](call))
    return tuple(words)


def _weak(code: str, average: FileAverage | None, call: Call, guide: Guide) -> Text:
    value = average.criteria[code] if average else None
    return Text(
        "%(criterion)s: %(value)s, below the minimum of %(minimum)s",
        criterion=Text(guide.criterion(code).title),
        value=round(value or 0.0, 2),
        minimum=call.criterion_minimum,
    )


_SHORTFALLS: Mapping[Shortfall, Callable[[Call], Text]] = {
    Shortfall.NO_READING: lambda _call: Text("No complete reading yet"),
    Shortfall.BELOW_THRESHOLD: lambda call: Text("Average below %(standard)s", standard=call.standard),
    Shortfall.NO_PLACE_LEFT: lambda call: Text("Beyond the %(places)s places of this call", places=call.places or 0),
}
