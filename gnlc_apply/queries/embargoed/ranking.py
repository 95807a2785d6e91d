"""The ranking of a call: averages, ranges, what the standard says, for the secretariat and the chair of that call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import String, and_, bindparam, or_, select, type_coerce

from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.jury.standard import Basis, Shortfall
from gnlc_apply.models import Application, Call, Recommendation, Role, State
from gnlc_apply.permissions import Actor, Granted, Permission, kept_per_person, require, visible_to
from gnlc_apply.permissions.rules import jury_conflict, staff_conflict
from gnlc_apply.queries.embargoed import counted as counted_readings
from gnlc_apply.queries.embargoed import readings
from gnlc_apply.queries.embargoed.figures import Figures, FileFigures
from gnlc_apply.queries.embargoed.own_reading import own_reading_is_open
from gnlc_apply.queries.embargoed.roster import CallHead, head_of
from gnlc_apply.queries.embargoed.shortfalls import why
from gnlc_apply.queries.rows import AnyRow, AnySelect
from gnlc_apply.questionnaire import Guide

# Who sees a file's scores in the ranking; a conflict, or an own review that is not in yet, closes them.
CLOSED_CONFLICT = Text("A conflict of interest keeps you from the scores of this file.")
CLOSED_OWN = Text("Submit your own review of this file, or abstain from it: then its scores open.")

SORTS = ("average", "adjusted", "closeness", "spread", "readers", "place", "country")


@dataclass(frozen=True)
class RankedFile:
    """A file in the ranking. ``closed`` says why this viewer sees the name only; then everything else is empty."""

    reference: str
    place_name: str
    country: str
    region: str
    readers: int
    wanted: int
    average: float | None
    criteria: Mapping[str, float | None]
    lowest: float | None
    highest: float | None
    totals: tuple[float, ...]
    is_recommended_by_standard: bool
    is_tied: bool
    is_awaited: bool
    why: tuple[Text, ...]
    recommended: bool | None
    note: str
    closed: Text | None
    figures: FileFigures | None = None

    @cached_property
    def shown(self) -> str:
        """All that a row shows, in one string: two files with equal ones look alike."""
        return repr((*vars(self).values(),))

    @property
    def spread(self) -> float:
        """Highest less lowest total; 0 while there are not two."""
        return (self.highest or 0.0) - (self.lowest or 0.0)


@dataclass(frozen=True)
class Filters:
    """What the address says: words to look for, region, one of the lists, order."""

    words: str = ""
    region: str = ""
    listed: str = ""
    sort: str = "average"
    is_ascending: bool = False


@dataclass(frozen=True)
class Ranking:
    """The ranking of a call."""

    call: CallHead
    guide: Guide
    standard: float
    minimum: float
    places: int | None
    quota: int | None
    files: tuple[RankedFile, ...]
    unfinished: int
    is_confirmed: bool
    is_chair: bool
    judged: readings.Judged
    figures: Figures | None
    is_current: bool

    @cached_property
    def sign(self) -> str:
        """What stands behind the files that this viewer has still to confirm; only who confirms needs it."""
        return self.judged.sign(
            file.reference for file in self.files if file.closed is None and file.recommended is None
        )

    @property
    def has_figures(self) -> bool:
        """Whether adjusted averages are shown: they are of the scores as they are now, and the jury can be compared."""
        return self.is_current and self.figures is not None and self.figures.is_computed

    @property
    def is_by_adjusted(self) -> bool:
        """Whether the standard of this call is applied to adjusted averages, or will be when they are there."""
        return self.judged.basis in (Basis.ADJUSTED, Basis.AWAITED)

    @property
    def is_plain_for_now(self) -> bool:
        """Whether plain averages stand in for adjusted ones, because this jury cannot be compared."""
        return self.judged.basis is Basis.NOT_COMPARABLE and self.figures is not None

    @property
    def is_awaited(self) -> bool:
        """Whether the standard waits for adjusted averages of the scores as they are: until then nothing is confirmed."""
        return self.judged.is_awaited

    @property
    def why_awaited(self) -> Text | None:
        """What happened, where they could not be computed."""
        return self.figures.why_not if self.figures is not None and self.is_current else None

    @property
    def meeting(self) -> int:
        """Files that meet the standard, of those this viewer sees."""
        return sum(file.is_recommended_by_standard for file in self.files)

    @property
    def regions(self) -> list[str]:
        """The regions that occur."""
        return sorted({file.region for file in self.files})

    @property
    def official_order(self) -> str:
        """What files are taken by, the highest first: adjusted averages where the standard looks at them."""
        return "adjusted" if self.judged.basis is Basis.ADJUSTED else "average"

    def shown(self, filters: Filters) -> list[RankedFile]:
        """The files that match, in the order asked for; files whose scores are closed stand last."""
        matching = _matching(self.files, filters)
        key = _KEYS.get(filters.sort, _KEYS["average"])
        matching.sort(key=lambda file: (_folded(file.place_name), file.reference))
        is_text = filters.sort in ("place", "country")
        matching.sort(key=key, reverse=not filters.is_ascending and not is_text)
        if is_text and filters.is_ascending:
            matching.reverse()
        return sorted(matching, key=lambda file: file.closed is not None)


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
    return fold(name)


_KEYS: Mapping[str, Callable[[RankedFile], Any]] = {
    "average": lambda file: -1.0 if file.average is None else file.average,
    "adjusted": lambda file: -1.0 if file.figures is None else file.figures.adjusted,
    "closeness": lambda file: 1.0 if file.figures is None else abs(file.figures.p - 0.5),
    "spread": lambda file: file.spread,
    "readers": lambda file: file.readers,
    "place": lambda file: _folded(file.place_name),
    "country": lambda file: file.country,
}


_LISTS: Mapping[str, Callable[[RankedFile], bool]] = {
    "meets": lambda file: file.is_recommended_by_standard,
    "misses": lambda file: not file.is_recommended_by_standard and file.closed is None,
    "incomplete": lambda file: file.readers < file.wanted and file.closed is None,
    "to_discuss": lambda file: file.figures is not None and file.figures.zone == "grey",
    "divided": lambda file: file.figures is not None and file.figures.diverges,
    "recommended": lambda file: file.recommended is True,
    "not_recommended": lambda file: file.recommended is False,
}


def _matching(files: Iterable[RankedFile], filters: Filters) -> list[RankedFile]:
    words, is_listed = fold(filters.words), _LISTS.get(filters.listed)
    return [
        file
        for file in files
        if (not words or words in fold(f"{file.place_name} {file.reference} {file.country}"))
        and (not filters.region or file.region == filters.region)
        and (is_listed is None or is_listed(file))
    ]


def _call(viewer: Actor, reference: str) -> Call:
    """The call, for the secretariat or its own chair. Raises NotFound."""
    require(viewer, Permission.SEE_RANKING)
    row = db.reader.scalar(select(Call).where(Call.reference == reference))
    is_staff = viewer.holds(Role.OFFICER, Role.DIRECTOR)
    if row is None or not (is_staff or row.id in viewer.calls_of(Role.CHAIR)):
        raise NotFound()
    return row


def ranking(viewer: Actor, now: datetime, call: str) -> Ranking:
    """The ranking, unfiltered: three statements, five after a change, however many files there are. Raises NotFound."""
    row = _call(viewer, call)
    count = counted_readings.count(row)
    files = []
    for found in _files(viewer, row.id):
        # What was worked out of the same row, the same count and the same figures before is still right.
        known = tuple(found)
        if known not in count.standing.ranked:
            count.standing.ranked[known] = _ranked(found, row, count)
        files.append(count.standing.ranked[known])
    return Ranking(
        call=head_of(row),
        guide=count.kept.counted.guide,
        standard=row.standard,
        minimum=row.criterion_minimum,
        places=row.places,
        quota=None if count.standing.judged.basis is Basis.PLAIN else row.quota,
        files=tuple(files),
        unfinished=count.unfinished,
        is_confirmed=count.is_confirmed,
        is_chair=row.id in viewer.calls_of(Role.CHAIR),
        judged=count.standing.judged,
        figures=count.figures,
        is_current=count.is_current,
    )


def _files(viewer: Actor, call_id: int) -> list[AnyRow]:
    """Every file with the jury; what the viewer may see of it is decided in the statement, at every request."""
    asked = _files_for(viewer.kind, viewer.person_id, viewer.grants)
    return list(db.reader.connection().execute(asked, {"call_id": call_id}).all())


@kept_per_person
def _files_for(kind: str, person_id: int | None, grants: tuple[Granted, ...]) -> AnySelect:
    """The statement for one person in these roles, put together once."""
    viewer = Actor(kind=kind, person_id=person_id, grants=grants)
    may_see = or_(
        visible_to(viewer, Permission.READ_AS_SECRETARIAT), visible_to(viewer, Permission.CONFIRM_RECOMMENDATION)
    )
    is_free = and_(may_see, (~jury_conflict & ~staff_conflict).where(viewer))
    own_open = own_reading_is_open(viewer)
    return (
        select(
            Application.reference,
            Application.place_name,
            Application.country,
            type_coerce(State.region, String).label("region"),
            Recommendation.is_recommended,
            Recommendation.note,
            is_free.label("is_free"),
            own_open.label("own_open"),
        )
        .join(State, State.iso3 == Application.country)
        .outerjoin(Recommendation, Recommendation.application_id == Application.id)
        .where(Application.call_id == bindparam("call_id"), Application.state.in_(readings.COUNTED_STATES))
        .order_by(Application.id)
    )


def _ranked(row: AnyRow, call: Call, count: counted_readings.Count) -> RankedFile:
    counted = count.kept.counted
    closed = CLOSED_CONFLICT if not row.is_free else CLOSED_OWN if row.own_open else None
    average = counted.averages.get(row.reference) if closed is None else None
    judged = count.standing.judged
    outcome = judged.outcome(row.reference)
    return RankedFile(
        reference=row.reference,
        place_name=row.place_name,
        country=row.country,
        region=row.region,
        readers=average.readers if average else 0,
        wanted=call.readers_per_file,
        average=average.average if average else None,
        criteria=average.criteria if average else {},
        lowest=average.lowest if average else None,
        highest=average.highest if average else None,
        totals=average.totals if average else (),
        is_recommended_by_standard=closed is None and outcome.is_recommended,
        is_tied=closed is None and outcome.is_tied,
        is_awaited=closed is None and Shortfall.AWAITED in outcome.shortfalls,
        why=why(judged, outcome, call) if closed is None else (),
        recommended=row.is_recommended if closed is None else None,
        note=(row.note or "") if closed is None else "",
        closed=closed,
        figures=count.figures.files.get(row.reference)
        if closed is None and count.figures and count.is_current
        else None,
    )
