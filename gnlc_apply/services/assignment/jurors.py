"""Jurors of a call: invited, accepting or not, with a profile, leaving."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.text import Text
from gnlc_apply.jury.spoken import level_of
from gnlc_apply.models import Call, CallState, Juror, Person, Role, State
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.services.account import granting, inviting
from gnlc_apply.services.account.people import by_email, named, normal_email, refuse_own
from gnlc_apply.services.call.finding import find
from gnlc_apply.services.command import Unit, command
from gnlc_apply.services.ties import REASONS, keep_apart, leave
from gnlc_apply.services.ties.pairs import juror_by_reference, tell_secretariat_of_call
from gnlc_apply.services.ties.panel import CONTEXTS

MOST_NAMES, LONGEST_NAME = 30, 200


@command()
def invite_juror(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    email: str,
    name: str,
    countries: Sequence[str],
    languages: Sequence[str],
    topics: Collection[str] = (),
    contexts: Collection[str] = (),
    organisations: Collection[str] = (),
    related_names: Collection[str] = (),
    capacity: int | None = None,
    is_chair: bool = False,
    language: str = "en",
) -> str:
    """Invite a person to the jury of a call; the secret of the link in the mail.

    ``countries``: of residence first, then of nationality and of the employer; ``languages``: ``fr`` works in it,
    ``fr:reading`` reads it; ``topics``: focus areas; ``contexts``: of ``CONTEXTS``; ``capacity``: files agreed to, None for
    an ordinary share; ``organisations`` and ``related_names``: what the rules on names compare. Raises Invalid at its field, Conflict for somebody who is in the jury already and for what looks like
    a second account of the inviter's own.
    """
    require(actor, Permission.RUN_CALL)
    row = _running_call(unit, call)
    _check_profile(unit.session, countries, languages, contexts, capacity)
    refuse_own(actor, normal_email(email), named(name))
    person = _person(unit, normal_email(email), named(name), language)
    refuse_own(actor, person.email, person.name, person.id)
    juror = unit.session.scalar(select(Juror).where(Juror.call_id == row.id, Juror.person_id == person.id))
    if juror is not None and juror.ended_at is None and juror.declined_at is None:
        words = Text("This person is in the jury of this call already.")
        raise Conflict(words, {"email": words})
    if juror is None:
        juror = Juror(reference=reference_number.create("J", 8), call_id=row.id, person_id=person.id)
    juror.invited_at, juror.accepted_at, juror.declined_at, juror.ended_at = unit.now, None, None, None
    _write_profile(unit, juror, countries, languages, topics, contexts, capacity)
    _write_names(juror, organisations, related_names)
    juror.has_profile = False
    unit.session.add(juror)
    unit.session.flush()
    unit.note("invited_juror", "juror", juror.id, call=row.id, person=person.id, is_chair=is_chair)
    granting.add(unit, person, granting.Place(Role.JUROR, call_id=row.id))
    if is_chair:
        granting.add(unit, person, granting.Place(Role.CHAIR, call_id=row.id))
    letter = inviting.Letter(person.email, person.name, language, kind="juror_invitation")
    return inviting.issue(
        unit,
        letter,
        place=granting.Place(Role.JUROR, call_id=row.id),
        call=row.title,
        call_reference=row.reference,
        is_chair=is_chair,
    )


def _running_call(unit: Unit, reference: str) -> Call:
    row = find(unit, reference)
    if row.state is CallState.CONCLUDED:
        raise Conflict(Text("This call is concluded."))
    return row


def _person(unit: Unit, email: str, name: str, language: str) -> Person:
    person = by_email(unit.session, email)
    if person is None:
        person = Person(email=email, name=name, language=language, created_at=unit.now)
        unit.session.add(person)
        unit.session.flush()
        unit.note("created", "person", person.id)
    elif person.confirmed_at is None:
        # Whoever registered this address first may be anybody: the name is the secretariat's now.
        person.name, person.language = name, language
    return person


def _check_profile(
    session: Session,
    countries: Sequence[str],
    languages: Sequence[str],
    contexts: Collection[str],
    capacity: int | None,
) -> None:
    problems = {}
    known = set(session.scalars(select(State.iso3).where(State.iso3.in_(countries))))
    if not countries or set(countries) - known:
        problems["residence"] = Text("Choose the country of residence, and every other country that applies.")
    if not languages:
        problems["languages"] = Text("Choose at least one language in which this juror reads.")
    if set(contexts) - set(CONTEXTS):
        problems["contexts"] = Text("Choose from the list.")
    if capacity is not None and capacity < 0:
        problems["capacity"] = Text("Enter a number of files, or leave it empty.")
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _write_profile(
    unit: Unit,
    juror: Juror,
    countries: Sequence[str],
    languages: Sequence[str],
    topics: Collection[str],
    contexts: Collection[str],
    capacity: int | None,
) -> None:
    juror.countries = list(dict.fromkeys(countries))
    juror.region = str(unit.session.scalars(select(State.region).where(State.iso3 == juror.countries[0])).one())
    juror.languages = sorted({level_of(entry)[0]: entry for entry in languages}.values())
    juror.topics, juror.contexts = sorted(set(topics)), sorted(set(contexts))
    juror.capacity = capacity


def _write_names(juror: Juror, organisations: Collection[str], related_names: Collection[str]) -> None:
    """What the rules on names compare with each file: where the juror works, and people close to the juror."""
    for names in (organisations, related_names):
        if len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in names):
            words = Text("Give at most %(most)s names, each on a line of its own.", most=MOST_NAMES)
            raise Invalid(words, {"organisations" if names is organisations else "related_names": words})
    juror.organisations = list(dict.fromkeys(filter(None, map(str.strip, organisations))))
    juror.related_names = list(dict.fromkeys(filter(None, map(str.strip, related_names))))


def mine(unit: Unit, call: str) -> tuple[Call, Juror]:
    """The actor's own place in the jury of a call, locked for this unit. Raises NotFound."""
    found = unit.session.execute(
        select(Call, Juror)
        .join(Juror, Juror.call_id == Call.id)
        .where(Call.reference == call, Juror.person_id == (unit.actor.person_id or 0), Juror.ended_at.is_(None))
        .with_for_update(of=Juror)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], found[1]


