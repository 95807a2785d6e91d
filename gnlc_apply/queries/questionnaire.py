"""Forms and scoring guides as objects, from their rows. A row never changes, so each is read once per process."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.extensions import db
from gnlc_apply.models import FormVersion, GuideVersion
from gnlc_apply.questionnaire import Form, Guide, load_form, load_guide

# By database and row, since tests and rehearsals open several databases in one process.
_forms: dict[tuple[str, int, str], Form] = {}
_guides: dict[tuple[str, int, str], Guide] = {}


def form_of(session: Session, form_version_id: int, reference: str = "") -> Form:
    """The form behind this row; ``reference`` spares the look at the row where it is known to be cached."""
    key = (db.address, form_version_id, reference)
    if key not in _forms:
        _forms[key] = load_form(session.scalars(_definition(FormVersion, form_version_id)).one())
    return _forms[key]


def guide_of(session: Session, guide_version_id: int, reference: str = "") -> Guide:
    """The scoring guide behind this row."""
    key = (db.address, guide_version_id, reference)
    if key not in _guides:
        _guides[key] = load_guide(session.scalars(_definition(GuideVersion, guide_version_id)).one())
    return _guides[key]


def _definition(table: type[FormVersion] | type[GuideVersion], row_id: int):  # type: ignore[no-untyped-def]
    return select(table.definition).where(table.id == row_id)


def guide(guide_version_id: int) -> Guide:
    """The scoring guide behind this row, for pages."""
    return guide_of(db.reader, guide_version_id)


def forget() -> None:
    """Read again: another database may stand at the same address (tests, a fresh demonstration)."""
    _forms.clear()
    _guides.clear()
