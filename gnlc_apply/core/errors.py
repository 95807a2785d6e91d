"""Refusals: every way in which the system says no, with the words for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping

from gnlc_apply.core.text import Text


class Refusal(Exception):
    """An act that does not happen, and why. ``fields`` maps field names to the words that belong beside them."""

    status = 400

    def __init__(self, message: Text, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.fields = dict(fields or {})


class NotFound(Refusal):
    """It does not exist, or it is not yours to see: the two answers are equal."""

    status = 404

    def __init__(self, message: Text | None = None) -> None:
        super().__init__(message or Text("Page not found"))


class Forbidden(Refusal):
    """Yours to see but not to do."""

    status = 403


class Conflict(Refusal):
    """The state of things does not allow this now, or somebody was faster."""

    status = 409


class Invalid(Refusal):
    """What was sent cannot be used; each field says what to do."""

    status = 422


class TooLarge(Refusal):
    """More than this page takes."""

    status = 413


class TooMany(Refusal):
    """Too many tries; wait."""

    status = 429


class Unavailable(Refusal):
    """The system cannot do this at the moment; what was typed is kept."""

    status = 503


class SignInNeeded(Refusal):
    """Nobody is signed in, or not strongly or not recently enough."""

    status = 401

    def __init__(self, step: str = "sign_in") -> None:
        super().__init__(Text("Sign in to continue"))
        self.step = step
