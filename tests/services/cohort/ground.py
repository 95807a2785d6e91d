"""A call whose files are with the jury, written straight into the tables: what stands before the first decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.folding import fold
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationVersion,
    Call,
    City,
    Cohort,
    FormVersion,
    Grant,
    GuideVersion,
    MemberRole,
    OutboxMessage,
    Outcome,
    Person,
    Recommendation,
    Role,
    State,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import person as people
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision

# The fixture's clock stands at 2027-03-01 09:00 UTC.
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
INSTANT = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
CALL = "CALL-2027"
STATES = (
    ("NLD", "Europe and North America"),
    ("BEL", "Europe and North America"),
    ("SEN", "Africa"),
    ("VNM", "Asia and the Pacific"),
    ("BRA", "Latin America and the Caribbean"),
)
FILES = (
    ("Eindhoven", "NLD", True),
    ("Utrecht", "NLD", True),
    ("Gent", "BEL", True),
    ("Dakar", "SEN", True),
    ("Huế", "VNM", False),
    ("Olinda", "BRA", False),
)


@dataclass
class World:
    """Who is there, and the references of the files in their order."""

    people: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    cities: dict[str, int] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        """This person with a fresh second factor."""
        found = people.actor(self.people[who], signed_in_at=clock.now(), second_factor_at=clock.now())
        db.release()
        assert found is not None
        return found

    @property
    def officer(self) -> Actor:
        """Prepares and locks."""
        return self.actor("officer")

    @property
    def director(self) -> Actor:
        """Approves and arms."""
        return self.actor("director")


def _person(email: str, name: str, language: str = "en") -> int:
    now = clock.now()
    with db.writing() as session:
        person = Person(email=email, name=name, language=language, created_at=now, confirmed_at=now)
        person.totp_confirmed_at = now
        session.add(person)
        session.flush()
        return person.id


def _grant(person_id: int, role: Role, **where: Any) -> None:
    with db.writing() as session:
        session.execute(insert(Grant), [{"person_id": person_id, "role": role, "granted_at": clock.now(), **where}])


def states(codes: Sequence[tuple[str, str]] = STATES) -> None:
    """Member States with their regions."""
    with db.writing() as session:
        session.execute(insert(State), [{"iso3": c, "region": r, "status": "member"} for c, r in codes])


def staff(world: World) -> None:
    """Two officers and three directors."""
    for who, role in (
        ("officer", Role.OFFICER),
        ("second_officer", Role.OFFICER),
        ("director", Role.DIRECTOR),
        ("second_director", Role.DIRECTOR),
        ("third_director", Role.DIRECTOR),
    ):
        world.people[who] = _person(f"{who}@example.org", who.replace("_", " ").title())
        _grant(world.people[who], role)


def call(reference: str = CALL, quota: int = 3, now: datetime | None = None) -> int:
    """An open call whose deadlines have passed."""
    now = now or clock.now()
    with db.writing() as session:
        form = FormVersion(reference=f"form-{reference}", definition={}, created_at=now)
        guide = GuideVersion(reference=f"guide-{reference}", definition={}, created_at=now)
        session.add_all([form, guide])
        session.flush()
        row = Call(
            reference=reference,
            title=f"Call {now.year}",
            year=now.year,
            time_zone="UTC",
            opens_at=now - timedelta(days=300),
            deadline_at=now - timedelta(days=120),
            commission_deadline_at=now - timedelta(days=90),
            results_promised_on=now.date(),
            languages=["en"],
            quota=quota,
            form_version_id=form.id,
            guide_version_id=guide.id,
            contact_email="office@example.org",
            state="open",
            created_at=now,
            opened_at=now - timedelta(days=300),
        )
        session.add(row)
        session.flush()
        return row.id


def city(name: str, country: str, population: int | None = None) -> int:
    """A city of the registry."""
    with db.writing() as session:
        number = int(session.scalar(select(func.count()).select_from(City)) or 0) + 1
        row = City(
            reference=f"C{number}",
            country=country,
            name=name,
            folded_name=fold(name),
            search_text=fold(name),
            population=population,
        )
        session.add(row)
        session.flush()
        return row.id


def file(
    world: World,
    call_id: int,
    number: int,
    name: str,
    country: str,
    city_id: int,
    *,
    is_recommended: bool | None = True,
    languages: Iterable[str] = ("en",),
) -> str:
    """A file with the jury, with one official for each language and the jury's recommendation."""
    now = clock.now()
    reference = f"GNLC-2027-{number:04d}"
    officials = []
    for at, language in enumerate(languages):
        who = f"city{number}{'' if at == 0 else language}"
        world.people[who] = _person(f"{who}@example.org", f"Official of {name}", language)
        officials.append(world.people[who])
    with db.writing() as session:
        row = Application(
            reference=reference,
            call_id=call_id,
            city_id=city_id,
            country=country,
            place_name=name,
            folded_name=fold(name),
            form_version_id=session.get_one(Call, call_id).form_version_id,
            created_at=now,
            edited_at=now,
        )
        session.add(row)
        session.flush()
        version = ApplicationVersion(
            application_id=row.id,
            number=1,
            content="{}",
            sha256=f"{number:064d}",
            short_code="0000-0000",
            form_version_id=row.form_version_id,
            reason="submission",
            frozen_at=now,
        )
        session.add(version)
        session.flush()
        session.execute(
            update(Application)
            .where(Application.id == row.id)
            .values(state="in_review", version_id=version.id, submitted_at=now)
        )
        session.execute(
            insert(ApplicationMember),
            [{"application_id": row.id, "person_id": p, "role": MemberRole.OWNER, "added_at": now} for p in officials],
        )
        if is_recommended is not None:
            session.execute(
                insert(Recommendation),
                [
                    {
                        "application_id": row.id,
                        "is_recommended": is_recommended,
                        "average": 3.9 if is_recommended else 2.1,
                        "readers": 3,
                        "confirmed_at": now,
                    }
                ],
            )
    world.files.append(reference)
    return reference