@command()
def accept_invitation(unit: Unit, *, actor: Actor, call: str) -> None:
    """Take the place in the jury; from now on files can be given to this juror."""
    require(actor, Permission.SEE_JURY_HOME)
    row, juror = mine(unit, call)
    if juror.declined_at is not None:
        raise Conflict(Text("This invitation was declined. Ask the secretariat for a new one."))
    if juror.accepted_at is None:
        juror.accepted_at = unit.now
        unit.note("accepted_jury", "juror", juror.id, call=row.id)
        keep_apart(unit, juror.person_id)


@command()
def decline_invitation(unit: Unit, *, actor: Actor, call: str) -> None:
    """Do not take the place in the jury; readings that ran end."""
    require(actor, Permission.SEE_JURY_HOME)
    row, juror = mine(unit, call)
    juror.declined_at = unit.now
    if ended := leave(unit, juror, REASONS["declined"]):
        tell_secretariat_of_call(unit, "juror_left", row, number=ended, why="declined")
    unit.note("declined_jury", "juror", juror.id, call=row.id)


@command()
def set_profile(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    countries: Sequence[str],
    languages: Sequence[str],
    topics: Collection[str] = (),
    contexts: Collection[str] = (),
    organisations: Collection[str] = (),
    related_names: Collection[str] = (),
    capacity: int | None = None,
) -> None:
    """A juror's own profile, complete; a new country keeps the juror from its files at once. Parts as ``invite_juror``."""
    require(actor, Permission.SEE_JURY_HOME)
    _row, juror = mine(unit, call)
    _check_profile(unit.session, countries, languages, contexts, capacity)
    _write_profile(unit, juror, countries, languages, topics, contexts, capacity)
    _write_names(juror, organisations, related_names)
    juror.has_profile = True
    unit.session.flush()
    unit.note("set_profile", "juror", juror.id, countries=juror.countries)
    keep_apart(unit, juror.person_id)


@command()
def end_juror(unit: Unit, *, actor: Actor, juror: str, reason: str) -> None:
    """A juror leaves the jury: access ends, readings that were not submitted end, submitted ones stay and count."""
    require(actor, Permission.RUN_CALL)
    row = juror_by_reference(unit.session, juror)
    if not reason.strip():
        raise Invalid(Text("Give a reason."), {"reason": Text("Give a reason.")})
    if row.ended_at is not None:
        raise Conflict(Text("This juror has left the jury already."))
    row.ended_at = unit.now
    leave(unit, row, reason.strip())
    unit.note("ended_juror", "juror", row.id, reason=reason.strip())
