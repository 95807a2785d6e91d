"""The jury's recommendation: what the standard says of each file, confirmed or departed from by the chair, with minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.jury.averages import FileAverage
from gnlc_apply.jury.conflicts import RULES_VERSION
from gnlc_apply.jury.given import VERSION
from gnlc_apply.models import (
    Application,
    ApplicationState,
    Assignment,
    Call,
    Juror,
    Minutes,
    Recommendation,
    Review,
    ReviewState,
    Role,
)
from gnlc_apply.permissions import Actor, Permission, require, visible_to
from gnlc_apply.queries.embargoed import readings
from gnlc_apply.queries.embargoed.figures import figures_of
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command

Recommendations = Mapping[str, tuple[bool, str]]
"""By the reference of the application: whether it is recommended, and a note (compulsory where it departs)."""


@dataclass
class _Ballot:
    call: Call
    judged: readings.Judged
    open_files: dict[str, Application] = field(default_factory=dict)
    kept_away: list[str] = field(default_factory=list)


@command(is_fresh=True)
def confirm(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    recommendations: Recommendations,
    present: Sequence[str],
    recusals: Mapping[str, Sequence[str]],
    words: str,
    held_on: date | str,
    seen: str | None = None,
) -> str:
    """Confirm the recommendation for every file with the jury, with minutes; the digest of what was frozen.

    ``recommendations`` names every file in review that this chair may see and that has none yet. ``present``: names;
    ``recusals``: by file, the names of those who left. From then on no review of the call can be submitted. Files that a
    conflict keeps from the chair are confirmed afterwards, in the same way, by a second person with the chair's role.
    Raises Invalid at ``note-<reference>`` for a departure from the standard without a note, Forbidden for a file that a
    conflict keeps from the chair, Conflict before the guide is frozen, when nothing is left to confirm, when a file has no
    submitted review (not recommended, it may stand with a note where the minutes say who left for it), and when the
    readings are no longer those that were shown (``seen``: ``readings.Judged.sign``), or where the call goes by adjusted
    averages and those of these very scores are not there yet.
    """
    require(actor, Permission.SEE_RANKING)
    row = find(unit, call)
    if row.id not in actor.calls_of(Role.CHAIR):
        raise NotFound()
    if row.guide_frozen_at is None:
        raise Conflict(Text("The scoring guide of this call is not final yet."))
    _refuse_open_own(unit, row)
    ballot = _ballot(unit, row)
    _refuse_awaited(ballot)
    _refuse_unseen(ballot, seen)
    _check(ballot, recommendations, recusals, present, words)
    minutes = _minutes(unit, ballot, present, recusals, words, held_on)
    unit.session.execute(insert(Recommendation), _rows(unit, ballot, recommendations))
    unit.note("confirmed_recommendation", "call", row.id, sha256=minutes.sha256, files=len(recommendations))
    return minutes.sha256


def _refuse_open_own(unit: Unit, call: Call) -> None:
    """A chair who reads judges first: no average is seen before the own review is in."""
    query = (
        select(Application.reference)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Juror, Juror.id == Assignment.juror_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Application.call_id == call.id,
            Application.state == ApplicationState.IN_REVIEW,
            Assignment.ended_at.is_(None),
            Juror.person_id == unit.actor.person_id,
            (Review.id.is_(None)) | (Review.state == ReviewState.DRAFT),
        )
        .order_by(Application.reference)
    )
    if own := unit.session.scalars(query).all():
        raise Conflict(
            Text(
                "First submit your own reviews, or abstain from them. Still open: %(references)s",
                references=", ".join(own),
            )
        )


def _ballot(unit: Unit, call: Call) -> _Ballot:
    of_call = select(Application.id).where(Application.call_id == call.id)
    known = set(
        unit.session.scalars(select(Recommendation.application_id).where(Recommendation.application_id.in_(of_call)))
    )
    query = (
        select(Application, visible_to(unit.actor, Permission.CONFIRM_RECOMMENDATION).label("is_permitted"))
        .where(Application.call_id == call.id, Application.state == ApplicationState.IN_REVIEW)
        .order_by(Application.id)
        .with_for_update(of=Application)
    )
    files = unit.session.execute(query).all()
    # Counted once the files are locked: a review that comes in now waits, and is refused as too late, not left out.
    ballot = _Ballot(call, readings.judged(unit.session, call))
    for file, is_permitted in files:
        if not is_permitted:
            ballot.kept_away.append(file.reference)
        elif file.id not in known:
            ballot.open_files[file.reference] = file
    if not ballot.open_files:
        raise Conflict(Text("There is no file left for which you could confirm a recommendation."))
    return ballot


def _refuse_unseen(ballot: _Ballot, seen: str | None) -> None:
    """A recommendation is of the readings that the chair saw: one that came in meanwhile is looked at first."""
    if seen is not None and seen != ballot.judged.sign(ballot.open_files):
        raise Conflict(
            Text(
                "A review came in, a reading ended, or the averages were computed anew since you opened this page. Look at "
                "the figures again."
            )
        )


def _refuse_awaited(ballot: _Ballot) -> None:
    """The worker computes them within seconds; nobody is judged by other averages than those of the call's method."""
    if ballot.judged.is_awaited:
        raise Conflict(
            Text(
                "The adjusted averages of these scores are not there yet. They are computed within a minute or two: then "
                "look at the figures and confirm."
            )
        )


