"""The way of an application as its city follows it. From the jury's start to the announcement it reads alike."""

from __future__ import annotations

from dataclasses import dataclass

from gnlc_apply.core.text import Text
from gnlc_apply.models import ApplicationState
from gnlc_apply.queries.sheet import Sheet
from gnlc_apply.web import languages

_S = ApplicationState
# How far a state is along the way: submitted, Commission, check, jury, results.
_REACHED = {
    _S.SUBMITTED: 1,
    _S.NOT_ENDORSED: 1,
    _S.UNANSWERED: 1,
    _S.ENDORSED: 2,
    _S.INELIGIBLE: 2,
    _S.ELIGIBLE: 3,
    _S.IN_REVIEW: 3,
    _S.ADMITTED: 5,
    _S.NOT_ADMITTED: 5,
}

# Where the way ends, unless the secretariat reopens it: nothing that will not come is shown as still to come.
_ENDS_AFTER = {_S.NOT_ENDORSED: 3, _S.UNANSWERED: 3, _S.INELIGIBLE: 4}


@dataclass(frozen=True)
class Step:
    """One step of the way, in words."""

    title: str
    state: str
    when: str | None = None
    text: str | None = None


def steps(sheet: Sheet) -> list[Step]:
    """All steps of a submitted application."""
    state = _S(sheet.returned_from) if sheet.returned_from else sheet.state
    reached = _REACHED.get(state, 1)
    built = [_submitted(sheet), _signature(sheet), _commission(sheet, reached), _check(sheet, reached)]
    if state in _ENDS_AFTER:
        return built[: _ENDS_AFTER[state]]
    built.append(_step(Text("With the jury"), 4 if state is _S.IN_REVIEW else reached, 4, is_now=state is _S.IN_REVIEW))
    promised = Text("Promised for %(day)s", day=sheet.results_promised_on)
    return [*built, _step(Text("Results"), reached, 5, when=promised if reached < 5 else None)]


def _step(title: Text, reached: int, place: int, *, is_now: bool = False, when: Text | None = None) -> Step:
    state = "now" if is_now else "done" if reached >= place else "later"
    return Step(languages.translate(title), state, languages.translate(when) if when else None)


def _submitted(sheet: Sheet) -> Step:
    return Step(
        languages.translate(Text("Submitted")),
        "done",
        languages.moment(sheet.received_at) if sheet.received_at else None,
        languages.translate(Text("Version %(code)s", code=sheet.version_code)),
    )


def _signature(sheet: Sheet) -> Step:
    if not sheet.is_signed:
        until = Text("Needed until %(moment)s", moment=sheet.commission_deadline)
        title = Text("Signatures outstanding") if sheet.is_consortium else Text("Signature for the city outstanding")
        return Step(languages.translate(title), "now", languages.translate(until), _counted(sheet))
    signatures = [one.signature for one in sheet.signings if one.signature is not None]
    last = max(signed.signed_at for signed in signatures)
    if sheet.is_consortium:
        return Step(
            languages.translate(Text("Signed for all members")), "done", languages.moment(last), _counted(sheet)
        )
    signed = signatures[0]
    on_paper = Text("%(name)s, %(function)s, on paper", name=signed.name, function=signed.function)
    by_link = Text("%(name)s, %(function)s", name=signed.name, function=signed.function)
    words = languages.translate(on_paper if signed.method == "paper" else by_link)
    return Step(languages.translate(Text("Signed for the city")), "done", languages.moment(last), words)


def _counted(sheet: Sheet) -> str | None:
    """How many of a consortium have signed."""
    given, needed = sheet.signatures_given, len(sheet.signings)
    words = Text("%(given)s of %(needed)s signatures", given=given, needed=needed)
    return languages.translate(words) if sheet.is_consortium else None


def _commission(sheet: Sheet, reached: int) -> Step:
    word = next((one for one in reversed(sheet.around.endorsements) if one.revoked_at is None), None)
    if word is not None:
        titles = {"endorsed": Text("Endorsed by the National Commission")}
        title = titles.get(word.outcome, Text("Not endorsed by the National Commission"))
        stands = "done" if word.outcome in titles else "now"
        return Step(languages.translate(title), stands, languages.moment(word.acted_at), word.reason or None)
    if sheet.state is _S.UNANSWERED:
        return Step(languages.translate(Text("No answer from the National Commission")), "now")
    looked = sheet.around.opened_at
    text = (
        Text("The National Commission first opened the file on %(moment)s.", moment=looked)
        if looked
        else Text("The National Commission has not opened the file yet.")
    )
    until = Text("Until %(moment)s", moment=sheet.commission_deadline)
    state = "now" if reached == 1 else "done"
    return Step(
        languages.translate(Text("With the National Commission")),
        state,
        languages.translate(until),
        languages.translate(text),
    )


def _check(sheet: Sheet, reached: int) -> Step:
    check = next((one for one in reversed(sheet.around.checks) if one.reversed_at is None), None)
    if check is not None and check.outcome == "ineligible" and sheet.state is _S.INELIGIBLE:
        return Step(
            languages.translate(Text("Found not eligible")), "now", languages.moment(check.checked_at), check.reason
        )
    is_complete = reached >= 3
    return Step(
        languages.translate(Text("Checked and complete") if is_complete else Text("Check by the secretariat")),
        "done" if is_complete else "now" if reached == 2 else "later",
        languages.moment(check.checked_at) if check is not None and is_complete else None,
    )
