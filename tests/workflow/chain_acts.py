"""Everything that the state machine's people can do: who, and the command behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.core.text import Text
from gnlc_apply.models import Outcome
from gnlc_apply.permissions import Actor
from gnlc_apply.scenarios import cast
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.services import application, assignment, decision, endorsement, review, screening, signature
from gnlc_apply.services import call as calls
from gnlc_apply.services import cohort as cohorts
from tests.workflow.chain_world import COHORT_TITLE, Chain

Do = Callable[[Chain, Actor, int, int], object]
WHO = {"name": "Nora Natcom", "function": "Secretary-General"}
KEYS = ["vision.vision"]


@dataclass(frozen=True)
class Act:
    """One act: who does it, by what command; ``also``: who else may; ``is_one``: it is a single command."""

    who: str
    do: Do
    also: tuple[str, ...] = ()
    is_one: bool = True

    @property
    def allowed(self) -> tuple[str, ...]:
        """All who may do such things."""
        return (self.who, *self.also)

    def actor(self, chain: Chain, city: int, juror: int) -> Actor:
        """The person of this role who is concerned with this city, or this juror."""
        one = chain.cities[city]
        emails = {
            "owner": one.owner,
            "commission": chain.people.commission(one.place.country),
            "officer": cast.OFFICER,
            "second": cast.SECOND_OFFICER,
            "director": cast.DIRECTOR,
            "juror": chain.jurors[max(1, juror)],
            "chair": chain.jurors[0],
        }
        return chain.people.actor(emails[self.who])


def _of_file(command: Callable[..., object], **values: object) -> Do:
    return lambda chain, actor, city, _juror: command(actor=actor, reference=chain.cities[city].reference, **values)


def _signs(chain: Chain, actor: Actor, city: int, _juror: int) -> None:
    one: Applicant = chain.cities[city]
    email, name = one.mayor
    one.links[0] = signature.ask(actor=actor, reference=one.reference, email=email, name=name)
    one.sign()


def _change(chain: Chain, actor: Actor, city: int, juror: int) -> None:
    raw = {"vision.vision": f"A library in every quarter, open until {juror + 20}:{clock.now():%M}."}
    reference = chain.cities[city].reference
    versions = {"vision.vision": chain.version(reference, "vision.vision")}
    saved = application.save_answers(actor=actor, reference=reference, raw=raw, versions=versions)
    if saved.locked:
        raise Conflict(Text("These answers are locked."))


def _return(command: Callable[..., object]) -> Do:
    return lambda chain, actor, city, _juror: command(
        actor=actor,
        reference=chain.cities[city].reference,
        keys=KEYS,
        message="Please say more.",
        due_at=clock.now() + timedelta(days=5),
    )


def _with_juror(command: Callable[..., object], **values: object) -> Do:
    return lambda chain, actor, city, juror: command(
        actor=actor, reference=chain.cities[city].reference, juror=chain.juror_reference(juror), **values
    )


def _takes_away(chain: Chain, actor: Actor, city: int, _juror: int) -> None:
    running = chain.running(chain.cities[city].reference)
    assignment.unassign(actor=actor, assignment=running, reason="Too many files.")


def _propose(outcome: Outcome) -> Do:
    return lambda chain, actor, city, _juror: decision.prepare(
        actor=actor,
        outcomes={chain.cities[city].reference: outcome},
        reasons={chain.cities[city].reference: "The secretariat weighed it."},
    )


def _propose_all(chain: Chain, actor: Actor, _city: int, _juror: int) -> None:
    references = chain.in_review()
    decision.prepare(
        actor=actor,
        outcomes=dict.fromkeys(references, Outcome.APPROVED),
        reasons=dict.fromkeys(references, "The secretariat weighed it."),
    )


def _of_cohort(command: Callable[..., object], **values: object) -> Do:
    return lambda chain, actor, _city, _juror: command(actor=actor, cohort=chain.cohort, **values)


def _ask_change(kind: str) -> Do:
    return lambda chain, actor, city, _juror: cohorts.ask_for_change(
        actor=actor, cohort=chain.cohort, kind=kind, application=chain.cities[city].reference, reason="Two of us agree."
    )


def _confirm_change(kind: str) -> Do:
    return lambda chain, actor, city, _juror: cohorts.confirm_change(
        actor=actor, cohort=chain.cohort, kind=kind, application=chain.cities[city].reference
    )


STAFF = ("officer", "second", "director")

ACTS: dict[str, Act] = {
    # the city
    "signs": Act("owner", _signs, is_one=False),
    "change": Act("owner", _change),
    "submit": Act("owner", _of_file(application.submit)),
    "take_back": Act("owner", _of_file(application.take_back)),
    "resubmit": Act("owner", _of_file(application.resubmit)),
    "withdraw": Act("owner", _of_file(application.withdraw, reason="We shall try later.")),
    # the National Commission
    "endorse": Act("commission", _of_file(endorsement.endorse, **WHO)),
    "decline": Act("commission", _of_file(endorsement.decline, reason="No plan yet.", **WHO)),
    "revoke": Act("commission", _of_file(endorsement.revoke, reason="We were wrong.", **WHO)),
    "object": Act("commission", _of_file(endorsement.object_to_change, reason="Another text.", **WHO)),
    "return_as_commission": Act("commission", _return(endorsement.return_questions)),
    # the check
    "confirm_city": Act(
        "officer",
        lambda chain, actor, city, _juror: screening.confirm_city(
            actor=actor, reference=chain.cities[city].reference, city=None, name=chain.cities[city].place.name
        ),
        also=STAFF,
    ),
    "find_eligible": Act("officer", _of_file(screening.find_eligible), also=STAFF),
    "find_ineligible": Act("officer", _of_file(screening.find_ineligible, reason="No unit of its own."), also=STAFF),
    "make_final": Act("officer", _of_file(screening.confirm_ineligible), also=STAFF),
    "reverse": Act("officer", _of_file(screening.reverse, reason="New facts."), also=STAFF),
    "return_as_secretariat": Act("second", _return(screening.return_questions), also=STAFF),
    "late_letter": Act("officer", _of_file(screening.record_late_letter, note="By post.", **WHO), also=STAFF),
    # the jury
    "freeze": Act("officer", lambda chain, actor, _c, _j: calls.freeze_guide(actor=actor, call=chain.call), also=STAFF),
    "assign": Act("officer", _with_juror(assignment.assign), also=STAFF),
    "unassign": Act("second", _takes_away, also=STAFF),
    "record_conflict": Act(
        "officer",
        _with_juror(assignment.record_conflict, code="declared_application", detail="A cousin works there."),
        also=STAFF,
    ),
    "declare": Act("juror", _of_file(review.declare, has_conflict=False), also=("chair",)),
    "declare_conflict": Act(
        "juror", _of_file(review.declare, has_conflict=True, detail="I worked there."), also=("chair",)
    ),
    "abstain": Act("juror", _of_file(review.abstain, reason="I know too little of it."), also=("chair",)),
    "review": Act(
        "juror",
        lambda chain, actor, city, juror: chain.submit_review(actor, chain.cities[city].reference, 5 - juror),
        also=("chair",),
    ),
    "chair_declares": Act("chair", _of_file(review.declare, has_conflict=False), also=("juror",)),
    "chair_reviews": Act(
        "chair",
        lambda chain, actor, city, _j: chain.submit_review(actor, chain.cities[city].reference, 4),
        also=("juror",),
    ),
    "chair_abstains": Act("chair", _of_file(review.abstain, reason="I know too little of it."), also=("juror",)),
    "recommend": Act("chair", lambda chain, actor, _c, _j: chain.confirm_recommendation(actor)),
    # decisions
    "propose": Act("officer", _propose(Outcome.APPROVED), also=STAFF),
    "propose_no": Act("second", _propose(Outcome.NOT_APPROVED), also=STAFF),
    "propose_all": Act("officer", _propose_all, also=STAFF),
    "approve": Act(
        "director",
        lambda chain, actor, city, _j: decision.approve(actor=actor, references=[chain.cities[city].reference]),
    ),
    "approve_all": Act(
        "director", lambda chain, actor, _c, _j: decision.approve(actor=actor, references=chain.in_review())
    ),
    "undo": Act(
        "officer",
        lambda chain, actor, city, _j: decision.undo(actor=actor, references=[chain.cities[city].reference]),
        also=STAFF,
    ),
    # the cohort
    "create_cohort": Act(
        "officer",
        lambda chain, actor, _c, _j: cohorts.create(actor=actor, call=chain.call, title=COHORT_TITLE),
        also=STAFF,
    ),
    "set_instant": Act(
        "officer", lambda chain, actor, _c, juror: chain.set_instant(actor, 10 + juror * 40), also=STAFF
    ),
    "lock": Act("second", _of_cohort(cohorts.lock), also=STAFF),
    "ask_to_unlock": Act("officer", _of_cohort(cohorts.ask_to_unlock, reason="A mistake."), also=STAFF),
    "unlock": Act("director", _of_cohort(cohorts.unlock), also=STAFF),
    "ask_withdrawal": Act("officer", _ask_change("withdrawal"), also=STAFF),
    "confirm_withdrawal": Act("second", _confirm_change("withdrawal"), also=STAFF),
    "ask_turn": Act("officer", _ask_change("not_approve"), also=STAFF),
    "confirm_turn": Act("director", _confirm_change("not_approve")),
    "ask_turn_back": Act("second", _ask_change("approve"), also=STAFF),
    "confirm_turn_back": Act("director", _confirm_change("approve")),
    "arm": Act("director", lambda chain, actor, _c, _j: chain.arm(actor)),
    "disarm": Act("officer", _of_cohort(cohorts.disarm), also=STAFF),
    "hold": Act("director", _of_cohort(cohorts.hold)),
    "release": Act("director", _of_cohort(cohorts.release_hold)),
    "announce": Act("director", _of_cohort(cohorts.announce)),
}


# In which states of the application, or of the cohort, an act may well be done: so that most tries are not idle.
_WHEN: dict[str, str] = {
    **dict.fromkeys(("signs", "change"), "draft returned"),
    "submit": "draft",
    "take_back": "submitted endorsed",
    "resubmit": "returned",
    "withdraw": "unanswered ineligible",
    **dict.fromkeys(("endorse", "decline", "return_as_commission"), "submitted"),
    "revoke": "endorsed",
    "object": "endorsed eligible",
    "confirm_city": "submitted endorsed",
    "find_eligible": "endorsed",
    "find_ineligible": "endorsed eligible",
    **dict.fromkeys(("make_final", "reverse"), "ineligible not_endorsed unanswered"),
    "return_as_secretariat": "submitted endorsed eligible",
    "late_letter": "unanswered",
    **dict.fromkeys(("freeze", "assign"), "eligible"),
    **dict.fromkeys(("unassign", "record_conflict", "declare", "declare_conflict", "abstain", "review"), "in_review"),
    **dict.fromkeys(("chair_declares", "chair_reviews", "chair_abstains", "recommend"), "in_review"),
    **dict.fromkeys(("propose", "propose_no", "propose_all", "approve", "approve_all", "undo"), "in_review preparing"),
    "create_cohort": "none",
    **dict.fromkeys(("set_instant", "lock"), "preparing"),
    **dict.fromkeys(("ask_to_unlock", "ask_turn", "ask_turn_back", "ask_withdrawal"), "locked armed"),
    **dict.fromkeys(("unlock", "confirm_turn", "confirm_turn_back", "confirm_withdrawal"), "locked armed"),
    "arm": "locked",
    **dict.fromkeys(("disarm", "hold", "release", "announce"), "armed"),
}


def likely(application: str, cohort: str) -> list[str]:
    """The acts that are not idle while an application and the cohort are in these states."""
    return [name for name, states in _WHEN.items() if {application, cohort} & set(states.split())]


def natural_acts(state: str) -> Iterator[tuple[str, int]]:
    """What is done next with an application in this state, and by which juror."""
    yield from {
        "draft": [("signs", 0), ("submit", 0)],
        "returned": [("signs", 0), ("resubmit", 0)],
        "submitted": [("endorse", 0)],
        "endorsed": [("confirm_city", 0), ("find_eligible", 0)],
        "eligible": [("freeze", 0), ("assign", 1), ("assign", 2)],
        "in_review": [("declare", 1), ("review", 1), ("declare", 2), ("review", 2)],
    }.get(state, [])


def natural_end() -> tuple[str, ...]:
    """What is done with a call once its files are read, in this order."""
    return ("recommend", "propose_all", "approve_all", "create_cohort", "set_instant", "lock", "arm")