def _check(
    ballot: _Ballot,
    recommendations: Recommendations,
    recusals: Mapping[str, Sequence[str]],
    present: Sequence[str],
    words: str,
) -> None:
    if kept := sorted(set(recommendations) & set(ballot.kept_away)):
        raise Forbidden(Text("A conflict of interest keeps you from this file: %(reference)s", reference=kept[0]))
    if set(recommendations) != set(ballot.open_files):
        raise Conflict(Text("The list of files has changed. Look at the page again and confirm it once more."))
    _refuse_unread(ballot, recommendations, recusals)
    problems = {}
    for reference, (is_recommended, note) in recommendations.items():
        if is_recommended != ballot.judged.outcome(reference).is_recommended and not note.strip():
            place = ballot.open_files[reference].place_name
            problems[f"note-{reference}"] = Text("Say why the jury departs from its standard: %(place)s", place=place)
    if not [name for name in present if name.strip()]:
        problems["present"] = Text("Say who was there.")
    if not words.strip():
        problems["words"] = Text("Write the minutes in a few words.")
    if problems:
        raise Invalid(Text("The recommendation is not complete yet."), problems)


def _refuse_unread(ballot: _Ballot, recommendations: Recommendations, recusals: Mapping[str, Sequence[str]]) -> None:
    """Nobody is judged unread: every file needs a submitted review that counts, and the refusal names all that have none.

    Where those who could read a file left for it, as the minutes then say, it may go unread, not recommended, with a note.
    """
    unread = {}
    for reference, (is_recommended, note) in recommendations.items():
        average = ballot.judged.counted.averages.get(reference)
        is_excused = not is_recommended and note.strip() and any(name.strip() for name in recusals.get(reference, ()))
        if (average is None or average.readers == 0) and not is_excused:
            unread[reference] = f"{ballot.open_files[reference].place_name} ({reference})"
    if unread:
        words = Text("No juror has submitted a review of this file.")
        raise Conflict(
            Text(
                "No juror has submitted a review of these files: %(files)s. Wait for one, or give the file to another "
                "juror. A file for which all who could read it left may be not recommended, with a note, where the "
                "minutes say who left.",
                files=", ".join(unread.values()),
            ),
            {f"note-{reference}": words for reference in unread},
        )


def _minutes(
    unit: Unit,
    ballot: _Ballot,
    present: Sequence[str],
    recusals: Mapping[str, Sequence[str]],
    words: str,
    held_on: date | str,
) -> Minutes:
    """The minutes of the call: written once with all that was counted; a second chair's words are added to them."""
    left = [
        {"reference": reference, "juror": name.strip()}
        for reference, names in sorted(recusals.items())
        for name in names
        if name.strip()
    ]
    minutes = unit.session.scalar(select(Minutes).where(Minutes.call_id == ballot.call.id).with_for_update())
    if minutes is not None:
        minutes.recusals = [*minutes.recusals, *(entry for entry in left if entry not in minutes.recusals)]
        minutes.present = [*minutes.present, *(name for name in _names(present) if name not in minutes.present)]
        minutes.words = f"{minutes.words}\n\n{unit.actor.name}: {words.strip()}"
        return minutes
    frozen = _frozen(unit, ballot)
    text = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    minutes = Minutes(call_id=ballot.call.id, held_on=str(held_on), present=_names(present), recusals=left)
    minutes.words, minutes.frozen, minutes.sha256 = words.strip(), frozen, hashlib.sha256(text.encode()).hexdigest()
    minutes.confirmed_at, minutes.confirmed_by_id = unit.now, unit.actor.person_id
    unit.session.add(minutes)
    return minutes


def _names(present: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in present if name.strip()))


def _frozen(unit: Unit, ballot: _Ballot) -> dict[str, Any]:
    """Scores, weights, jurors, rule and method, as they were when the chair confirmed; by references only.

    ``files``, ``jurors``, ``readings``, those of calibration files ``beside`` them, and the rule are enough to compute the figures again (``jury.given.Given``).
    """
    call, counted = ballot.call, ballot.judged.counted
    return readings.facts_of(call, counted) | {
        "call": call.reference,
        "method": call.jury_method,
        "basis": str(ballot.judged.basis),
        "conflict_rules": RULES_VERSION,
        "guide": counted.guide.version,
        "readers_per_file": call.readers_per_file,
        "roster": readings.roster(unit.session, call.id),
        "figures": _figures(unit, ballot),
    }


def _figures(unit: Unit, ballot: _Ballot) -> dict[str, Any]:
    """The figures of these very scores, where they were computed already; else what they can be computed from again."""
    counted = ballot.judged.counted
    frozen: dict[str, Any] = {"version": VERSION, "inputs": counted.inputs}
    frozen |= {"seed": counted.given.seed, "draws": counted.given.draws}
    kept = figures_of(unit.session, ballot.call.id)
    if kept is None or kept.inputs != counted.inputs:
        return frozen
    files = {reference: vars(file) for reference, file in kept.files.items()}
    jurors = {reference: vars(juror) for reference, juror in kept.jurors.items()}
    shown = {"method": kept.method, "files": files, "jurors": jurors, "summary": dict(kept.summary)}
    return frozen | shown | {"computed_at": kept.computed_at.isoformat()}


def _rows(unit: Unit, ballot: _Ballot, recommendations: Recommendations) -> list[dict[str, Any]]:
    rows = []
    for reference, (is_recommended, note) in recommendations.items():
        average: FileAverage | None = ballot.judged.counted.averages.get(reference)
        rows.append(
            {
                "application_id": ballot.open_files[reference].id,
                "is_recommended": is_recommended,
                "average": average.average if average else None,
                "readers": average.readers if average else 0,
                "note": note.strip(),
                "confirmed_at": unit.now,
                "confirmed_by_id": unit.actor.person_id,
            }
        )
        unit.note("recommended", "application", ballot.open_files[reference].id, is_recommended=is_recommended)
    return rows
