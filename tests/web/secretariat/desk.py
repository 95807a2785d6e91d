"""A browser in which somebody is signed in with a fresh second factor, and what it finds on a page."""

from __future__ import annotations

import html
import re
import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gnlc_apply.core import clock
from gnlc_apply.core.sealing import hashed
from gnlc_apply.services import sessions

_CARRIED = ("csrf_token", "idempotency_key", "digest", "sign", "seen", "texts_seen")


def signed_in(app: Flask, person_id: int) -> FlaskClient:
    """A client with a session of this person."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    values = {
        "person_id": person_id,
        "contents": {"_user_id": str(person_id), "_fresh": True},
        "signed_in_at": now,
        "second_factor_at": now,
        "expires_at": now.replace(year=now.year + 1),
    }
    sessions.save(hashed(token, "session"), values, "192.0.2.1", "test", is_new=True)
    client = app.test_client()
    client.set_cookie("gnlc", token)
    return client


def text_of(response: TestResponse) -> str:
    """What a reader sees: without tags, with single blanks."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def post(client: FlaskClient, path: str, fields: dict[str, Any], page: str | None = None) -> TestResponse:
    """Send a form from the page it stands on, with all that the page carries; where the page before it names the files
    first, that page is opened on the way."""
    opened = client.get(page or path).get_data(as_text=True)
    kept = carried(opened)
    if fields.get("step") == "confirmed" and page is not None:
        named = {name: value for name, value in fields.items() if name != "step"}
        kept |= carried(client.post(path, data={**kept, **named}).get_data(as_text=True))
    return client.post(path, data={**kept, **fields})


def carried(page: str) -> dict[str, str]:
    """The hidden fields that a page carries from one request to the next."""
    hidden = {name: re.search(rf'name="{name}"(?: type="hidden")? value="([^"]*)"', page) for name in _CARRIED}
    return {name: html.unescape(found[1]) for name, found in hidden.items() if found}
