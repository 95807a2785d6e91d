"""The ground of a story that begins in the middle: a call and people by the commands, and browsers in which they sit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core.sealing import unseal
from gnlc_apply.extensions import db
from gnlc_apply.models import Person as Account
from gnlc_apply.scenarios import places
from gnlc_apply.scenarios.applicant import Applicant
from tests.journeys import roles
from tests.journeys.person import Person
from tests.journeys.site import Site
from tests.world import World


class Ground(World):
    """A call that is open now, and everybody of it before a browser when a story asks for them."""

    def __init__(self, site: Site, *, quota: int = 3) -> None:
        super().__init__()
        self.site = site
        self.run.quota = quota
        self.open_call()

    def before_browser(self, email: str, **how: Any) -> Person:
        """Somebody of the cast before a browser of their own; without a password, they come in by mailed codes."""
        with db.reading() as session:
            account = session.scalars(select(Account).where(Account.email == email)).one()
        person = Person(self.site, account.name, email, has_password=account.password_hash is not None, **how)
        if account.totp_secret is not None:
            person.secret = unseal(config.current().secret_key, "totp", account.totp_secret.decode())
        return person

    def city(self, number: int = 0, *, country: str | None = None, **changes: Any) -> Applicant:
        """One of the invented places with a filled form, perhaps moved to another country."""
        place = replace(places.invented(number), **changes)
        one = self.run.applicant(replace(place, country=country or place.country))
        self.people.commission(one.place.country)
        one.begin()
        one.fill()
        return one

    def official(self, city: Applicant, **how: Any) -> Person:
        """The owner of a city's application."""
        return self.before_browser(city.owner, **how)

    def mayor(self, city: Applicant, **how: Any) -> Person:
        """Whoever signs for a city."""
        email, name = city.mayor
        return roles.mayor(self.site, name, email, **how)

    def commission(self, city: Applicant, **how: Any) -> Person:
        """The National Commission of a city's country."""
        return self.before_browser(self.people.commission(city.place.country), **how)
