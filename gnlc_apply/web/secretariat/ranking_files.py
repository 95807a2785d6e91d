"""The ranking to take away: a CSV table, and the workbook of both lists and the minutes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from gnlc_apply.core.spreadsheet import BYTE_ORDER_MARK, cell
from gnlc_apply.core.text import Text
from gnlc_apply.documents.minutes_sheet import (
    Absence,
    DecidedRow,
    Minutes,
    MinutesSheet,
    RecommendedRow,
    minutes_sheet,
)
from gnlc_apply.documents.wording import Wording
from gnlc_apply.models import Outcome
from gnlc_apply.queries.embargoed.minutes import DecidedFile, KeptMinutes
from gnlc_apply.queries.embargoed.ranking import RankedFile, Ranking
from gnlc_apply.web import languages

_YES, _NO, _OPEN = Text("Recommended"), Text("Not recommended"), Text("Not confirmed yet")


def _recommendation(file: RankedFile) -> Text:
    return _OPEN if file.recommended is None else _YES if file.recommended else _NO


def as_csv(ranking: Ranking) -> bytes:
    """Every file that the viewer may judge, one line each; figures with a full stop. UTF-8 with a byte order mark."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(_head(ranking))
    for file in ranking.files:
        if file.closed is None:
            writer.writerow([cell(value) for value in _line(file, ranking)])
    return (BYTE_ORDER_MARK + target.getvalue()).encode()


def _head(ranking: Ranking) -> list[str]:
    criteria = [_(criterion.title) for criterion in ranking.guide.criteria]
    return [
        *(_("Reference"), _("City"), _("Country"), _("Region"), _("Readers"), _("Readers wanted"), _("Average")),
        *(_("Lowest"), _("Highest")),
        *(_("Adjusted average"), _("Range from"), _("Range to"), _("Standing"), _("Readers divided")),
        *criteria,
        *(_("Meets the standard"), _("Why not"), _("Recommendation"), _("Note")),
    ]


def _line(file: RankedFile, ranking: Ranking) -> list[object]:
    return [
        *(file.reference, file.place_name, languages.country(file.country), _(file.region)),
        *(file.readers, file.wanted, _figure(file.average), _figure(file.lowest), _figure(file.highest)),
        *_adjusted(file),
        *(_figure(file.criteria.get(criterion.code)) for criterion in ranking.guide.criteria),
        _("yes") if file.is_recommended_by_standard else _("no"),
        "; ".join(languages.translate(words) for words in file.why),
        languages.translate(_recommendation(file)),
        file.note,
    ]


def _adjusted(file: RankedFile) -> list[object]:
    """Empty while there are no figures of the scores as they are now."""
    if (found := file.figures) is None:
        return [""] * 5
    range_and_words = (_figure(found.low), _figure(found.high), languages.translate(found.standing))
    return [_figure(found.adjusted), *range_and_words, _("yes") if found.diverges else _("no")]


def _figure(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


def as_xlsx(
    ranking: Ranking,
    decided: Sequence[DecidedFile],
    minutes: KeptMinutes | None,
    now: datetime,
    wording: Wording,
) -> bytes:
    """The workbook: recommended, decided (for those who may see it), minutes."""
    seen = {file.reference: file for file in ranking.files if file.closed is None}
    content = MinutesSheet(
        call_title=ranking.call.title,
        made_at=now,
        recommended=tuple(_recommended(file, wording) for file in seen.values()),
        decided=tuple(_decided(row, seen[row.reference], wording) for row in decided),
        minutes=_minutes(minutes, ranking),
    )
    return minutes_sheet(content, wording)


def _recommended(file: RankedFile, wording: Wording) -> RecommendedRow:
    found = file.figures
    return RecommendedRow(
        reference=file.reference,
        city=file.place_name,
        country=languages.country(file.country),
        region=_(file.region),
        readings=file.readers,
        average=file.average,
        recommendation=wording.text(_recommendation(file)),
        words=file.note,
        adjusted=found.adjusted if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        standing=wording.text(found.standing) if found else "",
    )


def _decided(row: DecidedFile, file: RankedFile, wording: Wording) -> DecidedRow:
    outcome = Text("Approved") if row.outcome is Outcome.APPROVED else Text("Not approved")
    return DecidedRow(
        reference=file.reference,
        city=file.place_name,
        country=languages.country(file.country),
        recommendation=wording.text(_recommendation(file)),
        decision=wording.text(outcome),
        prepared_by=row.prepared_by,
        approved_by=row.approved_by,
        decided_on=row.decided_on,
        reason=row.reason,
    )


def _minutes(kept: KeptMinutes | None, ranking: Ranking) -> Minutes:
    if kept is None:
        return Minutes(chair="", confirmed_at=None, present=(), absences=(), text="")
    places = {file.reference: file.place_name for file in ranking.files}
    return Minutes(
        chair=kept.chair,
        confirmed_at=kept.confirmed_at,
        present=kept.present,
        absences=tuple(
            Absence(juror, reference, places.get(reference, ""), _("conflict of interest"))
            for reference, juror in kept.recusals
        ),
        text=kept.words,
    )
