"""A mail server, and the application with templates that depend on nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from gnlc_apply import config
from gnlc_apply.mail import render as rendering
from tests import smtp_sink as server
from tests.smtp_sink import Sink

SOURCES = {
    "sample.txt": 'Subject: {{ _("About %(place)s", place=place) }}\n\n{{ _("Dear %(name)s,", name=name) }}\n\n'
    "{{ words }}\n\n{{ due|datetime(zone) }}\n{{ day|date }}\n{{ n|number }} {{ land|country }}\n\n"
    '{{ link("public.home.page", topic=place) }}\n\n{% for city in cities %}\n- {{ city }}\n{% endfor %}\n',
    "nosubject.txt": "Hello\n",
    "secret.txt": 'Subject: Your link\n\nDear {{ name }},\n\n{{ link("public.home.page", token=secret_token) }}\n',
    "letter_sample.txt": "Subject: {{ subject }}\n\n{{ body }}\n",
    "_foot.txt": '--\n{{ link("public.home.page") }}\n',
}


@pytest.fixture
def smtp_sink(tmp_path: Path) -> Iterator[Sink]:
    """A real mail server that wants STARTTLS."""
    with server.running(tmp_path) as sink:
        yield sink


@pytest.fixture
def mail_app(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with templates of this test's own."""
    folder = tmp_path / "templates" / "mail"
    folder.mkdir(parents=True)
    for name, source in SOURCES.items():
        (folder / name).write_text(source, "utf-8")
    monkeypatch.setattr(config, "asset_dir", lambda _name: tmp_path / "templates")
    rendering._environment.cache_clear()
    rendering._templates.cache_clear()
    yield app
    rendering._environment.cache_clear()
    rendering._templates.cache_clear()
