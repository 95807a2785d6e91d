"""Where a walk through all pages begins: addresses without objects, one file of each state, and fresh links of letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from werkzeug.routing import Rule

from gnlc_apply.core.errors import Refusal
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Application,
    ApplicationMember,
    ApplicationState,
    Assignment,
    InformationRequest,
    Juror,
    OutboxMessage,
    Person,
    RequestKind,
    Review,
    ReviewState,
)
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.scenarios import cast
from gnlc_apply.services import account, signature

_LINK = re.compile(r"https?://[^/\s]+/[\w-]+(/(?:sign|account)/[^\s\u2068\u2069]+)")
_LETTERS_OF_A_KIND = 4


def paths(role: str, email: str | None, rules: Iterable[Rule]) -> Iterator[str]:
    """Addresses below the language that are worth trying for this person; some may be refused."""
    for rule in rules:
        if rule.arguments == {"language"}:
            yield rule.rule.removeprefix("/<language:language>")
    if role == "visitor":
        yield from _letters()
        yield from _fresh_links()
    elif role == "city" and email:
        yield from _files_of(email)
    elif role == "secretariat":
        yield from _one_of_each_state()
        yield from _new_address(email or "")


def busy(role: str) -> list[str]:
    """People of whom something is expected that those of the table of people may have done already."""
    wanted = {
        "city": select(Person.email)
        .join(ApplicationMember, ApplicationMember.person_id == Person.id)
        .join(InformationRequest, InformationRequest.application_id == ApplicationMember.application_id)
        .where(InformationRequest.kind != RequestKind.RETURN, InformationRequest.closed_at.is_(None)),
        "jury": select(Person.email)
        .join(Juror, Juror.person_id == Person.id)
        .join(Assignment, Assignment.juror_id == Juror.id)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Review.state == ReviewState.DRAFT),
    }
    found = list(db.reader.scalars(wanted[role].limit(1))) if role in wanted else []
    db.release()
    return [*found, *_asking_for_a_signature()] if role == "city" else found


def _letters() -> Iterator[str]:
    """Links in letters that have arrived, the newest of each kind."""
    rows = db.reader.execute(
        select(OutboxMessage.kind, OutboxMessage.body)
        .where(OutboxMessage.body.contains("/sign/") | OutboxMessage.body.contains("/account/"))
        .order_by(OutboxMessage.id.desc())
    )
    taken: dict[str, int] = {}
    for kind, body in rows:
        found = _LINK.search(body)
        taken[kind] = taken.get(kind, 0) + 1
        if found and taken[kind] <= _LETTERS_OF_A_KIND:
            yield found.group(1)
            yield f"{found.group(1)}/done"
    db.release()


def _fresh_links() -> Iterator[str]:
    """Links that nobody has used yet: somebody registers, forgets a password, is invited, is asked to sign."""
    people = cast.Cast()
    people.ids |= _ids(cast.OFFICER)
    account.register(actor=ANONYMOUS, email="new@city.example", name="Someone New", network="shots")
    yield f"/account/register/{cast.latest_mail('account_confirm', 'new@city.example')['secret_token']}"
    account.ask_for_reset(actor=ANONYMOUS, email=cast.SECOND_OFFICER)
    yield f"/account/password/set/{cast.latest_mail('password_reset', cast.SECOND_OFFICER)['secret_token']}"
    invited = account.invite(
        actor=people.actor(cast.OFFICER),
        email="new@commission.example",
        name="N. New",
        role="commission",
        country="FRA",
    )
    yield f"/account/invitation/{invited}"
    yield from _signature(people)


def _signature(people: cast.Cast) -> Iterator[str]:
    """A link to sign the first draft that can be signed now."""
    for _owner, _reference, token in _asked(people):
        yield from (f"/sign/{token}", f"/sign/{token}/decline")
        return


def _asking_for_a_signature() -> Iterator[str]:
    """Who has a link on the way to the mayor, and the letter printed beside it."""
    people = cast.Cast()
    for owner, reference, _token in _asked(people):
        signature.prepare_letter(actor=people.actor(owner), reference=reference)
        yield owner
        return


def _asked(people: cast.Cast) -> Iterator[tuple[str, str, str]]:
    """Each draft that can be signed now: who asked, of which, and the secret of the link."""
    for reference, email in _owners():
        people.ids |= _ids(email)
        try:
            token = signature.ask(
                actor=people.actor(email), reference=reference, email="mayor@city.example", name="The Mayor"
            )
        except Refusal:
            continue
        yield email, reference, token


def _new_address(email: str) -> Iterator[str]:
    """The link that confirms somebody's new address."""
    people = cast.Cast()
    people.ids |= _ids(email)
    account.ask_address_change(actor=people.actor(email), email=f"new.{email}")
    yield f"/account/address/{cast.latest_mail('address_confirm', f'new.{email}')['secret_token']}"


def _ids(email: str) -> dict[str, int]:
    found = {
        row.email: row.id for row in db.reader.execute(select(Person.email, Person.id).where(Person.email == email))
    }
    db.release()
    return found


def _owners() -> list[tuple[str, str]]:
    rows = db.reader.execute(
        select(Application.reference, Person.email)
        .join(ApplicationMember, ApplicationMember.application_id == Application.id)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(Application.state == ApplicationState.DRAFT, ApplicationMember.removed_at.is_(None))
    ).all()
    db.release()
    return [(row.reference, row.email) for row in rows]


def _files_of(email: str) -> Iterator[str]:
    rows = db.reader.scalars(
        select(Application.reference)
        .join(ApplicationMember, ApplicationMember.application_id == Application.id)
        .join(Person, Person.id == ApplicationMember.person_id)
        .where(Person.email == email, ApplicationMember.removed_at.is_(None))
        .order_by(Application.id.desc())
    ).all()
    db.release()
    yield from (f"/applications/{reference}" for reference in rows)


def _one_of_each_state() -> Iterator[str]:
    newest = select(func.max(Application.id)).group_by(Application.state)
    rows = db.reader.scalars(select(Application.reference).where(Application.id.in_(newest))).all()
    db.release()
    yield from (f"/secretariat/applications/{reference}" for reference in rows)
