"""The story of one city from the start page to the registry, with every role, each on real pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from gnlc_apply.extensions import db
from gnlc_apply.scenarios import cast, invariants, places
from gnlc_apply.scenarios.applicant import Applicant
from gnlc_apply.scenarios.cast import Cast
from gnlc_apply.services import ledger
from tests.journeys import jury, roles
from tests.journeys.person import Person
from tests.journeys.site import Site
from tests.smtp_sink import Taken

CHECK = datetime(2027, 6, 2, 9, tzinfo=UTC)
READING = datetime(2027, 6, 20, 9, tzinfo=UTC)
MEETING = datetime(2027, 8, 2, 9, tzinfo=UTC)
THE_DAY_BEFORE = datetime(2027, 9, 1, 9, tzinfo=UTC)
INSTANT = datetime(2027, 9, 2, 10, tzinfo=UTC)
COHORT = "New members 2027"


class Story:
    """The people of the story, as they come in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.administrator = roles.of_the_secretariat(site, "administrator", "Adam Administrator")
        self.director = roles.of_the_secretariat(site, "director", "Dora Director")
        self.officer = roles.of_the_secretariat(site, "officer", "Ona Officer")
        self.call = roles.make_call(self.officer)
        self.commission = roles.invite_commission(site, self.administrator)
        self.reference = ""
        self.cohort = ""


def the_city_applies(story: Story) -> Person:
    """Start page, questions, eligibility, account, all twelve sections, a file, a colleague, the mayor, the receipt."""
    site = story.site
    official = Person(site, "Mehmet Kaya", "mehmet@sanliurfa.example")
    official.open("/")
    official.follow(roles.TITLE)
    official.follow("Every question, with help")
    official.reads("Good practices", "Monitoring")
    official.open(f"/calls/{story.call}")
    official.press("Check whether your city can apply")
    official.fill(country="TUR", member="no", head="yes")
    official.press("Continue")
    official.reads("Your city can apply")
    roles.register(official)
    story.reference = reference = roles.begin(official)
    roles.fill_form(official, reference)
    roles.add_file(official, reference)
    the_colleague_edits(official, reference)
    official.open(f"/applications/{reference}/check")
    official.reads("Twelve centres by 2030, and two boats.")
    official.does_not_read("still need your attention")
    roles.ask_signature(official, reference)
    signatory = roles.mayor(site)
    roles.sign(signatory)
    signatory.reads("Thank you")
    roles.submit(official, reference)
    assert official.download("Receipt as PDF").startswith(b"%PDF-")
    assert reference in site.mail(official.email)
    return official


def the_colleague_edits(official: Person, reference: str) -> None:
    """The owner invites an editor, who changes one answer."""
    colleague = Person(official.site, "Elif Demir", "elif@sanliurfa.example")
    official.open(f"/applications/{reference}/colleagues")
    official.fill(name=colleague.name, email=colleague.email, role="editor")
    official.press("Send the invitation")
    colleague.come_in(official.site.link(colleague.email))
    roles.change_answer(colleague, reference, "vision.objectives_near", "Twelve centres by 2030, and two boats.")
    colleague.reads("Saved.")


def another_city_applies(story: Story) -> Applicant:
    """A second city goes the same way by the same commands; its page is not looked at."""
    people = Cast("journey")
    people.ids[cast.OFFICER] = jury.person_id(story.officer.email)
    other = Applicant(people, story.call, places.invented(0, quality=1.5, is_good=False))
    assert other.place.country not in ("TUR", *jury.COUNTRIES)
    for act in (other.begin, other.fill, other.ask_signature, other.sign, other.submit, other.endorse):
        act()
    return other


def the_commission_endorses(story: Story) -> None:
    """By a mailed code to the desk: ranks what there is, reads, endorses."""
    story.commission.open("/commission/TUR")
    story.commission.reads("0 of 3 places used", roles.PLACE)
    roles.endorse(story.commission, story.reference)
    story.commission.open("/commission/TUR")
    story.commission.reads("1 of 3 places used", "place 1")


def nothing_is_known(story: Story, official: Person) -> None:
    """What anybody outside the secretariat sees before the announcement."""
    official.open(f"/applications/{story.reference}")
    official.reads("With the jury")
    assert official.status_of(f"/applications/{story.reference}/outcome") == 404
    assert official.status_of(f"/cohorts/{story.cohort}") == 404
    assert official.status_of(f"/cohorts/{story.cohort}.json") == 404
    assert official.page.request.get(f"{story.site.origin}/registry.json").json()["members"] == []
    story.commission.open(f"/commission/files/{story.reference}")
    story.commission.reads("With the jury")


