"""A text corrected after the lock: by one person, with a reason; the difference is kept, the others are told.

The texts are part of what is locked. Where the announcement is armed, it does not happen before a director has confirmed
the texts as they now are.
"""

from __future__ import annotations

from collections.abc import Mapping

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import Cohort, CohortState, TextCorrection
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.embargoed import texts
from gnlc_apply.services.cohort.finding import find, load
from gnlc_apply.services.cohort.notices import tell
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.moves import move
from gnlc_apply.workflow.cohort import COHORT


def require_open_to_words(unit: Unit, row: Cohort, reason: str) -> None:
    """Raise where a text cannot change: announced; locked, and no reason given or the texts are not those locked."""
    if row.state is CohortState.ANNOUNCED:
        raise Conflict(Text("The cohort has been announced. From now on only a corrigendum changes it."))
    if row.state is CohortState.PREPARING:
        return
    if texts.current_hash(unit.session, row) != row.texts_hash:
        raise Conflict(Text("The texts no longer match what was locked. Two persons must unlock the list."))
    if not reason.strip():
        words = Text("The list is locked: say why this text is corrected.")
        raise Invalid(words, {"reason": words})


def keep_corrections(unit: Unit, row: Cohort, changed: Mapping[str, tuple[str, str]], reason: str) -> None:
    """Inner act: after the lock, keep what was corrected (field: before, after) and tell the secretariat."""
    if row.state is CohortState.PREPARING or not changed:
        return
    for field, (before, after) in changed.items():
        unit.session.add(
            TextCorrection(
                cohort_id=row.id,
                field=field,
                before=before,
                after=after,
                reason=reason.strip(),
                corrected_at=unit.now,
                corrected_by_id=unit.actor.person_id,
            )
        )
        unit.note("corrected_text", "cohort", row.id, field=field, before=before, after=after, reason=reason.strip())
    unit.session.flush()
    row.texts_hash = texts.current_hash(unit.session, row)
    # The texts themselves stay here: mail is read on telephones, and the release is not public yet.
    tell(unit, "text_corrected", row, reason=reason.strip(), is_armed=row.state is CohortState.ARMED)


@command(is_fresh=True)
def confirm_texts(unit: Unit, *, actor: Actor, cohort: str, seen: str) -> None:
    """Confirm an armed announcement with the texts as they are now: a director who did not lock, with a fresh factor.

    ``seen`` is the hash of the texts that were shown. Raises Conflict where they have changed again since, Forbidden.
    """
    require(actor, Permission.ARM_COHORT)
    found = load(unit, find(unit, cohort))
    refuse_unseen_texts(found.row, seen)
    move(unit, COHORT, "confirm_texts", found.case)
    found.row.armed_texts_hash = found.row.texts_hash


def refuse_unseen_texts(row: Cohort, seen: str | None) -> None:
    """Raise Conflict where the texts are not those that were shown; None: nobody looked at a page."""
    if seen is not None and seen != row.texts_hash:
        raise Conflict(Text("A text was corrected since you opened this page. Read the texts again."))
