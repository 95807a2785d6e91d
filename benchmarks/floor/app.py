"""The floor as an application: a list, a page for somebody signed in, a form, its post, bytes from memory.

As bare as such pages are written: a session that can be ended on the server, addresses made by Flask, forms by WTForms
with a token against forged posts. No translations, no roles, no audit, no second look at anything.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, insert, select, update
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import Length

from benchmarks.floor import documents, tables
from benchmarks.floor.tables import FIELDS, answer, entry, person, place, visit

COLUMNS = ("name", "country", "region", "since", "average")
BYTES = 160_000
HELD = b"[" + b'{"name":"Place number 1","country":"KEN"},' * (BYTES // 42) + b"{}]\n"


class PlainForm(Form):
    """The form of the floor: ten fields."""


for _number in range(FIELDS):
    _kind = TextAreaField if _number % 2 else StringField
    setattr(PlainForm, f"field_{_number}", _kind(f"Question {_number}", validators=[Length(max=2_000)]))


def create_app() -> Flask:
    """The floor over the database named by ``FLOOR_DATABASE``."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="the floor has nothing to hide", WTF_CSRF_TIME_LIMIT=None)
    app.extensions["engine"] = tables.engine(Path(os.environ["FLOOR_DATABASE"]))
    CSRFProtect(app)
    app.before_request(_who)
    app.add_url_rule("/hello", "hello", lambda: "hello")
    for rule, view in (("/in/<int:number>", enter), ("/bytes", from_memory), ("/list", listed), ("/home", home)):
        app.add_url_rule(rule, view.__name__, view)
    app.add_url_rule("/place/<reference>", "place", listed)
    app.add_url_rule("/form", "form", form)
    app.add_url_rule("/form", "save", save, methods=["POST"])
    documents.init_app(app)
    return app


def _engine() -> Engine:
    engine: Engine = current_app.extensions["engine"]
    return engine


def _who() -> None:
    token, g.person = request.cookies.get("visit", ""), None
    if token:
        with _engine().connect() as connection:
            number = connection.scalar(select(visit.c.person_id).where(visit.c.token == token))
            g.person = connection.execute(select(person).where(person.c.id == number)).one_or_none()


def enter(number: int) -> Response:
    """Sign this person in."""
    token = secrets.token_urlsafe(32)
    with _engine().begin() as connection:
        connection.execute(insert(visit), [{"token": token, "person_id": number}])
    response = make_response("in")
    response.set_cookie("visit", token)
    return response


def from_memory() -> Response:
    """Bytes that stay the same."""
    response = Response(HELD, mimetype="application/json")
    response.add_etag()
    response.make_conditional(request)
    return response


def listed(reference: str = "") -> str:
    """So many rows of a table."""
    count = request.args.get("rows", 60, type=int)
    columns = (place.c.reference, *(place.c[name] for name in COLUMNS))
    with _engine().connect() as connection:
        rows = connection.execute(select(*columns).order_by(place.c.name).limit(count)).all()
    return render_template("list.html", rows=rows)


def home() -> str:
    """A page for somebody signed in."""
    with _engine().connect() as connection:
        rows = connection.execute(_answers().limit(3)).all()
    return render_template("home.html", rows=rows)


def form() -> str:
    """A form filled with what was saved."""
    with _engine().connect() as connection:
        rows = connection.execute(_answers()).all()
    return render_template("form.html", form=PlainForm(data={row.key: row.value for row in rows}))


def save() -> Any:
    """Save the form: each answer in its row, one line in the record, one durable transaction."""
    sent, mine = PlainForm(request.form), answer.c.person_id == _person().id
    if not sent.validate():
        return render_template("form.html", form=sent), 422
    with _engine().begin() as connection:
        for name, value in sent.data.items():
            connection.execute(update(answer).where(mine, answer.c.key == name).values(value=value))
        connection.execute(insert(entry), [{"words": f"saved by {_person().id}"}])
    return redirect(url_for("form"), 303)


def _person() -> Any:
    return g.person if g.person is not None else abort(403)


def _answers() -> Any:
    return select(answer.c.key, answer.c.value).where(answer.c.person_id == _person().id).order_by(answer.c.id)
