"""One's own name, language and address."""

from __future__ import annotations

from gnlc_apply import config
from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.mail.outbox import Message
from gnlc_apply.models import Person, TokenPurpose
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.account import tokens
from gnlc_apply.services.account.granting import end_everything
from gnlc_apply.services.account.people import by_email, myself, named, normal_email, tell
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties import keep_apart


@command()
def change_profile(unit: Unit, *, actor: Actor, name: str, language: str, organisation: str = "") -> None:
    """Change one's own name, organisation and the language of one's mails. Raises Invalid."""
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    if language not in config.current().languages:
        words = Text("Choose one of the languages offered.")
        raise Invalid(words, {"language": words})
    person.name, person.language, person.organisation = named(name), language, " ".join(organisation.split())[:200]
    unit.note("changed_profile", "person", person.id)


@command(is_fresh=True)
def ask_address_change(unit: Unit, *, actor: Actor, email: str) -> None:
    """Ask to move the account to another address: a link goes there, a notice to the old one.

    The answer is the same where the new address has an account. Raises Invalid for a bad or unchanged address.
    """
    require(actor, Permission.USE_ACCOUNT)
    person = myself(unit)
    address = normal_email(email)
    if address == person.email:
        words = Text("This is your address already.")
        raise Invalid(words, {"email": words})
    unit.note("asked_address_change", "person", person.id)
    tell(unit, person, "address_asked")
    other = by_email(unit.session, address)
    if other is not None:
        tell(unit, other, "account_known")
        return
    token = tokens.issue(unit, TokenPurpose.CHANGE_ADDRESS, person.id, address)
    values = {"name": person.name, "secret_token": token}
    unit.send(Message("address_confirm", address, values, person_id=person.id, language=person.language))


@command()
def confirm_address(unit: Unit, *, actor: Actor, token: str) -> None:
    """Move the account to the address that the link was sent to; older links are void, other sessions end.

    Raises NotFound for an unknown link or another person's, Conflict for a used or old one or a taken address.
    """
    require(actor, Permission.USE_ACCOUNT)
    used = tokens.use(unit, TokenPurpose.CHANGE_ADDRESS, token)
    if used.person_id != actor.person_id:
        raise NotFound()
    person: Person = myself(unit)
    if by_email(unit.session, used.email) is not None:
        raise Conflict(Text("There is already an account with this address."))
    tell(unit, person, "address_changed")
    person.email = used.email
    unit.note("changed_address", "person", person.id)
    end_everything(unit, person)
    keep_apart(unit, person.id)
