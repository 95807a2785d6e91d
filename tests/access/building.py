"""The ground of the access matrix built: an object in every state, a person in every role, through the commands.

The main city lies in Kenya. One and the same owner, editor and viewer have a file of it in each of the thirteen states;
a neighbour in Kenya, a city abroad and a file of another call stand beside them, for whoever reads across the fence.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Outcome, State, StateStatus
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.scenarios import invented_files
from gnlc_apply.services import application as applications
from gnlc_apply.services import cohort as cohorts
from gnlc_apply.services import decision, endorsement, endorsement_times, recommendation, screening
from tests.access import populace
from tests.access.ground import Ground
from tests.city import fill, open_call
from tests.conftest import NOW
from tests.desk import WHO, sign
from tests.jury_world import STATES, Jury, add_file

QUOTA = 20
SITE = {"city__website": "https://city.example/"}
LAST_YEAR = datetime(2026, 3, 1, 9, tzinfo=UTC)
EARLIER = datetime(2027, 2, 5, 9, tzinfo=UTC)


class Round(Jury):
    """One call beside others, with the same secretariat."""

    def __init__(self, who: populace.People, places: dict[str, tuple[str, str]], **settings: Any) -> None:
        self.officer, self.director = who["officer"], who["director"]
        self.call = open_call(self.officer, readers_per_file=2, quota=QUOTA, **settings)
        with db.reading() as session:
            self.call_id = session.scalars(select(Call.id).where(Call.reference == self.call)).one()
        self.files = {name: add_file(self.call_id, land, name, slug) for name, (land, slug) in places.items()}
        self.jurors: dict[str, str] = {}

    def under_way(self, prefix: str, chair_country: str = "SEN") -> list[Actor]:
        """Cities confirmed, a jury of four, everything assigned and the guide frozen."""
        for reference in self.files.values():
            screening.confirm_city(actor=self.officer, reference=reference, city=None)
        lands = {"Chair": chair_country, "Basel": "JOR", "Chitra": "IND", "Diego": "MEX"}
        jurors = [self.add_juror(f"{prefix} {n}", land, is_chair=n == "Chair") for n, land in lands.items()]
        self.assign_all()
        self.freeze()
        return jurors

    def decided(self, jurors: list[Actor], refused: str = "") -> None:
        """Read, recommended, proposed and approved; ``refused`` is the one that is not."""
        self.review_all(jurors)
        recommendation.confirm(
            actor=jurors[0],
            call=self.call,
            recommendations=dict.fromkeys(self.files.values(), (True, "")),
            present=[jurors[0].name],
            recusals={},
            words="All were discussed.",
            held_on=clock.today(),
        )
        no = self.files.get(refused)
        outcomes = {r: Outcome.NOT_APPROVED if r == no else Outcome.APPROVED for r in self.files.values()}
        decision.prepare(actor=self.officer, outcomes=outcomes, reasons={no: "No resources."} if no else {})
        decision.approve(actor=self.director, references=list(outcomes))

    def cohort(self, title: str, announce_at: datetime) -> str:
        """The cohort of this call."""
        return cohorts.create(actor=self.officer, call=self.call, title=title, announce_at=announce_at)


def build(path: Path) -> Ground:
    """Everything, on an open and empty database at ``path``; the clock stands at NOW."""
    ground = Ground(path)
    with db.writing() as session:
        rows = [{"iso3": c, "region": r, "status": StateStatus.MEMBER} for c, r in STATES.items()]
        session.execute(insert(State), rows)
    with clock.at(LAST_YEAR):
        who = populace.secretariat()
        past = _announced_last_year(ground, who)
    with clock.at(EARLIER):
        late = _late(ground, who)
    now = _running(ground, who)
    _on_the_way(ground, who)
    _to_be_announced(ground, who)
    applications.expire_drafts(actor=SYSTEM, call=late.call)
    endorsement_times.leave_unanswered(actor=SYSTEM, call=late.call)
    populace.colleagues(ground, who)
    populace.jury(ground, who, past, now, late)
    populace.let_in(ground, who)
    return ground


def _announced_last_year(ground: Ground, who: populace.People) -> Round:
    """A call that is over: one city admitted, one not, and one abroad."""
    places = {"Nyeri": ("KEN", "kisumu"), "Thika": ("KEN", "kisumu"), "Ica": ("PER", "cusco")}
    past = Round(
        who,
        places,
        title="Call for applications 2026",
        year=2026,
        opens_at=datetime(2026, 2, 1, 8, tzinfo=UTC),
        deadline_at=datetime(2026, 4, 30, 12, tzinfo=UTC),
        commission_deadline_at=datetime(2026, 5, 31, 12, tzinfo=UTC),
        results_promised_on=date(2026, 11, 1),
    )
    jurors = past.under_way("Former")
    past.decided(jurors, refused="Thika")
    instant = LAST_YEAR + timedelta(days=1)
    cohort = past.cohort("New members 2026", instant)
    cohorts.lock(actor=who["officer"], cohort=cohort)
    cohorts.arm(actor=who["director"], cohort=cohort, typed_title="New members 2026")
    with clock.at(instant):
        cohorts.announce(actor=SYSTEM, cohort=cohort)
    ground.calls["past"], ground.cohorts["announced"] = past.call, cohort
    ground.files |= {"admitted": past.files["Nyeri"], "not_admitted": past.files["Thika"]}
    return past


def _late(ground: Ground, who: populace.People) -> Round:
    """A second call that runs: its deadlines have passed, its jury reads; its chair is recused from the Kenyan file."""
    late = Round(
        who,
        {"Mombasa": ("KEN", "kisumu"), "Piura": ("PER", "cusco")},
        title="Second call 2027",
        deadline_at=EARLIER + timedelta(days=10),
        commission_deadline_at=EARLIER + timedelta(days=15),
    )
    owner = populace.by_email("owner@kisumu.example")
    drafted = applications.begin(actor=owner, call=late.call, country="KEN", place_name="Garissa")
    waiting = _submitted(owner, late.call, "Kitale")
    late.under_way("Late", chair_country="KEN")
    ground.calls["late"], ground.cohorts["late"] = late.call, late.cohort("Late", NOW + timedelta(days=90))
    ground.files |= {"expired": drafted, "unanswered": waiting, "other_call": late.files["Mombasa"]}
    return late


def _running(ground: Ground, who: populace.People) -> Round:
    """The call that is open to cities and with the jury at once. The main file has an attachment."""
    now = Round(who, {"Nakuru": ("KEN", "nakuru"), "Cusco": ("PER", "cusco"), "Okayama": ("JPN", "okayama")})
    main = _submitted(populace.by_email("owner@kisumu.example"), now.call, "Kisumu", is_signed=True, has_file=True)
    endorsement.endorse(actor=who["commission"], reference=main, **WHO)
    screening.confirm_city(actor=who["officer"], reference=main, city=None)
    screening.find_eligible(actor=who["officer"], reference=main)
    now.under_way("Now")
    now.files["Kisumu"] = main
    ground.calls["now"], ground.cohorts["preparing"] = now.call, now.cohort("Now", NOW + timedelta(days=90))
    eligible = add_file(now.call_id, "KEN", "Eldoret", "kisumu")
    screening.confirm_city(actor=who["officer"], reference=eligible, city=None)
    ground.files |= {"in_review": now.files["Kisumu"], "neighbour": now.files["Nakuru"]}
    ground.files |= {"abroad": now.files["Cusco"], "eligible": eligible}
    return now


def _submitted(owner: Actor, call: str, place: str, *, is_signed: bool = False, has_file: bool = False) -> str:
    reference = applications.begin(actor=owner, call=call, country="KEN", place_name=place)
    if has_file:
        attach(owner, reference)
    fill(owner, reference, city__country="KEN", city__name_latin=place, city__name_local=place, **SITE)
    applications.submit(actor=owner, reference=reference)
    if is_signed:
        sign(reference)
    return reference


def _on_the_way(ground: Ground, who: populace.People) -> None:
    """The states before the jury, in the running call."""
    owner, call, officer = populace.by_email("owner@kisumu.example"), ground.calls["now"], who["officer"]
    files = {"draft": applications.begin(actor=owner, call=call, country="KEN", place_name="Lamu")}
    ground.things["removed"] = attach(owner, files["draft"])
    applications.remove_attachment(actor=owner, reference=files["draft"], attachment=ground.things["removed"])
    files["submitted"] = _submitted(owner, call, "Voi", has_file=True)
    for place, name in (("Embu", "endorsed"), ("Isiolo", "not_endorsed"), ("Busia", "withdrawn")):
        files[name] = _submitted(owner, call, place)
    for place, name in (("Meru", "ineligible"), ("Wajir", "returned")):
        files[name] = _submitted(owner, call, place, is_signed=True)
    commission = who["commission"]
    endorsement.endorse(actor=commission, reference=files["endorsed"], **WHO)
    endorsement.decline(actor=commission, reference=files["not_endorsed"], reason="Not now.", **WHO)
    applications.withdraw(actor=owner, reference=files["withdrawn"], reason="Next time.")
    endorsement.endorse(actor=commission, reference=files["ineligible"], **WHO)
    screening.confirm_city(actor=officer, reference=files["ineligible"], city=None)
    screening.find_ineligible(actor=officer, reference=files["ineligible"], reason="No unit of its own.")
    due = NOW + timedelta(days=20)
    screening.return_questions(
        actor=officer, reference=files["returned"], keys=["vision.vision"], message="Which year?", due_at=due
    )
    ground.files |= files
    ground.things["request"] = screening.ask(
        actor=officer, reference=files["endorsed"], message="Who pays?", due_at=due
    )


def _to_be_announced(ground: Ground, who: populace.People) -> None:
    """Two more calls, decided: the list of one is locked, the announcement of the other armed; and one not yet open."""
    for name, place in (("locked", "Tacna"), ("armed", "Puno")):
        call = Round(who, {place: ("PER", f"{name}.city")}, title=f"Call {name}")
        call.decided(call.under_way(name.title()))
        cohort = call.cohort(f"Members {name}", NOW + timedelta(days=2))
        cohorts.lock(actor=who["officer"], cohort=cohort)
        if name == "armed":
            stand_by = [who["stand_by"].person_id or 0]
            cohorts.arm(actor=who["director"], cohort=cohort, typed_title=f"Members {name}", stand_by=stand_by)
        ground.calls[name], ground.cohorts[name] = call.call, cohort
        ground.files[name] = call.files[place]


def attach(owner: Actor, reference: str) -> str:
    """A file attached to a draft; its reference."""
    return applications.attach(
        actor=owner,
        reference=reference,
        question_key="practices.1.files",
        name="practice.pdf",
        stream=io.BytesIO(invented_files.pdf(["A practice"])),
        caption="A morning.",
    )
