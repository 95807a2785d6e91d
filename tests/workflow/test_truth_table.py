"""The truth table of an application's life: for every state and every role, what may be done. Written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from gnlc_apply.cli.workflow import as_markdown
from gnlc_apply.config import asset_dir
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from gnlc_apply.models import ApplicationState, MemberRole, Role
from gnlc_apply.permissions import ANONYMOUS, SYSTEM, Actor, ApplicationFacts, Granted
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.engine import offered, perform
from gnlc_apply.workflow.guards import ApplicationCase

NOW = datetime(2027, 3, 1, tzinfo=UTC)
CALL, OTHER_CALL = 1, 2
OWNER, EDITOR, VIEWER, STRANGER, CONFLICTED, READER, BLOCKED = range(10, 17)


def person(number: int, *grants: Granted) -> Actor:
    return Actor(kind="person", person_id=number, grants=grants)


ACTORS = {
    "anonymous": ANONYMOUS,
    "owner": person(OWNER),
    "editor": person(EDITOR),
    "viewer": person(VIEWER),
    "stranger": person(STRANGER),
    "commission": person(20, Granted(Role.COMMISSION, country="NLD")),
    "other commission": person(21, Granted(Role.COMMISSION, country="BEL")),
    "officer": person(22, Granted(Role.OFFICER)),
    "director": person(23, Granted(Role.DIRECTOR)),
    "conflicted officer": person(CONFLICTED, Granted(Role.OFFICER)),
    "administrator": person(24, Granted(Role.ADMINISTRATOR)),
    "juror": person(READER, Granted(Role.JUROR, CALL)),
    "blocked juror": person(BLOCKED, Granted(Role.JUROR, CALL)),
    "chair": person(25, Granted(Role.CHAIR, CALL)),
    "officer of the city": person(OWNER, Granted(Role.OFFICER)),
    "commission and owner": person(OWNER, Granted(Role.COMMISSION, country="NLD")),
    "system": SYSTEM,
}

CITY = {"submit": "draft", "resubmit": "returned"}
OWNER_ONLY = {
    "take_back": "submitted endorsed",
    "discard": "draft",
    "withdraw": "submitted endorsed not_endorsed unanswered eligible ineligible in_review returned",
}
COMMISSION = {
    "return_as_commission": "submitted",
    "endorse": "submitted",
    "decline_endorsement": "submitted",
    "revoke_endorsement": "endorsed eligible",
    "object_to_change": "endorsed eligible",
    "object_to_change_late": "endorsed eligible",
}
SECRETARIAT = {
    "return_as_secretariat": "submitted endorsed eligible",
    "record_late_letter": "unanswered",
    "reverse_not_endorsed": "not_endorsed unanswered",
    "find_eligible": "endorsed",
    "find_ineligible": "endorsed eligible",
    "reverse_ineligible": "ineligible",
    "begin_review": "eligible",
}
RUNNING = {"revive": "expired"}  # follows from an extension, which is no act on one city's text
ANNOUNCING = {"admit": "in_review", "not_admit": "in_review"}
BY_ITSELF = {"let_last_version_stand": "returned", "leave_unanswered": "submitted", "expire": "draft"}
EXPECTED: dict[str, tuple[dict[str, str], ...]] = {
    "owner": (CITY, OWNER_ONLY),
    "editor": (CITY,),
    "commission": (COMMISSION,),
    "officer": (SECRETARIAT, RUNNING),
    "director": (SECRETARIAT, RUNNING, ANNOUNCING),
    "conflicted officer": (RUNNING,),
    "officer of the city": (CITY, OWNER_ONLY, RUNNING),
    "commission and owner": (CITY, OWNER_ONLY),
    "system": (ANNOUNCING, BY_ITSELF),
}


def case_in(state: str, **facts: object) -> ApplicationCase:
    """A file in a state, with everything in order, between the two deadlines."""
    values = {
        "members": {OWNER: MemberRole.OWNER, EDITOR: MemberRole.EDITOR, VIEWER: MemberRole.VIEWER},
        "readers": frozenset({READER, BLOCKED}),
        "free_readers": frozenset({READER}),
        "blocked": frozenset({BLOCKED}),
        "conflicted_staff": frozenset({CONFLICTED}),
    }
    row = SimpleNamespace(
        id=1, state=ApplicationState(state), returned_from="endorsed" if state == "returned" else None
    )
    return ApplicationCase(
        row=row,
        facts=ApplicationFacts(1, CALL, "NLD", state, **{**values, **facts}),  # type: ignore[arg-type]  # by name
        now=NOW,
        call_is_open=True,
        cities_deadline=NOW + timedelta(days=10),
        commission_deadline=NOW + timedelta(days=40),
        has_signature=True,
        free_endorsement_places=1,
        is_city_confirmed=True,
    )


def expected(role: str, state: str) -> set[str]:
    return {name for group in EXPECTED.get(role, ()) for name, sources in group.items() if state in sources.split()}


@pytest.mark.parametrize("state", [state.value for state in ApplicationState])
@pytest.mark.parametrize("role", ACTORS)
def test_who_may_do_what_in_which_state(role: str, state: str) -> None:
    found = {transition.name for transition, _ in offered(APPLICATION, case_in(state), ACTORS[role])}
    assert found == expected(role, state)


def test_the_table_names_every_transition() -> None:
    named = {name for groups in EXPECTED.values() for group in groups for name in group}
    assert named == {transition.name for transition in APPLICATION.transitions}


@pytest.mark.parametrize("state", [state.value for state in ApplicationState])
@pytest.mark.parametrize("role", ACTORS)
def test_what_is_not_offered_is_refused(role: str, state: str) -> None:
    allowed = expected(role, state)
    for transition in APPLICATION.transitions:
        if transition.name in allowed:
            continue
        case = case_in(state)
        with pytest.raises((Forbidden, Conflict, SignInNeeded)):
            perform(APPLICATION, transition.name, case, ACTORS[role], "because")
        assert case.row.state == state


LATE = {"now": NOW + timedelta(days=20)}
TOO_LATE = {"now": NOW + timedelta(days=50)}
WHEN = [
    ("submit", "draft", "owner", {"call_is_open": False}),
    ("submit", "draft", "owner", LATE),
    ("submit", "draft", "owner", {"problems": ("one",)}),
    ("submit", "draft", "owner", {"state_may_apply": False}),
    ("submit", "draft", "owner", {"has_running_membership": True}),
    ("submit", "draft", "owner", {"has_other_live_application": True}),
    ("submit", "draft", "owner", {"has_signature": False, "signature_may_follow": False}),
    ("take_back", "submitted", "owner", LATE),
    ("resubmit", "returned", "editor", {"return_due_at": NOW - timedelta(seconds=1)}),
    ("endorse", "submitted", "commission", {"free_endorsement_places": 0}),
    ("endorse", "submitted", "commission", TOO_LATE),
    ("decline_endorsement", "submitted", "commission", TOO_LATE),
    ("revoke_endorsement", "endorsed", "commission", TOO_LATE),
    ("revoke_endorsement", "eligible", "commission", {"has_jury_started": True}),
    ("return_as_commission", "submitted", "commission", TOO_LATE),
    ("object_to_change", "endorsed", "commission", {}),
    ("object_to_change", "endorsed", "commission", {"objection_due_at": NOW - timedelta(seconds=1)}),
    ("object_to_change", "eligible", "commission", {"objection_due_at": NOW, "has_jury_started": True}),
    ("object_to_change_late", "endorsed", "commission", {"objection_due_at": NOW}),
    ("record_late_letter", "unanswered", "officer", {"has_jury_started": True}),
    ("record_late_letter", "unanswered", "officer", {"free_endorsement_places": 0}),
    ("reverse_ineligible", "ineligible", "officer", {"has_jury_started": True}),
    ("reverse_ineligible", "ineligible", "officer", {"free_endorsement_places": 0}),
    ("reverse_not_endorsed", "not_endorsed", "officer", {"has_jury_started": True}),
    ("find_eligible", "endorsed", "officer", {"has_signature": False}),
    ("find_eligible", "endorsed", "officer", {"signature_awaits_confirmation": True}),
    ("find_eligible", "endorsed", "officer", {"is_city_confirmed": False}),
    ("find_eligible", "endorsed", "officer", {"is_too_small": True}),
    ("begin_review", "eligible", "officer", {"has_signature": False}),
    ("begin_review", "eligible", "officer", {"signature_awaits_confirmation": True}),
    ("begin_review", "eligible", "officer", {"objection_due_at": NOW}),
    ("find_ineligible", "eligible", "officer", {"has_jury_started": True}),
    ("leave_unanswered", "submitted", "system", {}),
    ("expire", "draft", "system", {}),
    ("let_last_version_stand", "returned", "system", {"return_due_at": NOW}),
]


@pytest.mark.parametrize(("name", "state", "role", "changed"), WHEN)
def test_when_it_is_not_the_time(name: str, state: str, role: str, changed: dict[str, object]) -> None:
    case = case_in(state)
    for attribute, value in changed.items():
        setattr(case, attribute, value)
    with pytest.raises(Conflict):
        perform(APPLICATION, name, case, ACTORS[role], "because")
    assert case.row.state == state


def test_the_deadline_counts_to_the_microsecond() -> None:
    case = case_in("draft")
    case.now = case.cities_deadline
    assert perform(APPLICATION, "submit", case, ACTORS["owner"]).after == "submitted"
    case = case_in("draft")
    case.now = case.cities_deadline + timedelta(microseconds=1)
    with pytest.raises(Conflict):
        perform(APPLICATION, "submit", case, ACTORS["owner"])


def test_a_reason_is_demanded() -> None:
    with pytest.raises(Invalid) as refusal:
        perform(APPLICATION, "decline_endorsement", case_in("submitted"), ACTORS["commission"], "  ")
    assert set(refusal.value.fields) == {"reason"}


def test_a_returned_file_goes_back_to_the_state_it_left() -> None:
    assert perform(APPLICATION, "resubmit", case_in("returned"), ACTORS["owner"]).after == "endorsed"


def test_a_place_that_is_held_need_not_be_free_again() -> None:
    case = case_in("ineligible")
    case.free_endorsement_places, case.is_endorsement_running = 0, True
    assert perform(APPLICATION, "reverse_ineligible", case, ACTORS["officer"], "because").after == "endorsed"


def test_every_state_has_two_names() -> None:
    assert set(APPLICATION.labels) == {state.value for state in ApplicationState}


def test_from_the_jury_until_the_announcement_the_outside_name_is_one() -> None:
    outside = {str(APPLICATION.labels["in_review"][1])}
    assert outside == {"With the jury"}


def test_the_document_is_what_is_declared() -> None:
    document = asset_dir("docs") / "workflow.md"
    assert document.read_text("utf-8") == as_markdown()
