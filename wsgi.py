"""For a WSGI server: ``gunicorn wsgi:app``."""

from gnlc_apply import create_app

app = create_app()
