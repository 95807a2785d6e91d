"""The registry for everybody: list with search and filters, map, one city, the network over time."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, get_template_attribute, request, url_for

from gnlc_apply.core import clock
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.queries import gazetteer, registry, registry_city, registry_history
from gnlc_apply.queries.figures import REGION_NAMES
from gnlc_apply.queries.kept import kept
from gnlc_apply.queries.registry import Entry, Search
from gnlc_apply.web import languages
from gnlc_apply.web.access import public
from gnlc_apply.web.projection import place
from gnlc_apply.web.public.words import address
from gnlc_apply.web.rendering import render

blueprint = Blueprint("registry", __name__, url_prefix="/registry")

# Rows held ready: enough for the network as it is, and for its growth.
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Point:
    """A city on the map."""

    x: float
    y: float
    href: str
    label: str
    is_special: bool = False


def _asked() -> Search:
    """What the address asks for; anything that makes no sense is left out."""
    args = request.args
    sort = args.get("sort", "name")
    status = args.get("status", "member")
    return Search(
        on=registry.day_asked(args.get("on", "")),
        text=args.get("q", "").strip()[:200],
        country=args.get("country", ""),
        region=args.get("region", ""),
        cohort=args.get("cohort", ""),
        status=status if status in ("member", "former", "all") else "member",
        sort=sort.removeprefix("-") if sort.removeprefix("-") in registry.SORTS else "name",
        is_descending=sort.startswith("-"),
        page=max(1, args.get("page", 1, type=int)),
        language=str(languages.locale_of(languages.code())),
    )


def _sort_links(asked: Search) -> dict[str, tuple[str, str]]:
    """For each column its address and how it is sorted now."""
    links = {}
    for name in registry.SORTS:
        is_current = asked.sort == name
        turned = f"-{name}" if is_current and not asked.is_descending else name
        state = ("descending" if asked.is_descending else "ascending") if is_current else "other"
        links[name] = (address(sort=None if turned == "name" else turned, page=None), state)
    return links


def _rows(entries: tuple[Entry, ...], *, is_status_shown: bool) -> list[str]:
    """The rows of the table. A city looks alike in every search, so its row is made once until the registry changes."""
    held: dict[Entry, str] = kept("rows", dict, languages.code(), is_status_shown)
    row = get_template_attribute("public/registry/_list.html", "row")
    for entry in entries:
        if entry not in held:
            if len(held) >= MOST_ROWS:
                held.clear()
            held[entry] = row(entry, REGION_NAMES, is_status_shown)
    return [held[entry] for entry in entries]


def _country_choices(codes: tuple[str, ...], language: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((code, country_name(code, language)) for code in codes), key=lambda choice: choice[1]))


@dataclass(frozen=True, slots=True)
class PageLink:
    """One page of a long list."""

    number: int
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """The way through a long list; None in ``numbers`` is a gap."""

    previous: str | None
    next: str | None
    numbers: tuple[PageLink | None, ...]


def _page_address(number: int) -> str:
    return address(page=number if number > 1 else None)


def _pages(found: registry.Found) -> Pages:
    near = range(max(1, found.page - 1), min(found.pages, found.page + 1) + 1)
    wanted = sorted({1, found.pages, *near})
    numbers: list[PageLink | None] = []
    for before, number in zip([0, *wanted], wanted, strict=False):
        if number - before > 1:
            numbers.append(None)
        numbers.append(PageLink(number, _page_address(number), number == found.page))
    return Pages(
        _page_address(found.page - 1) if found.page > 1 else None,
        _page_address(found.page + 1) if found.page < found.pages else None,
        tuple(numbers),
    )


@blueprint.get("/")
@public(cache="revalidate")
def index() -> Response:
    """The list of member cities with search and filters in the address."""
    asked = _asked()
    overview = registry.overview(asked.on)
    found = registry.search(asked)
    return render(
        asked=asked,
        found=found,
        overview=overview,
        regions=REGION_NAMES,
        countries=kept(
            "countries", lambda: _country_choices(overview.countries, asked.language), asked.on, asked.language
        ),
        sorts=_sort_links(asked),
        entry_rows=_rows(found.entries, is_status_shown=asked.status != "member"),
        pages=_pages(found),
        address=address,
        is_today=asked.on == clock.today(),
    )


@blueprint.get("/map")
@public(cache="revalidate")
def on_map() -> Response:
    """The member cities on the map of the world, with an equal list."""
    on = registry.day_asked(request.args.get("on", ""))
    members = kept("members", lambda: registry.members(on), on)
    return render(
        on=on,
        points=[_point(entry) for entry in members if entry.latitude is not None],
        groups=_groups(members),
        unplaced=sum(entry.latitude is None for entry in members),
        total=len(members),
        regions=REGION_NAMES,
        attribution=gazetteer.ATTRIBUTION,
    )


def _point(entry: Entry) -> Point:
    x, y = place(entry.latitude or 0.0, entry.longitude or 0.0)
    label = f"{entry.name}, {languages.country(entry.country)}"
    return Point(x, y, url_for("public.registry.city", city=entry.reference), label)


def _groups(members: tuple[Entry, ...]) -> list[tuple[str, list[tuple[str, list[Entry]]]]]:
    """The same cities by region and country, in the order of the release and of the country's name."""
    found: dict[str, dict[str, list[Entry]]] = {region: {} for region in REGION_NAMES}
    for entry in members:
        found[entry.region].setdefault(entry.country, []).append(entry)
    return [
        (region, sorted(countries.items(), key=lambda pair: languages.country(pair[0])))
        for region, countries in found.items()
        if countries
    ]


@blueprint.get("/figures")
@public(cache="revalidate")
def figures() -> Response:
    """The network over time: what was published, and what the lists held here give, with their basis."""
    overview = registry.overview(clock.today())
    rows = [(languages.translate(REGION_NAMES[name]), count, None) for name, count in overview.figures.regions.items()]
    return render(figures=overview.figures, days=registry_history.over_time(), region_rows=rows)


@blueprint.get("/<city>")
@public(cache="revalidate")
def city(city: str) -> Response:
    """One city: its periods, its names, where it is."""
    found = registry_city.city(city)
    point = None
    if found.latitude is not None and found.longitude is not None:
        x, y = place(found.latitude, found.longitude)
        point = Point(x, y, url_for("public.registry.city", city=city), found.name, is_special=True)
    return render(city=found, point=point, regions=REGION_NAMES, attribution=gazetteer.ATTRIBUTION)
