"""The application put together: settings, extensions, blueprints, commands, and the check that every route is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, g, redirect, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from gnlc_apply import config, extensions
from gnlc_apply.cli import COMMANDS
from gnlc_apply.queries import readiness
from gnlc_apply.web import (
    access,
    account,
    administration,
    applicant,
    arrival,
    assets,
    commission,
    demo,
    errors,
    guessed_names,
    headers,
    jury,
    languages,
    logs,
    machine,
    once,
    origin,
    public,
    rendering,
    secretariat,
    signatory,
)
from gnlc_apply.web.demo import loopback
from gnlc_apply.web.sessions import ServerSessions

AUDIENCES = (public, account, applicant, signatory, commission, jury, secretariat, administration, demo)


class Application(Flask):
    """Flask, with our templates, and without asking at every step of a request whether a function is a coroutine: none is."""

    jinja_environment = rendering.Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def assemble(settings: config.Settings) -> Flask:
    """A ready application for these settings."""
    config.use(settings)
    app = Application("gnlc_apply", static_folder=None, template_folder=None, instance_path=str(settings.instance))
    _configure(app, settings)
    # First, so that a request has its number before anything can refuse it.
    logs.init_app(app)
    app.before_request(access.require_session)
    # Then its arrival, before sessions, keys and forms cost time.
    arrival.init_app(app)
    # Asked once, before a newer version can be installed under this process.
    readiness.newest_migration()
    extensions.db.open(settings.database_url)
    extensions.login.init_app(app, add_context_processor=False)
    extensions.csrf.init_app(app)
    extensions.babel.init_app(app, locale_selector=languages.select_locale)
    extensions.mail.init_app(app)
    app.session_interface = ServerSessions()
    app.url_map.converters["language"] = languages.LanguageConverter
    _route(app)
    rendering.init_app(app)
    assets.init_app(app)
    errors.init_app(app)
    _hook(app)
    for command in COMMANDS:
        app.cli.add_command(command)
    access.check_all_declared(app)
    _surround(app, settings)
    return app


def _surround(app: Flask, settings: config.Settings) -> None:
    """What stands between the server and the application."""
    app.wsgi_app = headers.with_fixed(app.wsgi_app)  # type: ignore[assignment]  # a layer around it
    if settings.proxy_count:
        hops = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0)  # type: ignore[method-assign]


def _configure(app: Flask, settings: config.Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.is_testing,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.is_https,
        MAX_CONTENT_LENGTH=25 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2000,
        TRUSTED_HOSTS=_hosts(settings),
        MAIL_DEFAULT_SENDER=settings.mail.sender,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it


def _hosts(settings: config.Settings) -> list[str]:
    host = settings.public_url.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]
    return [host, "127.0.0.1", "localhost"]


def _route(app: Flask) -> None:
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(machine.blueprint)
    app.register_blueprint(public.plain)
    for audience in AUDIENCES:
        app.register_blueprint(audience.blueprint, url_prefix="/<language:language>")

    @app.url_defaults
    def _language(endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = languages.code()

    @app.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.language = values.pop("language") if values and "language" in values else languages.preferred()


def _hook(app: Flask) -> None:
    app.before_request(origin.refuse_elsewhere)
    app.before_request(loopback.refuse_elsewhere)
    app.before_request(access.enforce)
    app.before_request(once.claim)
    app.after_request(once.settle)
    app.after_request(headers.add)
    guessed_names.init_app(app)

    @app.teardown_request
    def _release(_error: BaseException | None) -> None:
        extensions.db.release()

    @access.public
    def root() -> BaseResponse:
        """The bare address leads to the start page in the reader's language."""
        g.language = languages.preferred()
        return redirect(url_for("public.home.page"), 302)

    app.add_url_rule("/", "root", root)
