"""Whether an actor may see, or act on, the object that an address names: one statement for both answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from gnlc_apply.core.errors import Forbidden, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.extensions import db
from gnlc_apply.models import Application
from gnlc_apply.permissions import Actor, Permission, kept_per_roles, visible_to

# Who may do it must at least be able to see it: yours to see but not to do is 403, not yours to see is 404.
SEES: dict[Permission, Permission] = {
    Permission.READ_AS_CITY: Permission.READ_AS_CITY,
    Permission.EDIT_AS_CITY: Permission.READ_AS_CITY,
    Permission.OWN_AS_CITY: Permission.READ_AS_CITY,
    Permission.READ_AS_COMMISSION: Permission.READ_AS_COMMISSION,
    Permission.ACT_AS_COMMISSION: Permission.READ_AS_COMMISSION,
    Permission.LIST_AS_SECRETARIAT: Permission.LIST_AS_SECRETARIAT,
    Permission.READ_AS_SECRETARIAT: Permission.READ_AS_SECRETARIAT,
    Permission.CHECK_APPLICATION: Permission.READ_AS_SECRETARIAT,
    Permission.HELP_CITY: Permission.LIST_AS_SECRETARIAT,
    Permission.PREPARE_DECISION: Permission.READ_AS_SECRETARIAT,
    Permission.APPROVE_DECISION: Permission.READ_AS_SECRETARIAT,
    Permission.SEE_ASSIGNED: Permission.SEE_ASSIGNED,
    Permission.REVIEW: Permission.SEE_ASSIGNED,
    Permission.CONFIRM_RECOMMENDATION: Permission.CONFIRM_RECOMMENDATION,
}


def require_on_application(actor: Actor, permission: Permission, reference: str) -> None:
    """Raise NotFound where the actor may not see this application, Forbidden where only the act is refused."""
    asked = {"reference": reference, "viewer": actor.person_id}
    row = db.reader.connection().execute(_question(actor, permission), asked).one_or_none()
    if row is None or not row.is_seen:
        raise NotFound()
    if not row.is_permitted:
        raise Forbidden(Text("You can see this application, but you do not have permission to do this."))


@kept_per_roles
def _question(who: Actor, permission: Permission) -> Any:
    """The statement, kept: putting it together takes longer than running it."""
    return (
        select(visible_to(who, SEES[permission]).label("is_seen"), visible_to(who, permission).label("is_permitted"))
        .select_from(Application)
        .where(Application.reference == bindparam("reference"))
    )
