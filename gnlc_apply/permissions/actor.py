"""Who acts, and what the rules need to know of an application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gnlc_apply.models import MemberRole, Role

FRESH = timedelta(minutes=5)
# States in which nobody but the city itself reads the text.
CITY_ONLY = ("draft", "expired")


@dataclass(frozen=True)
class Granted:
    """A role that runs now."""

    role: Role
    call_id: int | None = None
    country: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, somebody with a personal link, nobody, or the system itself."""

    kind: str = "anonymous"
    person_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "en"
    grants: tuple[Granted, ...] = ()
    signed_in_at: datetime | None = None
    second_factor_at: datetime | None = None
    has_second_factor: bool = False
    session_hash: str = ""
    # Since when the installation is held after a restore; its staff are told on every page.
    held_since: datetime | None = None
    # Whether the privacy notice as it stands now was taken note of; who has not is asked on every page.
    has_accepted_privacy: bool = True

    def holds(self, *roles: Role) -> bool:
        """Whether one of these roles runs for this actor."""
        return any(granted.role in roles for granted in self.grants)

    def calls_of(self, *roles: Role) -> tuple[int, ...]:
        """The calls for which a role runs."""
        return tuple(g.call_id for g in self.grants if g.role in roles and g.call_id is not None)

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose National Commission this actor is."""
        return tuple(g.country for g in self.grants if g.role is Role.COMMISSION and g.country is not None)

    @property
    def is_staff(self) -> bool:
        """Somebody of the secretariat or an administrator."""
        return self.holds(Role.OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR)

    def is_fresh(self, now: datetime) -> bool:
        """A second factor younger than five minutes (process.md section 2)."""
        return self.second_factor_at is not None and now - self.second_factor_at <= FRESH


ANONYMOUS = Actor()
SYSTEM = Actor(kind="system")


@dataclass(frozen=True)
class ApplicationFacts:
    """What the rules need to know of an application. A draft that was given up was never submitted."""

    id: int
    call_id: int
    country: str
    state: str
    was_submitted: bool = True
    members: Mapping[int, MemberRole] = field(default_factory=dict)
    readers: frozenset[int] = frozenset()
    free_readers: frozenset[int] = frozenset()
    blocked: frozenset[int] = frozenset()
    conflicted_staff: frozenset[int] = frozenset()


@dataclass(frozen=True)
class CohortFacts:
    """What the rules need to know of an armed announcement: who stands by with "now" and "hold"."""

    stand_by: frozenset[int] = frozenset()