def build(files: Sequence[tuple[str, str, bool]] = FILES, quota: int = 3) -> World:
    """States, staff, a Commission for each country, a call and its files with the jury."""
    world = World()
    states()
    staff(world)
    call_id = call(quota=quota)
    for number, (name, country, is_recommended) in enumerate(files, 1):
        world.cities[name] = city(name, country, population=1000 * number)
        file(world, call_id, number, name, country, world.cities[name], is_recommended=is_recommended)
    for country in dict.fromkeys(country for _name, country, _r in files):
        who = f"commission_{country}"
        world.people[who] = _person(f"{who.lower()}@example.org", f"Commission of {country}")
        _grant(world.people[who], Role.COMMISSION, country=country)
    return world


def outcomes(world: World, files: Sequence[tuple[str, str, bool]] = FILES) -> dict[str, Outcome]:
    """As the jury recommends."""
    return {
        reference: Outcome.APPROVED if is_recommended else Outcome.NOT_APPROVED
        for reference, (_n, _c, is_recommended) in zip(world.files, files, strict=True)
    }


def decided(world: World, files: Sequence[tuple[str, str, bool]] = FILES) -> str:
    """Decisions prepared and approved, and the cohort begun; its reference."""
    decision.prepare(actor=world.officer, outcomes=outcomes(world, files), reasons={})
    decision.approve(actor=world.director, references=world.files)
    return cohorts.create(actor=world.officer, call=CALL, title="Learning Cities 2027", announce_at=INSTANT)


def armed(world: World, stand_by: Sequence[str] = ()) -> str:
    """Decided, locked by the officer and armed by the director; the cohort's reference."""
    reference = decided(world)
    cohorts.lock(actor=world.officer, cohort=reference)
    cohorts.arm(
        actor=world.director,
        cohort=reference,
        typed_title="Learning Cities 2027",
        stand_by=[world.people[who] for who in stand_by],
    )
    return reference


def states_of(world: World) -> list[str]:
    """The state of each file, in their order."""
    with db.reading() as session:
        found = dict(session.execute(select(Application.reference, Application.state)).all())
    return [str(found[reference]) for reference in world.files]


def mails(kind: str | None = None) -> list[OutboxMessage]:
    """Everything in the outbox, or one kind of it."""
    with db.reading() as session:
        query = select(OutboxMessage).order_by(OutboxMessage.id)
        return list(session.scalars(query if kind is None else query.where(OutboxMessage.kind == kind)))


def cohort_row(reference: str) -> Cohort:
    """The cohort as it stands."""
    with db.reading() as session:
        return session.scalars(select(Cohort).where(Cohort.reference == reference)).one()
