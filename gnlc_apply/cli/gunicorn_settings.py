"""How gunicorn runs the application; read by gunicorn itself (``--config python:gnlc_apply.cli.gunicorn_settings``)."""

from __future__ import annotations

from typing import Any

from gnlc_apply.core import residents
from gnlc_apply.extensions import db
from gnlc_apply.web import logs

worker_class = "gnlc_apply.cli.waiting_room.Worker"
# Loaded once, before the workers are forked: they share its memory, and a worker that is replaced is of the same version.
preload_app = True
# The default asks for a socket below the home directory, which a service account may not have.
control_socket_disable = True
# Requests are judged by when they have arrived as a whole; behind a slow line that may take its time.
timeout = 120
graceful_timeout = 30
keepalive = 5
# Below the 1,024 files that a process may usually have open; where they run out, the longest silent makes room.
worker_connections = 800
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
limit_request_fields = 60
# The headers of proxies are the application's business (GNLC_PROXY_COUNT), not gunicorn's.
forwarded_allow_ips = ""
errorlog = "-"
accesslog = None
loglevel = "warning"


def when_ready(_server: Any) -> None:
    """The application is loaded, and no worker has been forked yet."""
    residents.settle()


def post_fork(_server: Any, _worker: Any) -> None:
    """A forked process must not share its parent's database connections, and logs in our own way."""
    logs.configure()
    db.forget_connections()
