"""Flask's session, kept on the server. The cookie holds a random number and nothing else."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, request, session
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.sealing import hashed
from gnlc_apply.extensions import is_machine_fault
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import session as queries
from gnlc_apply.queries.session import Stored
from gnlc_apply.services import sessions as stored_sessions

log = logging.getLogger(__name__)

# What a session keeps when its number changes: where the person wanted to go, unsent text, our own words of a moment ago.
_KEPT = ("after_sign_in", "kept_form", "_flashes")


@dataclass(frozen=True)
class Limits:
    """For how many seconds a session lasts if nothing more is sent; ``last``: at most, once that is near; the most hours."""

    seconds: int
    last: int | None
    hours: int


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What a browser's session holds, and who is signed in with it."""

    def __init__(
        self, stored: Stored | None = None, actor: Actor | None = None, fault: Exception | None = None
    ) -> None:
        # Why it could not be read; then it is empty, and never written.
        self.fault = fault
        super().__init__(stored.contents if stored else {}, self._touched)
        self.stored = stored
        self._actor = actor
        self.modified = False
        self.is_rotated = False
        self.person_id = stored.person_id if stored else None
        self.signed_in_at = stored.signed_in_at if stored else None
        self.second_factor_at = stored.second_factor_at if stored else None

    @staticmethod
    def _touched(session: ServerSession) -> None:
        session.modified = True

    @property
    def actor(self) -> Actor | None:
        """Who is signed in, where that was read together with the session and nothing has changed since."""
        return None if self.is_rotated else self._actor

    @property
    def id_hash(self) -> str:
        """The hash of the running session's number; empty before it is first saved."""
        return self.stored.id_hash if self.stored else ""

    @property
    def rest(self) -> timedelta:
        """How long this session may rest between two requests."""
        return timedelta(minutes=int(self.get("idle_minutes") or config.current().session_idle_minutes))

    @property
    def ends_at(self) -> datetime:
        """When it ends whatever is sent."""
        return (self.signed_in_at or clock.now()) + timedelta(hours=config.current().session_hours)

    @property
    def limits(self) -> Limits | None:
        """What a page says of the session's end; None where nobody is signed in.

        Never longer than the session: "last seen" may be up to ``SEEN_EVERY`` old.
        """
        if self.person_id is None:
            return None
        left = max(int((self.ends_at - clock.now()).total_seconds()), 0)
        is_near = left <= self.rest.total_seconds()
        seconds = int((self.rest - stored_sessions.SEEN_EVERY).total_seconds())
        return Limits(seconds, left if is_near else None, config.current().session_hours)

    def stay(self) -> None:
        """Somebody is still at work: the rest begins anew; the end stays where it is."""
        self.modified = True

    def rotate(self) -> None:
        """A new number and a new CSRF secret at the end of this request; everything held before is gone."""
        self.clear()
        self.is_rotated = True
        self.modified = True

    def sign_in(self, person_id: int, *, second_factor_at: datetime | None, idle_minutes: int | None = None) -> None:
        """This session is a person's from now on, with a new number; only where to go and unsent text stay."""
        kept = {k: v for k, v in self.items() if k in _KEPT}
        self.rotate()
        self.update(kept)
        if idle_minutes is not None:
            self["idle_minutes"] = idle_minutes
        self.person_id = person_id
        self.signed_in_at = clock.now()
        self.second_factor_at = second_factor_at
        self["_user_id"] = str(person_id)

    def show_second_factor(self) -> None:
        """The second factor was shown just now; the number changes."""
        kept = {k: v for k, v in self.items() if k in ("_user_id", "idle_minutes", *_KEPT)}
        self.rotate()
        self.update(kept)
        self.second_factor_at = clock.now()

    def sign_out(self) -> None:
        """Nobody is signed in any more."""
        self.rotate()
        self.person_id = self.signed_in_at = self.second_factor_at = None


def running() -> ServerSession:
    """The session of this request, with its own verbs."""
    return cast(ServerSession, session._get_current_object())  # type: ignore[attr-defined]  # a proxy has it


class ServerSessions(SessionInterface):
    """Opens and saves sessions in the database."""

    def cookie_name(self) -> str:
        """Bound to the host where the public address is https."""
        return "__Host-gnlc" if config.current().is_https else "gnlc"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The running session of this browser, or an empty one."""
        token = request.cookies.get(self.cookie_name(), "")
        if not 20 <= len(token) <= 100:
            return ServerSession()
        id_hash = hashed(token, "session")
        try:
            # A form may take its time on the way: who sends it is asked once it is there.
            if request.method in ("GET", "HEAD"):
                return ServerSession(*queries.find_with_actor(id_hash))
            return ServerSession(queries.find(id_hash))
        except Exception as error:
            if not is_machine_fault(error):
                raise
            # Raised later (access.require_session), when a page can be made of it.
            return ServerSession(fault=error)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; a session that never held anything leaves no cookie and no row."""
        if not isinstance(session, ServerSession):
            raise TypeError("not one of our sessions")
        if session.fault is not None or not (session.modified or self._is_stale(session)):
            return
        if not session and session.stored is None and session.person_id is None:
            return
        is_new = session.stored is None or session.is_rotated
        if session.is_rotated and session.stored is not None:
            stored_sessions.end(session.stored.id_hash)
        if is_new and not session and session.person_id is None:
            self._forget(response)
            return
        token = secrets.token_urlsafe(32) if is_new else ""
        id_hash = hashed(token, "session") if is_new else session.id_hash
        if session.modified:
            self._write(session, id_hash, is_new=is_new)
        else:
            self._mark_seen(session, id_hash)
        if is_new:
            self._remember(response, token)

    def _mark_seen(self, session: ServerSession, id_hash: str) -> None:
        """Write that the session is in use; a page that is only looked at is not refused because this cannot be written."""
        try:
            self._write(session, id_hash, is_new=False)
        except Exception as error:
            if not is_machine_fault(error):
                raise
            log.exception("a session's last use could not be written")

    @staticmethod
    def _is_stale(session: ServerSession) -> bool:
        return session.stored is not None and clock.now() - session.stored.seen_at > stored_sessions.SEEN_EVERY

    @staticmethod
    def _write(session: ServerSession, id_hash: str, *, is_new: bool) -> None:
        expires = min(clock.now() + session.rest, session.ends_at)
        values = {
            "person_id": session.person_id,
            "contents": dict(session),
            "signed_in_at": session.signed_in_at,
            "second_factor_at": session.second_factor_at,
            "expires_at": expires,
        }
        stored_sessions.save(
            id_hash, values, request.remote_addr or "", request.headers.get("User-Agent", ""), is_new=is_new
        )

    def _remember(self, response: Response, token: str) -> None:
        response.set_cookie(
            self.cookie_name(),
            token,
            httponly=True,
            secure=config.current().is_https,
            samesite="Lax",
            path="/",
        )
        response.vary.add("Cookie")

    def _forget(self, response: Response) -> None:
        secure = config.current().is_https
        response.delete_cookie(self.cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")
