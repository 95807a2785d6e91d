"""The people of a scenario: invented, with accounts that they get as everybody gets one, through the commands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from gnlc_apply.core import clock, totp
from gnlc_apply.extensions import db
from gnlc_apply.mail.outbox import opened
from gnlc_apply.models import OutboxMessage, Role
from gnlc_apply.models.reference_data.countries import country_name
from gnlc_apply.permissions import ANONYMOUS, SYSTEM, Actor
from gnlc_apply.queries import person as people
from gnlc_apply.scenarios import invention
from gnlc_apply.services import account

# One password for everybody invented; nobody else has an account in a scenario's database.
PASSWORD = "plum otter lantern seven"

ADMINISTRATOR = "administrator@secretariat.example"
DIRECTOR = "director@secretariat.example"
OFFICER = "officer@secretariat.example"
SECOND_OFFICER = "second.officer@secretariat.example"
OFFICE = "office@secretariat.example"


def latest_mail(kind: str, recipient: str) -> dict[str, Any]:
    """The values of the newest message of this kind to an address, secrets readable: what its reader would know.

    Raises LookupError when there is none.
    """
    with db.reading() as session:
        values = session.scalar(
            select(OutboxMessage.values)
            .where(OutboxMessage.kind == kind, OutboxMessage.recipient == recipient)
            .order_by(OutboxMessage.id.desc())
            .limit(1)
        )
    if values is None:
        raise LookupError(f"no message {kind} to {recipient}")
    return opened(values)


class Cast:
    """Everybody who has an account, by address."""

    def __init__(self, seed: object = 1) -> None:
        self.seed = seed
        self.ids: dict[str, int] = {}

    def actor(self, email: str) -> Actor:
        """This person at work now, signed in, with a second factor just shown."""
        now = clock.now()
        found = people.actor(self.ids[email], signed_in_at=now, second_factor_at=now)
        db.release()
        if found is None:
            raise LookupError(email)
        return found

    def name(self, email: str) -> str:
        """What this person is called."""
        return self.actor(email).name

    def invent(self, *seed: object) -> str:
        """A name for somebody."""
        return invention.person(self.seed, *seed)

    def _set_up_telephone(self, email: str) -> None:
        secret = totp.new_secret()
        code = totp.code_at(secret, totp.step_at(clock.now()))
        account.confirm_second_factor(actor=self.actor(email), secret=secret, code=code)

    def _from_console(self, email: str, role: Role) -> None:
        made = account.create(actor=SYSTEM, email=email, name=self.invent(email), role=role)
        account.reset_password(actor=ANONYMOUS, token=made.token, password=PASSWORD)
        self.ids[email] = made.person_id
        self._set_up_telephone(email)

    def accept(self, token: str, email: str, name: str, password: str | None = PASSWORD) -> None:
        """Follow the link of an invitation; somebody who has an account is signed in with it."""
        who = self.actor(email) if email in self.ids else ANONYMOUS
        self.ids[email] = account.accept_invitation(actor=who, token=token, name=name, password=password)

    def secretariat(self) -> None:
        """Administrator and director from the console; two officers asked for by the one and confirmed by the other."""
        self._from_console(ADMINISTRATOR, Role.ADMINISTRATOR)
        self._from_console(DIRECTOR, Role.DIRECTOR)
        for email in (OFFICER, SECOND_OFFICER):
            name = self.invent(email)
            asked = account.ask_for_role(actor=self.actor(ADMINISTRATOR), email=email, name=name, role=Role.OFFICER)
            account.confirm_request(actor=self.actor(DIRECTOR), request=asked)
            self.accept(latest_mail("invitation", email)["secret_token"], email, name)
            self._set_up_telephone(email)

    def commission(self, country: str) -> str:
        """The address of a country's National Commission, invited by an officer when it is needed first."""
        email = f"natcom@commission-{country.lower()}.example"
        if email not in self.ids:
            name = f"National Commission of {country_name(country, 'en')} {invention.MARK}"
            token = account.invite(
                actor=self.actor(OFFICER), email=email, name=name[:200], role=Role.COMMISSION, country=country
            )
            self.accept(token, email, name[:200], password=None)
        return email

    def official(self, email: str, name: str) -> None:
        """Somebody of a city registers and confirms the address."""
        if email in self.ids:
            return
        account.register(actor=ANONYMOUS, email=email, name=name, network=email)
        token = latest_mail("account_confirm", email)["secret_token"]
        self.ids[email] = account.confirm_registration(actor=ANONYMOUS, token=token, password=PASSWORD)

    def juror(self, token: str, email: str, name: str) -> None:
        """Somebody who was invited to a jury follows the link and, the first time, sets up a second factor."""
        is_new = email not in self.ids
        self.accept(token, email, name)
        if is_new:
            self._set_up_telephone(email)
