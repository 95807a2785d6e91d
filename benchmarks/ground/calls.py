"""Two calls: one whose files are with the jury, one that is open to cities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from benchmarks.ground import people
from benchmarks.ground.bulk import first_free, write
from gnlc_apply.core import clock, reference_number
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    ApplicationState,
    ApplicationVersion,
    Call,
    City,
    MemberRole,
    Recommendation,
    VersionReason,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.questionnaire import default_form
from gnlc_apply.questionnaire.canonical import canonical, digest, short_code
from gnlc_apply.scenarios.answers import Place, invented_answers
from gnlc_apply.services import call as calls

# So many different sets of answers; more would only take longer to write.
VARIETY = 24


@dataclass(frozen=True)
class Text:
    """One set of answers and the version frozen from it."""

    answers: dict[str, object]
    content: str
    sha256: str


def open_call(officer: Actor, title: str, year: int, *, days_left: float, **settings: Any) -> str:
    """A call that opened long ago; so many days are left to cities, or negative, since their deadline."""
    deadline = clock.now() + timedelta(days=days_left)
    values: dict[str, Any] = {
        "title": title,
        "year": year,
        "opens_at": deadline - timedelta(days=120),
        "deadline_at": deadline,
        "commission_deadline_at": deadline + timedelta(days=30),
        "results_promised_on": (deadline + timedelta(days=200)).date(),
        "languages": ("en",),
        "contact_email": "office@network.example",
        **settings,
    }
    with clock.at(deadline - timedelta(days=119)):
        reference = calls.create(actor=officer, values=calls.CallValues(**values))
        calls.open_call(actor=officer, call=reference)
    return reference


def texts() -> list[Text]:
    """Answers as long as real ones, of different places."""
    form = default_form()
    found = []
    for number in range(VARIETY):
        place = Place(f"Place {number} (bench)", "KEN", latitude=-1.0, longitude=36.0, population=100_000 + number)
        answers = invented_answers(form, place, 2027, "bench", number)
        content = canonical(form, answers, "en", form.commitment, [])
        found.append(Text(answers, content, digest(content)))
    return found


def add_files(
    session: Session, call: str, countries: Sequence[str], count: int, state: ApplicationState, stem: str
) -> list[int]:
    """Applications with answers, an owner each and, where they are submitted, their version; their numbers."""
    row = session.scalars(select(Call).where(Call.reference == call)).one()
    owners = people.add(session, [f"{stem}.owner{number}@city.example" for number in range(count)])
    first, variety = first_free(session, Application), texts()
    numbers = range(first, first + count)
    cities = first_free(session, City) - first
    write(session, City, (_city(n + cities, _place(stem, n - first), countries[n % len(countries)]) for n in numbers))
    drawn = _references(session, count)
    write(
        session,
        Application,
        (_file(row, drawn[n - first], n, n + cities, countries, _place(stem, n - first)) for n in numbers),
    )
    write(session, Answer, _answers(numbers, variety))
    write(session, ApplicationMember, (_owner(n, owners[n - first]) for n in numbers))
    if state is not ApplicationState.DRAFT:
        _freeze(session, row, numbers, variety, state)
    return list(numbers)


def multiply(session: Session, numbers: Sequence[int], count: int) -> None:
    """As many applications as wanted in all, copied with their version by the database: for what reads no answers."""
    columns = [column for column in Application.__table__.columns if column.name not in ("id", "reference", "city_id")]
    for begun in range(len(numbers), count, len(numbers)):
        copied = (
            select(Application.reference + f"-{begun}", *columns)
            .where(Application.id.between(numbers[0], numbers[-1]))
            .limit(count - begun)
        )
        session.execute(insert(Application).from_select(["reference", *(column.name for column in columns)], copied))


def _references(session: Session, count: int) -> list[str]:
    """So many fresh references: among a thousand drawn blindly two may well be the same."""
    taken, drawn = set(session.scalars(select(Application.reference))), set[str]()
    while len(drawn) < count:
        drawn |= {reference_number.create("GNLC-2027")} - taken
    return sorted(drawn)


def _place(stem: str, number: int) -> str:
    return f"{stem.title()} {number + 1} (bench)"


def _city(number: int, name: str, country: str) -> dict[str, Any]:
    folded = fold(name)
    return {
        "id": number,
        "reference": f"applicant-{number}",
        "country": country,
        "name": name,
        "folded_name": folded,
        "search_text": folded,
        "population": 50_000 + number,
    }


def _file(call: Call, reference: str, number: int, city: int, countries: Sequence[str], place: str) -> dict[str, Any]:
    return {
        "id": number,
        "reference": reference,
        "call_id": call.id,
        "city_id": city,
        "country": countries[number % len(countries)],
        "place_name": place,
        "folded_name": fold(place),
        "form_version_id": call.form_version_id,
        "created_at": call.opens_at,
        "edited_at": call.opens_at,
    }


def _answers(numbers: range, variety: Sequence[Text]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for number in numbers:
        for key, value in variety[number % len(variety)].answers.items():
            yield {"application_id": number, "key": key, "value": value, "updated_at": now}


def _owner(application_id: int, person_id: int) -> dict[str, Any]:
    return {
        "application_id": application_id,
        "person_id": person_id,
        "role": MemberRole.OWNER,
        "added_at": clock.now(),
    }


def _freeze(session: Session, call: Call, numbers: range, variety: Sequence[Text], state: ApplicationState) -> None:
    first = first_free(session, ApplicationVersion)
    moment = call.deadline_at - timedelta(days=1)

    def version(number: int) -> dict[str, Any]:
        text = variety[number % len(variety)]
        return {
            "id": first + number - numbers.start,
            "application_id": number,
            "number": 1,
            "content": text.content,
            "sha256": text.sha256,
            "short_code": short_code(text.sha256),
            "form_version_id": call.form_version_id,
            "reason": VersionReason.SUBMISSION,
            "frozen_at": moment,
        }

    write(session, ApplicationVersion, (version(number) for number in numbers))
    # Number and version of a file stand in the same distance from one another, so one statement moves all.
    session.execute(
        update(Application)
        .where(Application.id.between(numbers.start, numbers.stop - 1))
        .values(
            version_id=Application.id + (first - numbers.start),
            submitted_at=moment,
            received_at=moment,
            state=state,
        )
    )


def recommend(session: Session, numbers: Sequence[int]) -> None:
    """The jury recommends all of these files."""
    now = clock.now()
    write(
        session,
        Recommendation,
        (
            {"application_id": n, "is_recommended": True, "average": 3.9, "readers": 3, "confirmed_at": now}
            for n in numbers
        ),
    )


def owners(session: Session, numbers: Sequence[int]) -> list[int]:
    """The accounts of the cities' owners, in the order of the applications."""
    query = select(ApplicationMember.person_id).where(ApplicationMember.application_id.between(numbers[0], numbers[-1]))
    return list(session.scalars(query.order_by(ApplicationMember.application_id)))


def references(numbers: Sequence[int]) -> list[str]:
    """The references of these applications, in their order."""
    with db.reading() as session:
        query = select(Application.reference).where(Application.id.between(numbers[0], numbers[-1]))
        return list(session.scalars(query.order_by(Application.id)))