def decide(story: Story) -> None:
    """The officer proposes what the jury recommends; the director, another person, approves."""
    officer, director, board = story.officer, story.director, f"/secretariat/calls/{story.call}/decisions"
    officer.open(board)
    officer.fill(is_everything=True)
    officer.press("Propose decisions")
    officer.reads(roles.PLACE)
    officer.press("Propose these decisions")
    officer.reads("The decisions are proposed.")
    assert officer.status_of(f"{board}/approve") == 404
    director.open(board)
    director.fill(is_everything=True)
    director.press("Approve proposals")
    director.press("Approve these decisions")
    director.reads("The decisions are approved.")


def make_the_cohort(story: Story) -> None:
    """Begun, texts written, dry run looked at, locked by the officer, armed by the director."""
    officer, director = story.officer, story.director
    officer.open(f"/secretariat/calls/{story.call}/cohort")
    officer.fill(title=COHORT)
    officer.press("Begin")
    story.cohort = officer.path.rpartition("/")[2]
    page = f"/secretariat/cohorts/{story.cohort}"
    officer.open(f"{page}/texts")
    officer.fill(
        announce_at=INSTANT.strftime("%Y-%m-%dT%H:%M"), quotation="Learning never ends.", quotation_by="The Director"
    )
    officer.press("Save")
    officer.open(f"{page}/dry-run")
    officer.reads("Becomes a member", "Not admitted", "2 applications leave the jury")
    officer.open(f"{page}/lock")
    officer.press("Lock the list")
    officer.reads("The list is locked.")
    story.site.go_to(THE_DAY_BEFORE)
    director.open(f"{page}/arm")
    director.fill(typed_title=COHORT)
    director.press("Arm")
    director.reads("The announcement is armed.")


def everybody_knows(story: Story, official: Person) -> None:
    """After the instant: registry, release, JSON, the city's outcome."""
    site = story.site
    official.open("/registry/")
    official.reads("Sanliurfa")
    official.open(f"/cohorts/{story.cohort}")
    official.reads("UNESCO Global Network of Learning Cities: one new member", "Sanliurfa", "Learning never ends.")
    public = official.page.request.get(f"{site.origin}/cohorts/{story.cohort}.json").json()
    assert [city["name"] for city in public["cities"]] == ["Sanliurfa"]
    assert len(official.page.request.get(f"{site.origin}/registry.json").json()["members"]) == 1
    official.open(f"/applications/{story.reference}/outcome")
    official.reads("Admitted to the network")


def letters_are_sent(site: Site, messages: Sequence[Taken], official: Person, other: Applicant) -> None:
    """Everybody of both cities got one letter, alone in its envelope, and no subject gives the outcome away."""
    counted = Counter(taken.recipients[0] for taken in messages)
    assert max(counted.values()) == 1
    assert {official.email, "elif@sanliurfa.example", other.owner, roles.COMMISSION} <= counted.keys()
    assert all(len(taken.recipients) == 1 for taken in site.sink.taken)
    subjects = " ".join(str(taken.message["Subject"]) for taken in messages).casefold()
    assert "admitted" not in subjects


def one_city_with_every_role(site: Site) -> Person:
    """All of it, from the first account of the secretariat to what everybody reads afterwards; the city's official."""
    story = Story(site)
    official = the_city_applies(story)
    other = another_city_applies(story)
    the_commission_endorses(story)
    site.go_to(CHECK)
    site.work()
    roles.find_eligible(story.officer, story.reference)
    other.check()
    jurors = jury.invited(story.officer, story.call)
    site.go_to(READING)
    jury.assigned(story.officer, story.call, story.reference)
    for juror in jurors:
        jury.reads_everything(juror, {roles.PLACE: 4})
    site.go_to(MEETING)
    # The standard starts from adjusted averages, which the worker computes.
    site.work()
    jury.confirms(jurors[0], story.call)
    decide(story)
    make_the_cohort(story)
    nothing_is_known(story, official)
    site.work()
    nothing_is_known(story, official)
    before = len(site.sink.taken)
    site.go_to(INSTANT)
    site.work()
    letters_are_sent(site, site.sink.taken[before:], official, other)
    everybody_knows(story, official)
    with db.reading() as session:
        verdict = ledger.verify(session)
    assert verdict.first_broken is None
    assert invariants.broken() == []
    return official
