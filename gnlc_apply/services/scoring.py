"""Scores as a juror gives them: their shape, what a complete set needs, the total, and writing what has changed.

The same for reviews of applications and for the files of a calibration round.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.questionnaire import Guide
from gnlc_apply.questionnaire.totals import weighted_total

Scores = Mapping[str, tuple[int | None, str]]
"""By criterion: the value from 0 to 5 or None while there is none, and the reason in words."""

LONGEST = 5000


def check(guide: Guide, scores: Scores, paragraph: str, revision: int, kept: int) -> None:
    """Refuse what is no score, and what was made from another revision than the one that is kept.

    Raises Conflict where another window has saved since, Invalid at every field that holds what it must not.
    """
    problems = {}
    for code, (value, reason) in scores.items():
        if code not in guide.weights or (value is not None and value not in guide.criterion(code).scores):
            problems[f"score-{code}"] = Text("Choose one of the values.")
        if len(reason) > LONGEST:
            problems[f"reason-{code}"] = Text("This is too long.")
    if len(paragraph) > LONGEST:
        problems["paragraph"] = Text("This is too long.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    if revision != kept:
        raise Conflict(
            Text(
                "This review was saved in another window meanwhile. Nothing was overwritten: what was saved there stands "
                "below. Compare, then save again."
            )
        )


def check_complete(guide: Guide, scores: Scores, paragraph: str) -> None:
    """Raise Invalid at every criterion without a value, every compulsory reason and the paragraph where it is missing."""
    problems = {}
    for criterion in guide.criteria:
        value, reason = scores.get(criterion.code, (None, ""))
        if value is None:
            problems[f"score-{criterion.code}"] = Text("Choose a value: %(criterion)s", criterion=Text(criterion.title))
        elif guide.needs_reason(value) and not reason.strip():
            problems[f"reason-{criterion.code}"] = Text("Give a reason for this value: %(value)s", value=value)
    if guide.is_summary_required and not paragraph.strip():
        problems["paragraph"] = Text("Write one paragraph on this application.")
    if problems:
        raise Invalid(Text("The review is not complete yet."), problems)


def total(guide: Guide, scores: Scores) -> float | None:
    """The weighted total from 0 to 5; None while too little is scored."""
    found = weighted_total(guide.weights, {code: value for code, (value, _reason) in scores.items()})
    return found.value if found.is_complete else None


def write(session: Session, owner: InstrumentedAttribute[int], owner_id: int, before: Scores, scores: Scores) -> None:
    """Write what has changed: most saves change one criterion, or the paragraph alone.

    ``owner``: the column that says whose scores these are, of the table that holds them.
    """
    table: Any = owner.class_
    wanted = {code: (value, reason.strip()) for code, (value, reason) in scores.items()}
    wanted = {code: score for code, score in wanted.items() if score[0] is not None or score[1]}
    gone = [code for code, score in before.items() if wanted.get(code) != score]
    fresh = [
        {owner.key: owner_id, "criterion": code, "value": value, "reason": reason}
        for code, (value, reason) in wanted.items()
        if before.get(code) != (value, reason)
    ]
    if gone:
        session.execute(delete(table).where(owner == owner_id, table.criterion.in_(gone)))
    if fresh:
        session.execute(insert(table), fresh)
