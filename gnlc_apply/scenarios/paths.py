"""What a rehearsal can look for of the last two things that must never happen (process.md section 9): that what was typed is
still there, and that one question gets one answer on every path."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, Application, ApplicationState, ApplicationVersion
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import application, cohort, endorsement, figures, file_list, open_data, registry
from gnlc_apply.queries import call as calls
from gnlc_apply.queries.embargoed import call_record
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire import Form
from gnlc_apply.questionnaire.answers import present
from gnlc_apply.scenarios import cast
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.chain import CallRun

# Where the frozen text is what was typed: nothing lies with the city.
_WITH_CITY = (ApplicationState.DRAFT, ApplicationState.RETURNED, ApplicationState.EXPIRED)


def lost(run: CallRun) -> list[str]:
    """4. What was typed and is not there any more: among the answers, and in the text that was submitted."""
    with db.reading() as session:
        found = []
        for one in run.applicants:
            row = session.scalars(select(Application).where(Application.reference == one.reference)).one()
            form = form_of(session, row.form_version_id)
            rows = session.execute(select(Answer.key, Answer.value).where(Answer.application_id == row.id))
            kept = {answer.key: answer.value for answer in rows}
            found += [f"{one.reference}: what was typed into {name} is lost" for name in _missing(one, form, kept)]
            if row.state not in _WITH_CITY and row.version_id is not None:
                frozen = json.loads(session.get_one(ApplicationVersion, row.version_id).content)["answers"]
                found += [f"{one.reference}: {key} is not as it was submitted" for key in _other(form, kept, frozen)]
        return found


def _missing(one: Applicant, form: Form, kept: Mapping[str, Any]) -> list[str]:
    shown: dict[str, Any] = {}
    for key, value in kept.items():
        shown |= present(form.expand(key), value)
    return [name for name, typed in one.typed.items() if typed and shown.get(name) != typed]


def _other(form: Form, kept: Mapping[str, Any], frozen: Mapping[str, Any]) -> list[str]:
    """Answers of the signed sections that the text has otherwise, or not at all."""
    given = {
        key: value for key, value in kept.items() if value not in (None, "", [], {}) and form.expand(key).is_signed
    }
    return sorted(key for key in given.keys() | frozen.keys() if given.get(key) != frozen.get(key))


def differing(run: CallRun) -> list[str]:
    """5. Questions that get different answers on different paths; asked on the day after the announcement."""
    try:
        return [*_members(run), *_applications(run)]
    finally:
        db.release()


def _members(run: CallRun) -> Iterator[str]:
    """Who is a member: the registry's pages, its JSON and CSV (which the command line writes too), the figures, the release."""
    day = clock.today()
    listed = {row["id"]: row for row in json.loads(open_data.registry_json(day))["members"]}
    table = csv.DictReader(io.StringIO(open_data.registry_csv(day).decode("utf-8-sig")))
    first = registry.search(registry.Search(day))
    pages = [registry.search(registry.Search(day, page=number)) for number in range(1, first.pages + 1)]
    answers = {
        "the registry's pages": {entry.reference for page in pages for entry in page.entries},
        "registry.csv": {row["id"] for row in table},
        "the map": {entry.reference for entry in registry.members(day)},
    }
    yield from (f"registry.json and {path} name other members" for path, ids in answers.items() if ids != listed.keys())
    if figures.registry_figures(day).total_members != len(listed):
        yield "the figures count other members than registry.json names"
    release = cohort.release(run.cohort)
    named = {c.reference for region in release.regions for country in region.countries for c in country.cities}
    if named != {reference for reference, row in listed.items() if row["cohort"] == run.cohort}:
        yield "the release and registry.json name other new members"


def _applications(run: CallRun) -> Iterator[str]:
    """Which applications there are: what everybody may see of what was begun, by list and by what is taken away."""
    begun = {one.reference: one.place.country for one in run.applicants}
    for role in (cast.OFFICER, cast.DIRECTOR):
        actor = run.people.actor(role)
        if _listed(actor, run.call) != begun.keys():
            yield f"the list of applications misses some, or has others, for the {role}"
        head = call_record.call_record(actor, clock.now(), run.call)
        taken = {json.loads(one.record)["reference"] for one in call_record.applications(actor, clock.now(), head)}
        if taken != begun.keys():
            yield f"what the {role} takes away misses applications, or has others"
    for country in sorted(set(begun.values())):
        desk = endorsement.desk(run.people.actor(run.people.commission(country)), country)
        shown = {file.reference for call in desk.calls if call.reference == run.call for file in call.files}
        if shown != {reference for reference, of in begun.items() if of == country}:
            yield f"the desk of {country} misses applications, or has others"
    for one in run.applicants:
        if {mine.reference for mine in application.of_person(one.official)} != {one.reference}:
            yield f"the official of {one.reference} sees other applications"


def _listed(actor: Actor, call: str) -> set[str]:
    """All pages of the secretariat's list."""
    page = calls.page(call)
    first = file_list.by_call(actor, page, file_list.Wanted())
    pages = [file_list.by_call(actor, page, file_list.Wanted(page=number)) for number in range(1, first.pages + 1)]
    return {row.reference for one in pages for row in one.rows}
