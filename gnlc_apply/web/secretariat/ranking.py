"""The ranking of a call, for the secretariat and its chair: averages, the standard, both lists and minutes to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, get_template_attribute, request, url_for
from flask_babel import gettext as _

from gnlc_apply.core import clock
from gnlc_apply.permissions import Permission
from gnlc_apply.queries.embargoed import extra_readers, jury_report
from gnlc_apply.queries.embargoed import minutes as minutes_pages
from gnlc_apply.queries.embargoed import ranking as queries
from gnlc_apply.queries.embargoed.ranking import SORTS, Filters, RankedFile, Ranking
from gnlc_apply.services.record import notice
from gnlc_apply.storage.names import content_disposition
from gnlc_apply.web import languages, reading
from gnlc_apply.web.access import requires
from gnlc_apply.web.dated import day_as_written
from gnlc_apply.web.identity import current_actor
from gnlc_apply.web.rendering import render
from gnlc_apply.web.scores import two_places
from gnlc_apply.web.secretariat import ranking_files

blueprint = Blueprint("ranking", __name__)

NUMBERS = ("average", "adjusted", "closeness", "spread", "readers")
# A whole call on one page: it is compared, searched by the browser and printed.
PAGE = 1_000
# Rows held ready, a few kilobytes each.
MOST_ROWS = 3_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class PageLink:
    """A page of the list."""

    number: int
    href: str
    is_current: bool


def _filters(found: Ranking) -> Filters:
    """What the address asks for; whatever is unknown counts as not asked. Unasked, the order that the standard goes by.

    Files to discuss stand with the closest to one half first, unasked.
    """
    official = f"-{found.official_order}"
    if request.args.get("listed") == "to_discuss" and found.has_figures:
        official = "closeness"
    asked = request.args.get("sort", official)
    if asked.removeprefix("-") not in SORTS:
        asked = official
    sort = asked.removeprefix("-")
    return Filters(
        words=request.args.get("words", "").strip()[:100],
        region=request.args.get("region", "")[:60],
        listed=request.args.get("listed", "")[:20],
        sort=sort,
        is_ascending=not asked.startswith("-") if sort in NUMBERS else asked.startswith("-"),
    )


def _address(call: str, **changed: str) -> str:
    kept: dict[str, Any] = {
        name: request.args.get(name, "") for name in ("words", "region", "listed", "sort")
    } | changed
    asked: dict[str, Any] = {name: value for name, value in kept.items() if value}
    return url_for("secretariat.ranking.page", call=call, **asked)


def _sorting(call: str, filters: Filters) -> dict[str, dict[str, str]]:
    """For each column that sorts: where a click leads, and how it stands now."""
    found = {}
    for name in SORTS:
        is_text = name in ("place", "country")
        is_descending = filters.is_ascending if is_text else not filters.is_ascending
        is_current = name == filters.sort
        target = f"-{name}" if (is_current and not is_descending) or (not is_current and not is_text) else name
        now = ("descending" if is_descending else "ascending") if is_current else "other"
        found[name] = {"href": _address(call, sort=target), "sort": now}
    return found


def _pages(call: str, files: list[RankedFile]) -> tuple[int, list[PageLink]]:
    last = max(1, -(-len(files) // PAGE))
    current = min(max(request.args.get("page", 1, type=int), 1), last)
    return current, [PageLink(n, _address(call, page=str(n)), n == current) for n in range(1, last + 1)]


@blueprint.get("/secretariat/calls/<call>/ranking")
@requires(Permission.SEE_RANKING)
def page(call: str) -> Response:
    """The ranking, filtered and sorted by its address."""
    found = _ranking(call)
    filters = _filters(found)
    files = found.shown(filters)
    current, pages = _pages(call, files)
    return render(
        ranking=found,
        rows=_rows(found, files[(current - 1) * PAGE : current * PAGE]),
        matching=len(files),
        filters=filters,
        sorting=_sorting(call, filters),
        pages=pages,
        current=current,
        close=extra_readers.close(found),
        cautions=jury_report.cautions(found),
        minutes=minutes_pages.minutes(current_actor(), clock.now(), found),
        day_as_written=day_as_written,
    )


_held: dict[tuple[Any, ...], str] = {}


def _rows(found: Ranking, files: list[RankedFile]) -> list[str]:
    """The rows of the table. One that shows the same as before is not written out again, whoever looks at it."""
    row, titles = get_template_attribute("secretariat/ranking/_row.html", "row"), _titles(found)
    here = (languages.code(), found.is_confirmed, found.has_figures, titles)
    rows = []
    for file in files:
        key = (here, file.shown)
        if key not in _held:
            if len(_held) >= MOST_ROWS:
                _held.clear()
            _held[key] = row(file, found, titles, two_places)
        rows.append(_held[key])
    return rows


def _titles(found: Ranking) -> tuple[str, ...]:
    return tuple(_(criterion.title) for criterion in found.guide.criteria)


def _ranking(call: str) -> Ranking:
    """The ranking; that somebody looked at it is kept."""
    actor = current_actor()
    found = queries.ranking(actor, clock.now(), call)
    notice("looked_at_ranking", person_id=actor.person_id, noun="call", note=call)
    return found


@blueprint.get("/secretariat/calls/<call>/ranking.csv")
@requires(Permission.SEE_RANKING)
def as_csv(call: str) -> Response:
    """The whole ranking as a table for spreadsheets."""
    response = Response(ranking_files.as_csv(_ranking(call)), mimetype="text/csv")
    response.headers["Content-Disposition"] = content_disposition(f"{call}-{_('ranking')}.csv")
    return response


@blueprint.get("/secretariat/calls/<call>/ranking.xlsx")
@requires(Permission.SEE_RANKING)
def as_xlsx(call: str) -> Response:
    """Both lists and the minutes as a workbook."""
    actor, now, found = current_actor(), clock.now(), _ranking(call)
    decided = minutes_pages.decided(actor, now, found)
    kept = minutes_pages.minutes(actor, now, found)
    response = Response(ranking_files.as_xlsx(found, decided, kept, now, reading.wording()), mimetype=XLSX)
    response.headers["Content-Disposition"] = content_disposition(f"{call}-{_('ranking')}.xlsx")
    return response
