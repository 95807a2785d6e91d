"""Every figure of a release in words: what it means, and from what it was counted."""

from __future__ import annotations

from dataclasses import dataclass

from gnlc_apply.core.text import Text
from gnlc_apply.queries.figures import RegistryFigures, ReleaseFigures


@dataclass(frozen=True)
class Explained:
    """A figure with what it means and what it was counted from."""

    key: str
    label: Text
    value: int | tuple[str, ...]
    basis: Text


def explained(figures: ReleaseFigures) -> tuple[Explained, ...]:
    """Every figure of a release in words, with its basis."""
    lists = (
        Text("Counted from the lists held here, which are incomplete.")
        if figures.history_is_incomplete
        else Text("Counted from the registry.")
    )
    first = (
        Text("No city of these countries stands in any earlier list held here. The lists are incomplete.")
        if figures.history_is_incomplete
        else Text("No city of these countries was a member before.")
    )
    announced = Text("Counted from the cities announced together on this day.")
    return (
        Explained("new_members", Text("New members"), figures.new_members, announced),
        Explained("countries", Text("Their countries"), figures.countries, announced),
        Explained(
            "capitals",
            Text("Capitals among them"),
            figures.capitals,
            Text("Cities that bear the name of a capital of their state; districts of a capital do not count."),
        ),
        Explained(
            "first_time_countries",
            Text("Countries with a member for the first time"),
            figures.first_time_countries,
            first,
        ),
        Explained(
            "returning_members",
            Text("Returning members"),
            figures.returning_members,
            Text("Cities with an earlier membership in the lists held here."),
        ),
        Explained("total_members", Text("Members in total"), figures.total_members, lists),
        Explained("total_countries", Text("Countries in total"), figures.total_countries, lists),
        Explained("citizens", Text("People living in member cities"), figures.citizens, citizens_basis(figures)),
    )


def citizens_basis(figures: ReleaseFigures | RegistryFigures) -> Text:
    """From how many populations the number of citizens was added up."""
    return Text(
        "Populations known for %(known)s of %(total)s members.",
        known=figures.citizens_known_for,
        total=figures.total_members,
    )
