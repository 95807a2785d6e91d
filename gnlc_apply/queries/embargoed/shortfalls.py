"""Why a file does not meet the standard of its call, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gnlc_apply.core.text import Text
from gnlc_apply.jury.standard import Basis, Outcome, Shortfall
from gnlc_apply.models import Call
from gnlc_apply.queries.embargoed.readings import Judged


def why(judged: Judged, outcome: Outcome, call: Call) -> tuple[Text, ...]:
    """Why a file does not meet the standard, or that others stand equal at the last place, in all or of its country."""
    words = []
    if outcome.is_tied_in_country:
        words.append(Text("Equal to others at the last place of its country: the jury decides."))
    elif outcome.is_tied:
        words.append(Text("Equal to others at the last place: the jury decides."))
    for shortfall in outcome.shortfalls:
        if shortfall is Shortfall.CRITERION_BELOW_MINIMUM:
            words += [_weak(code, judged, outcome, call) for code in outcome.weak_criteria]
        elif shortfall is Shortfall.BELOW_THRESHOLD and judged.basis is Basis.ADJUSTED:
            words.append(Text("Adjusted average below %(standard)s", standard=call.standard))
        else:
            words.append(_SHORTFALLS[shortfall](call))
    return tuple(words)


def _weak(code: str, judged: Judged, outcome: Outcome, call: Call) -> Text:
    value = judged.counted.averages[outcome.file_id].criteria[code]
    return Text(
        "%(criterion)s: %(value)s, below the minimum of %(minimum)s",
        criterion=Text(judged.counted.guide.criterion(code).title),
        value=round(value or 0.0, 2),
        minimum=call.criterion_minimum,
    )


_SHORTFALLS: Mapping[Shortfall, Callable[[Call], Text]] = {
    Shortfall.NO_READING: lambda _call: Text("No complete reading yet"),
    Shortfall.BELOW_THRESHOLD: lambda call: Text("Average below %(standard)s", standard=call.standard),
    Shortfall.COUNTRY_FULL: lambda _call: Text("Every place of its country goes to a file with a higher average"),
    Shortfall.NO_PLACE_LEFT: lambda call: Text("Beyond the %(places)s places of this call", places=call.places or 0),
    Shortfall.AWAITED: lambda _call: Text("The adjusted average is being computed"),
}
