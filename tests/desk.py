"""A Commission's desk at work: several submitted cities of one country, through the commands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.core.sealing import hashed, new_token
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    Endorsement,
    MemberRole,
    OutboxMessage,
    QuotaPlace,
    Role,
    Signature,
    SignatureMethod,
    SignatureRequest,
)
from gnlc_apply.permissions import Actor
from gnlc_apply.services import application as applications
from gnlc_apply.services import endorsement, screening
from tests.city import City, add_person, as_sent, row

PLACES = ("Şanlıurfa", "Bursa", "Konya", "İzmir", "Trabzon")
WHO = {"name": "Nora Natcom", "function": "Secretary-General"}


class Desk(City):
    """An open call, a second officer and a director, a Commission, and submitted cities of Türkiye."""

    def __init__(self, cities: int = 1, **settings: Any) -> None:
        super().__init__(**settings)
        self.second = add_person("second@network.example", "Sefa Second", (Role.OFFICER, None))
        self.deputy = add_person("deputy@country.example", "Dora Deputy", (Role.COMMISSION, "TUR"))
        self.elsewhere = add_person("natcom@other.example", "Other Natcom", (Role.COMMISSION, "CMR"))
        self.files = [self.submitted(place) for place in PLACES[:cities]]
        self.file = self.files[0] if self.files else ""

    def endorse(self, reference: str | None = None) -> int:
        """The Commission endorses; the number of the place."""
        return endorsement.endorse(actor=self.commission, reference=reference or self.file, **WHO)

    def eligible(self, reference: str | None = None) -> str:
        """A file that went all the way to eligible."""
        reference = reference or self.file
        self.endorse(reference)
        sign(reference)
        screening.confirm_city(actor=self.officer, reference=reference, city=None)
        screening.find_eligible(actor=self.officer, reference=reference)
        return reference


def sign(reference: str) -> None:
    """A valid signature by link under the version at hand; how it comes about is tested with the signatory."""
    with db.writing() as session:
        file = session.scalars(select(Application).where(Application.reference == reference)).one()
        request = SignatureRequest(
            application_id=file.id,
            version_id=file.version_id,
            email="mayor@city.example",
            token_hash=hashed(new_token()),
            sent_at=clock.now(),
            expires_at=clock.now(),
        )
        session.add(request)
        session.flush()
        session.add(
            Signature(
                application_id=file.id,
                version_id=file.version_id,
                request_id=request.id,
                method=SignatureMethod.LINK,
                name="Ayşe Yılmaz",
                function="Mayor",
                wording="commitment-1",
                signed_at=clock.now(),
            )
        )


def state(reference: str) -> str:
    """Where the application stands."""
    return row(reference).state.value


def places() -> list[int]:
    """The numbers of the endorsement places that are taken, in order."""
    with db.reading() as session:
        return list(session.scalars(select(QuotaPlace.number).order_by(QuotaPlace.number)))


def words(reference: str) -> list[Endorsement]:
    """Everything the Commission said of a file, the oldest first."""
    with db.reading() as session:
        return list(
            session.scalars(
                select(Endorsement).where(Endorsement.application_id == row(reference).id).order_by(Endorsement.id)
            )
        )


def mailed(kind: str) -> list[OutboxMessage]:
    """The queued messages of one kind."""
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)))


def count(model: Any) -> int:
    """How many rows a table has."""
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def begin_jury(reference: str) -> None:
    """Put a file where the jury reads it, as the confirmed assignment does (tested with the jury)."""
    with db.writing() as session:
        session.execute(update(Application).where(Application.reference == reference).values(state="in_review"))


def join_city(actor: Actor, reference: str) -> None:
    """Make somebody a colleague of the city too."""
    with db.writing() as session:
        values = {"application_id": row(reference).id, "person_id": actor.person_id, "role": MemberRole.VIEWER}
        session.execute(insert(ApplicationMember), [{**values, "added_at": clock.now()}])


def answer(world: City, reference: str, key: str, value: str) -> None:
    """The owner changes one answer, knowing the version that stands."""
    with db.reading() as session:
        known = select(Answer.version).where(Answer.application_id == row(reference).id, Answer.key == key)
        version = session.scalars(known).one()
    raw = as_sent({key: value})
    applications.save_answers(actor=world.owner, reference=reference, raw=raw, versions={key: version})


def change_after_endorsement(world: Desk) -> None:
    """The city takes an endorsed file back, changes its vision and submits again."""
    world.endorse()
    applications.take_back(actor=world.owner, reference=world.file)
    answer(world, world.file, "vision.vision", "Another vision altogether")
    applications.resubmit(actor=world.owner, reference=world.file)
