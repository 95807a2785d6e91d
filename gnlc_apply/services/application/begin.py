"""Beginning an application: who may apply is checked here again, whatever a page asked before."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from gnlc_apply.core import reference_number
from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.core.folding import fold
from gnlc_apply.core.text import Text
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    ApplicationState,
    Call,
    CallState,
    City,
    MemberRole,
    Membership,
    State,
    StateStatus,
)
from gnlc_apply.permissions import Actor, Permission, require
from gnlc_apply.queries.questionnaire import form_of
from gnlc_apply.questionnaire import Form, UnknownQuestion
from gnlc_apply.questionnaire.cleaning import clean_line
from gnlc_apply.services.case import deadlines, state_may_apply
from gnlc_apply.services.command import Unit, command

_LONGEST = 200
# More than anybody works on at once; fewer than would fill the tables and the officers' lists.
MOST_DRAFTS = 50


def _free_reference(unit: Unit, prefix: str) -> str:
    """A reference that no application has: they are short, so in a call of four hundred files two may be drawn alike."""
    while True:
        drawn = reference_number.create(prefix)
        if unit.session.scalar(select(Application.id).where(Application.reference == drawn)) is None:
            return drawn


@command()
def begin(
    unit: Unit,
    *,
    actor: Actor,
    call: str,
    country: str,
    place_name: str,
    language: str = "en",
    copied_from: str | None = None,
    is_other_place: bool = False,
) -> str:
    """Begin a draft for a place and own it; its reference.

    ``is_other_place``: a member city bears the same name, and this is said to be another place. Several drafts for one
    place may stand side by side; only one of a city can be under way once submitted. Raises NotFound for an unknown call,
    Conflict when it is not open, Invalid with the field that stops the city.
    """
    require(actor, Permission.BEGIN_APPLICATION)
    opened = unit.session.scalar(select(Call).where(Call.reference == call))
    if opened is None or opened.state is CallState.PREPARING:
        raise NotFound()
    name = clean_line(place_name)
    state = _state(unit, country)
    _refuse_a_flood(unit, opened)
    _refuse(unit, opened, country, name, language, is_other_place=is_other_place)
    earlier = _earlier(unit, copied_from)
    row = Application(
        reference=_free_reference(unit, f"GNLC-{opened.year}"),
        call_id=opened.id,
        country=country,
        place_name=name,
        folded_name=fold(name),
        language=language,
        form_version_id=opened.form_version_id,
        is_associate_member=state.status is StateStatus.ASSOCIATE,
        created_at=unit.now,
        edited_at=unit.now,
        copied_from_id=earlier.id if earlier is not None else None,
    )
    unit.session.add(row)
    unit.session.flush()
    owner = {"application_id": row.id, "person_id": actor.person_id, "role": MemberRole.OWNER, "added_at": unit.now}
    unit.session.execute(insert(ApplicationMember), [owner])
    _write_first_answers(unit, row, earlier)
    unit.note("began", "application", row.id, call=call, country=country, place=name)
    return row.reference


def _refuse_a_flood(unit: Unit, call: Call) -> None:
    owned = (
        select(func.count())
        .select_from(ApplicationMember)
        .join(Application, Application.id == ApplicationMember.application_id)
        .where(
            ApplicationMember.person_id == unit.actor.person_id,
            ApplicationMember.role == MemberRole.OWNER,
            ApplicationMember.removed_at.is_(None),
            Application.call_id == call.id,
            Application.state == ApplicationState.DRAFT,
        )
    )
    if (unit.session.scalar(owned) or 0) >= MOST_DRAFTS:
        raise Conflict(Text("You have begun many applications already. Submit or withdraw some of them first."))


def _state(unit: Unit, country: str) -> State:
    """The state, if its cities can be admitted at all; an Associate Member's city is flagged, not stopped."""
    state = unit.session.get(State, country)
    words = Text("Choose a Member State of UNESCO. Only cities of Member States can apply.")
    if state is None or not (state.status is StateStatus.ASSOCIATE or state_may_apply(state, unit.arrived_at)):
        raise Invalid(words, {"country": words})
    return state


def _refuse(unit: Unit, call: Call, country: str, name: str, language: str, *, is_other_place: bool) -> None:
    cities, _commissions = deadlines(unit.session, call, None, country)
    if call.state is not CallState.OPEN or unit.arrived_at < call.opens_at:
        raise Conflict(Text("The call is not open."))
    if unit.arrived_at > cities:
        raise Conflict(Text("The deadline was %(moment)s.", moment=cities))
    if not any(letter.isalpha() for letter in name) or len(name) > _LONGEST:
        words = Text("Enter the name of the place, with 200 characters or fewer.")
        raise Invalid(words, {"place_name": words})
    if call.languages and language not in call.languages:
        words = Text("Choose one of the languages of this call.")
        raise Invalid(words, {"language": words})
    if not is_other_place and _is_member(unit, country, name):
        words = Text(
            "A city of this name is already a member of the network. A member city need not apply again. "
            "If yours is another place of the same name, say so below."
        )
        raise Invalid(words, {"place_name": words})


def _is_member(unit: Unit, country: str, name: str) -> bool:
    """Whether a running member city of the country bears this name. Names repeat, so this warns and is no proof."""
    found = unit.session.scalar(
        select(Membership.id)
        .join(City, City.id == Membership.city_id)
        .where(City.country == country, City.folded_name == fold(name), Membership.until_on.is_(None))
        .limit(1)
    )
    return found is not None


def _earlier(unit: Unit, reference: str | None) -> Application | None:
    """An earlier application in which this person takes part. Raises NotFound for any other."""
    if not reference:
        return None
    row = unit.session.scalar(
        select(Application)
        .join(ApplicationMember, ApplicationMember.application_id == Application.id)
        .where(
            Application.reference == reference,
            ApplicationMember.person_id == unit.actor.person_id,
            ApplicationMember.removed_at.is_(None),
        )
    )
    if row is None:
        raise NotFound()
    return row


def _write_first_answers(unit: Unit, row: Application, earlier: Application | None) -> None:
    """What is known already: the place, and the answers of an earlier application (its commitments and files are not)."""
    form = form_of(unit.session, row.form_version_id)
    first: dict[str, object] = {}
    if earlier is not None:
        kept = unit.session.execute(select(Answer.key, Answer.value).where(Answer.application_id == earlier.id))
        first = {key: value for key, value in kept if value is not None and _may_copy(form, key)}
    first |= {"city.name_local": first.get("city.name_local", row.place_name), "city.country": row.country}
    rows = [
        {"application_id": row.id, "key": key, "value": value, "version": 1, "updated_at": unit.now}
        for key, value in first.items()
        if _knows(form, key)
    ]
    if rows:
        unit.session.execute(insert(Answer), [{**one, "updated_by_id": unit.actor.person_id} for one in rows])


def _knows(form: Form, key: str) -> bool:
    try:
        form.expand(key)
    except UnknownQuestion:
        return False
    return True


def _may_copy(form: Form, key: str) -> bool:
    return _knows(form, key) and form.expand(key).section != form.sections[-1].key
