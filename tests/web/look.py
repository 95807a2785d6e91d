"""One page with every piece of the look on it, for test_look.py: a form with one field of each kind, and its surroundings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired

from gnlc_apply.web import assets
from gnlc_apply.web.projection import place
from gnlc_apply.web.template_functions import isolated, paragraphs

ROOT = Path(__file__).resolve().parents[2]


class LookForm(Form):
    """One field of each kind."""

    # What the house's own forms say of a file that changed meanwhile; here nothing does.
    changes = ()

    city = StringField("Name of the city", [InputRequired("Enter the name of the city")])
    mail = EmailField("E-mail address", [Email("Enter an address like name@example.org")])
    people = IntegerField("Population")
    plan = TextAreaField("What is the plan?")
    country = SelectField("Country", [InputRequired("Choose a country")], choices={"": "Choose", "ke": "Kenya"})
    signs = RadioField("How does the mayor sign?", choices={"online": "Online", "paper": "On paper"}, default="online")
    scan = FileField("The signed page")
    topics = SelectMultipleField("Focus areas", choices={"1": "Families", "2": "The workplace"})
    agrees = BooleanField("I have read the notice", [InputRequired("Tick the box when you have read the notice")])
    adopted = DateField("Date of adoption")
    password = PasswordField("Password", [InputRequired("Enter your password")])


def _environment() -> Environment:
    manifest = assets.read_manifest()
    loader = FileSystemLoader([ROOT / "templates", Path(__file__).parent])
    environment = Environment(
        autoescape=True,
        loader=loader,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda words: words, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    environment.globals.update(
        asset_url=lambda name: f"/static/{manifest.names[name]}",
        csrf_token=lambda: "token",
        new_idempotency_key=lambda: "key",
        written_once=lambda macro, *arguments: macro(*arguments),
        url_for=lambda endpoint: "/" + endpoint.replace(".", "/"),
    )
    environment.filters.update(
        words=str, paragraphs=paragraphs, name=isolated, number=str, datetime=lambda at: f"{at:%d %B %Y, %H:%M} UTC"
    )
    return environment


def _surroundings(language: str, direction: str, *, has_errors: bool) -> SimpleNamespace:
    links = [
        SimpleNamespace(label=label, href="/", is_current=label == "Files") for label in ("Today", "Files", "Registry")
    ]
    names = [("en", "English"), ("ar", "العربية")]
    return SimpleNamespace(
        title="The look",
        language=language,
        direction=direction,
        navigation=links,
        person=SimpleNamespace(name="Amina Wanjiru"),
        languages=[SimpleNamespace(code=c, name=n, href=f"/{c}", is_current=c == language) for c, n in names],
        is_demo=True,
        held_since=None,
        asks_privacy=False,
        session=None,
        demo_clock=datetime(2027, 3, 1, 9, 30, tzinfo=UTC),
        flashes=[("success", "Saved."), ("error", "Somebody else changed this section.")],
        has_errors=has_errors,
    )


def html(language: str = "en", direction: str = "ltr", *, sent: dict[str, str] | None = None) -> str:
    """The page with everything on it; ``sent`` are values of the form, which is then checked."""
    form = LookForm(MultiDict(sent) if sent is not None else None)
    if sent is not None:
        form.validate()
    x, y = place(-1.29, 36.82)
    return (
        _environment()
        .get_template("look_page.html")
        .render(
            page=_surroundings(language, direction, has_errors=bool(form.errors)),
            form=form,
            now=datetime(2027, 3, 1, 9, 30, tzinfo=UTC),
            steps=[{"title": "Submitted", "when": "1 March", "state": "done"}, {"title": "Endorsed", "state": "now"}],
            tasks=[
                {"id": "s1", "title": "The city", "status": "Completed", "tone": "plain", "href": "/"},
                {"id": "s2", "title": "Practices", "status": "In progress", "href": "/", "hint": "Jonas, by 3 March"},
                {"id": "s3", "title": "Submit", "status": "Cannot start yet", "tone": "plain"},
            ],
            rows=[{"key": "City", "value": "Fès", "href": "/"}, {"key": "Reference", "value": "GNLC-2027-7KQ4M"}],
            pills=[SimpleNamespace(label="To discuss", href="/", is_current=True)],
            columns=[
                {"label": "City", "href": "/", "sort": "ascending"},
                {"label": "Reviews", "is_numeric": True},
                {"label": "Scores"},
                {"label": "State"},
            ],
            pages=[SimpleNamespace(number=n, href="/", is_current=n == 2) for n in (1, 2, 3)],
            points=[SimpleNamespace(x=x, y=y, href="/", label="Nairobi")],
            criteria=[
                {"code": code, "label": label, "weight": weight, "weight_label": f"{weight} %"}
                for code, label, weight in (("plan", "Plan", 50), ("partners", "Partners", 30), ("reach", "Reach", 20))
            ],
            values=[(str(n), str(n), f"What a {n} looks like") for n in range(6)]
            + [("na", "Not applicable", "Left out")],
        )
    )
