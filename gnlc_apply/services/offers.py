"""What a person may do with a file from where it stands, and what stands in the way: what buttons are made from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import Application
from gnlc_apply.permissions import Actor
from gnlc_apply.services.case import case_of
from gnlc_apply.services.command import Unit
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.engine import offered
from gnlc_apply.workflow.guards import ApplicationCase


@dataclass(frozen=True)
class Offer:
    """One transition: possible now, or with the words that say why not."""

    name: str
    label: Text
    obstacle: Text | None


def look(actor: Actor, reference: str) -> ApplicationCase:
    """The case of an application for reading: nothing is locked, nothing written. Raises NotFound."""
    row = db.reader.scalar(select(Application).where(Application.reference == reference))
    if row is None:
        raise NotFound()
    return case_of(Unit(db.reader, actor, clock.now()), row)


def offers(actor: Actor, reference: str) -> dict[str, Offer]:
    """The transitions that this actor is offered, by their names, in the order of the workflow."""
    case = look(actor, reference)
    return {t.name: Offer(t.name, t.label, words) for t, words in offered(APPLICATION, case, actor)}
