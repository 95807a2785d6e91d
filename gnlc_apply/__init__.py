"""gnlc-apply: the membership system of the UNESCO Global Network of Learning Cities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gnlc_apply.core.lazy import lazy

if TYPE_CHECKING:
    from flask import Flask

    from gnlc_apply.config import Settings

__all__ = ["create_app"]

# Loaded at the first call, so that the child processes that only look at a file do not load the web.
_assembly = lazy("gnlc_apply.web.assembly")
_config = lazy("gnlc_apply.config")


def create_app(settings: Settings | None = None) -> Flask:
    """The application, with the settings of the environment unless others are given.

    Raises gnlc_apply.config.ConfigurationError when settings are missing or wrong, RuntimeError when a route
    declares no access.
    """
    app: Flask = _assembly.assemble(settings or _config.load())
    return app
