"""Who sends this request."""

from __future__ import annotations

from typing import Any

from flask import g, session
from flask_login import UserMixin, current_user

from gnlc_apply.extensions import login
from gnlc_apply.permissions import ANONYMOUS, Actor
from gnlc_apply.queries import person as people


class SignedIn(UserMixin):
    """Flask-Login's idea of a person, around our actor."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """The number Flask-Login keeps in the session."""
        return str(self.actor.person_id)


@login.user_loader
def load_user(user_id: str) -> SignedIn | None:
    """The person of this session, if the session on the server says so too and the account is open."""
    held: Any = session
    if held.person_id is None or str(held.person_id) != user_id:
        return None
    actor = held.actor or people.actor(
        held.person_id,
        signed_in_at=held.signed_in_at,
        second_factor_at=held.second_factor_at,
        session_hash=held.id_hash,
    )
    return SignedIn(actor) if actor is not None else None


def current_actor() -> Actor:
    """Who sends this request; the anonymous actor when nobody is signed in."""
    if "actor" not in g:
        held: Any = session
        # Flask-Login is asked only where there is somebody it could know.
        is_somebody = held.person_id is not None and current_user.is_authenticated
        g.actor = current_user.actor if is_somebody else ANONYMOUS
    actor: Actor = g.actor
    return actor
