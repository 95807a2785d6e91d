"""Which city of the registry an application is of, and how its names are spelled where they are published."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from gnlc_apply.core.errors import Conflict, Invalid
from gnlc_apply.core.text import Text
from gnlc_apply.models import Application, ApplicationVersion, City, PublishedSpelling
from gnlc_apply.permissions import Actor, Permission, require, require_seen
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire import Form, Kind, UnknownQuestion
from gnlc_apply.questionnaire.answers import figure_of
from gnlc_apply.services import case as cases
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.member import NewCity, create_city
from gnlc_apply.workflow.guards import ApplicationCase, before_jury

# Spelling may be corrected in names and titles; a caption is named by its attachment: "caption:<reference>".
_SPELLED = frozenset({Kind.NAME, Kind.TEXT})
CAPTION = "caption:"


def _load(unit: Unit, reference: str) -> ApplicationCase:
    case = cases.load(unit, reference)
    require_seen(unit.actor, Permission.READ_AS_SECRETARIAT, case.facts)
    require(unit.actor, Permission.CHECK_APPLICATION, case.facts)
    return case


def _answers(unit: Unit, row: Application) -> dict[str, Any]:
    version = unit.session.get_one(ApplicationVersion, row.version_id)
    answers: dict[str, Any] = json.loads(version.content)["answers"]
    return answers


def _float(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _new_city(unit: Unit, row: Application, name: str) -> City:
    """A new city of the registry, with what the application says of it. It is no member until the announcement."""
    answers = _answers(unit, row)
    latin = name.strip() or str(answers.get("city.name_latin", row.place_name))
    local = str(answers.get("city.name_local", ""))
    point, people = answers.get("city.coordinates"), answers.get("city.population")
    figure = figure_of(people) if isinstance(people, dict) else None
    return create_city(
        unit,
        NewCity(
            country=row.country,
            name=latin,
            local_name=local,
            kind=str(answers.get("city.kind", "city")),
            latitude=_float(point.get("latitude")) if isinstance(point, dict) else None,
            longitude=_float(point.get("longitude")) if isinstance(point, dict) else None,
            website=str(answers.get("city.website", "")),
            population=int(figure) if figure is not None else None,
            population_year=people.get("year") if isinstance(people, dict) else None,
            source=f"application {row.reference}",
        ),
    )


@command()
def confirm_city(unit: Unit, *, actor: Actor, reference: str, city: str | None, name: str = "") -> str:
    """Say which city of the registry applies, by its reference, or None for a new one; the city's reference.

    Never decided by name alone: names repeat. ``name`` is how a new city is written in Latin script. Raises Conflict
    when the city has another live application, Invalid when it lies in another country.
    """
    case = _load(unit, reference)
    row: Application = case.row
    words = before_jury(case)
    if words is not None:
        raise Conflict(words)
    if city is None:
        chosen = _new_city(unit, row, name)
    else:
        found = unit.session.scalar(select(City).where(City.reference == city))
        if found is None or found.country != row.country:
            wrong = Text("Choose a city of this country.")
            raise Invalid(wrong, {"city": wrong})
        chosen = found
    row.city_id = chosen.id
    unit.session.flush()
    unit.note("confirmed_city", "application", row.id, city=chosen.reference, is_new=city is None)
    return chosen.reference


def is_spelling(form: Form, key: str) -> bool:
    """Whether this key names something whose spelling may be corrected beside the signed text."""
    if key.startswith(CAPTION):
        return True
    try:
        return form.expand(key).kind in _SPELLED
    except UnknownQuestion:
        return False


@command()
def correct_spelling(unit: Unit, *, actor: Actor, reference: str, key: str, value: str) -> None:
    """Correct how a name, title or caption is spelled where it is published; the signed text stays as it is.

    An empty value takes the correction back.
    """
    case = _load(unit, reference)
    row: Application = case.row
    if not is_spelling(form_of(unit.session, row.form_version_id), key):
        words = Text("Only names, titles and captions can be corrected; everything else is the city's own text.")
        raise Invalid(words, {"key": words})
    known = unit.session.scalar(
        select(PublishedSpelling).where(PublishedSpelling.application_id == row.id, PublishedSpelling.key == key)
    )
    before = known.value if known else ""
    if not value.strip():
        if known is not None:
            unit.session.delete(known)
    elif known is not None:
        known.value, known.corrected_at, known.corrected_by_id = value.strip(), unit.now, actor.person_id
    else:
        unit.session.add(
            PublishedSpelling(
                application_id=row.id,
                key=key,
                value=value.strip(),
                corrected_at=unit.now,
                corrected_by_id=actor.person_id,
            )
        )
    unit.note("corrected_spelling", "application", row.id, key=key, before=before, after=value.strip())
