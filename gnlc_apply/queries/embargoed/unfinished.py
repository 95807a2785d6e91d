"""What still stands in the way of locking a list, in words: one reckoning for the page and for the lock itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from gnlc_apply.core.text import Text
from gnlc_apply.models import LetterKind
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.queries.embargoed.standing import Standing

# States in which a file has not come to the jury and to no other end.
UNDER_WAY = ("submitted", "endorsed", "eligible", "returned")

LETTER_NAMES = {
    LetterKind.ADMITTED: Text("Letter to cities that are admitted"),
    LetterKind.NOT_ADMITTED: Text("Letter to cities that are not admitted"),
    LetterKind.COMMISSION: Text("Letter to National Commissions"),
}
CHANGE_NAMES = {
    "unlock": Text("Unlock the list"),
    "withdrawal": Text("Take a city that withdrew out of the list"),
    "approve": Text("Approve a city after all"),
    "not_approve": Text("Do not approve a city after all"),
}


def unfinished(standing: Standing, quota: int, on: date) -> tuple[Text, ...]:
    """What still stands in the way of the lock, each in words; empty when nothing does."""
    return (
        *_undecided(standing),
        *_unfit(standing, on),
        *_over_quota(standing, quota),
        *_letter_gaps(standing),
        *(
            Text("A request for two persons is still open: %(kind)s.", kind=CHANGE_NAMES[kind])
            for kind in standing.open_changes
        ),
    )


def _undecided(standing: Standing) -> Iterable[Text]:
    for line in standing.lines:
        if line.state in UNDER_WAY:
            yield Text("%(city)s (%(reference)s) has not come to the jury.", city=line.name, reference=line.reference)
    for line in standing.with_jury():
        if line.outcome is None:
            yield Text("%(city)s (%(reference)s) has no decision.", city=line.name, reference=line.reference)
        elif not line.is_approved:
            yield Text(
                "The decision on %(city)s (%(reference)s) has not been approved.",
                city=line.name,
                reference=line.reference,
            )
    if not standing.approved():
        yield Text("No city is approved.")


def _unfit(standing: Standing, on: date) -> Iterable[Text]:
    # A period that ends on the day itself (a returning member's) does not stand in the way.
    members = {period.city_id for period in standing.held if period.until_on is None or period.until_on > on}
    for line in standing.approved():
        if line.city_id is None:
            yield Text("%(city)s is not yet linked with the registry.", city=line.name)
        elif line.city_id in members:
            yield Text("%(city)s is already a member.", city=line.name)
        if not line.is_member_state:
            yield Text("The state of %(city)s is not a Member State of UNESCO on the day.", city=line.name)


def _over_quota(standing: Standing, quota: int) -> Iterable[Text]:
    for country, number in sorted(Counter(line.country for line in standing.approved()).items()):
        allowed = quota + standing.quotas.get(country, 0)
        if number > allowed:
            yield Text(
                "%(country)s has %(number)s approved cities; its quota is %(allowed)s.",
                country=country_name(country, "en"),
                number=number,
                allowed=allowed,
            )


def _letter_gaps(standing: Standing) -> Iterable[Text]:
    for kind in LetterKind:
        if (kind, "en") not in standing.letters:
            yield Text("The English text of a letter is missing: %(kind)s.", kind=LETTER_NAMES[kind])
    for language in sorted({language for _kind, language in standing.letters}):
        pair = [standing.letters.get((kind, language)) for kind in (LetterKind.ADMITTED, LetterKind.NOT_ADMITTED)]
        if None in pair:
            yield Text("In one language only one of the two letters to cities exists: %(code)s.", code=language)
        elif len({text[0] for text in pair if text}) > 1:
            yield Text(
                "The two letters to cities need the same subject (%(code)s): it must not tell the outcome.",
                code=language,
            )
