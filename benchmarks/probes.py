"""What is asked of the product and of the floor. A probe prepares its requests first; only sending them is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from benchmarks.client import Answer, Ask, fields_of
from benchmarks.floor.tables import FIELDS, PEOPLE, WORDS
from benchmarks.ground.building import Facts
from benchmarks.ground.people import token_of


class Sender(Protocol):
    """Whatever can send a request and insist on its status."""

    def expect(self, ask: Ask) -> Answer:
        """Send a request. Raises WrongAnswer for any other status than the expected one."""


@dataclass
class Scene:
    """The instance that is measured, and a way to prepare requests for it."""

    facts: Facts
    sender: Sender
    # How often each probe has been prepared, so that each time others act.
    turns: dict[str, int] = field(default_factory=dict)

    def turn(self, name: str) -> int:
        """0 at the first time, then 1, 2 and so on."""
        self.turns[name] = self.turns.get(name, -1) + 1
        return self.turns[name]


# Shorter than the limit of every question that is saved here.
SLACK = 1.3
TYPED = " ".join(WORDS.split()[:70])
Prepare = Callable[[Scene, int], Sequence[Ask]]


@dataclass(frozen=True)
class Probe:
    """One line of performance.md: which requests, beside which page of the floor, at most how much dearer."""

    name: str
    words: str
    prepare: Prepare
    against: str
    most: float
    most_statements: int
    # How many statements it takes today; the gate of each test run holds exactly these.
    statements: int
    # The ratio reached today where that is more than required, so that the gate keeps it from growing meanwhile.
    today: float | None = None
    most_ms: float | None = None
    # Requests in one round; the floor gets as many.
    requests: int = 40

    @property
    def gate(self) -> float:
        """The ratio that a run of the tests lets pass: what is required, or reached today, and 30 % for a busy machine."""
        return max(self.most, self.today or 0.0) * SLACK


def _cookie(person_id: int) -> str:
    return f"gnlc={token_of(person_id)}"


def _same(*paths: str) -> Prepare:
    """These addresses in turn, as anybody."""
    return lambda scene, count: [Ask(paths[n % len(paths)].format(f=scene.facts)) for n in range(count)]


def _official(path: str) -> Prepare:
    """A page of the city's own application, each time of another city."""

    def prepare(scene: Scene, count: int) -> list[Ask]:
        drafts = scene.facts.drafts
        chosen = [drafts[n % len(drafts)] for n in range(count)]
        return [Ask(path.format(reference=reference), _cookie(owner)) for owner, reference in chosen]

    return prepare


def _juror_home(scene: Scene, count: int) -> list[Ask]:
    jurors = scene.facts.jurors
    return [Ask("/en/jury", _cookie(jurors[n % len(jurors)])) for n in range(count)]


def _reviews(scene: Scene, count: int) -> list[Ask]:
    reviews = scene.facts.reviews
    chosen = [reviews[n % len(reviews)] for n in range(count)]
    return [Ask(f"/en/jury/files/{reference}/read", _cookie(juror)) for juror, reference in chosen]


def _officer(path: str) -> Prepare:
    def prepare(scene: Scene, count: int) -> list[Ask]:
        return [Ask(path.format(f=scene.facts), _cookie(scene.facts.officer))] * count

    return prepare


def _saving(name: str, opening: Prepare, changed: str, then: Sequence[tuple[str, str]] = ()) -> Prepare:
    """Open each page, change one text as a person would, and send everything that stands in the form."""

    def prepare(scene: Scene, count: int) -> list[Ask]:
        turn, asks = scene.turn(name), []
        for number, page in enumerate(opening(scene, count)):
            fields = fields_of(scene.sender.expect(page).text)
            text = f"{TYPED} Written at turn {turn}, page {number}."
            sent = [(key, text if key == changed else value) for key, value in fields]
            asks.append(replace(page, form=(*sent, *then), status=303))
        return asks

    return prepare


SECTION = "/en/applications/{reference}/sections/vision"
_open_section = _official(SECTION)

PROBES = (
    Probe(
        "registry_html",
        "public registry, HTML, search and filters included",
        _same(
            "/en/registry/",
            "/en/registry/?q=a",
            "/en/registry/?region=Europe+and+North+America",
            "/en/registry/?sort=-since&page=2",
        ),
        "list_60",
        1.5,
        3,
        statements=1,
    ),
    Probe("registry_json", "registry JSON, with ETag", _same("/registry.json"), "bytes", 1.5, 3, 1, requests=120),
    Probe("registry_csv", "registry CSV, with ETag", _same("/registry.csv"), "bytes", 1.5, 3, 1, requests=120),
    Probe("city_page", "city page", _same("/en/registry/{f.city}"), "home", 1.5, 3, 3, requests=60),
    Probe("cohort_page", "cohort page", _same("/en/cohorts/{f.cohort}"), "home", 1.5, 3, 2, requests=60),
    Probe("official_home", "official's home", _official("/en/applications"), "home", 1.7, 5, 2, requests=60),
    Probe("form_open", "open a form section", _open_section, "form", 2.0, 5, 4),
    Probe(
        "form_save",
        "save a form section (validation, audit, FULL)",
        _saving("form_save", _open_section, "vision.vision", [("then", "stay")]),
        "post",
        2.0,
        8,
        8,
        requests=24,
    ),
    Probe("juror_home", "juror's home, 1,000 applications in the call", _juror_home, "list_60", 4.0, 5, 2),
    Probe("review_open", "open a review", _reviews, "form", 2.0, 5, 3, requests=24),
    Probe(
        "review_save",
        "save a review",
        _saving("review_save", _reviews, "paragraph"),
        "post",
        2.0,
        8,
        8,
        requests=24,
    ),
    Probe(
        "ranking",
        "ranking, every file of the call on one page",
        _officer("/en/secretariat/calls/{f.call}/ranking"),
        "list_files",
        1.5,
        6,
        5,
        2.4,
        75.0,
        requests=4,
    ),
)


def floor_asks(name: str, count: int, files: int, forms: Sequence[tuple[str, str]]) -> list[Ask]:
    """The requests of a floor page. ``forms``: cookie and form token of people who are signed in there."""
    fixed = {
        "list_60": "/list?rows=60",
        "list_files": f"/list?rows={files}",
        "bytes": "/bytes",
        "home": "/home",
        "form": "/form",
        "hello": "/hello",
    }
    turn = [forms[n % len(forms)] for n in range(count)]
    if name == "post":
        typed = [(f"field_{n}", f"{WORDS} {n}") for n in range(FIELDS)]
        return [Ask("/form", cookie, [("csrf_token", token), *typed], 303) for cookie, token in turn]
    needs_person = name in ("home", "form")
    return [Ask(fixed[name], cookie if needs_person else "") for cookie, _token in turn]


def floor_forms(sender: Sender, count: int = 40) -> list[tuple[str, str]]:
    """Sign so many people in at the floor: the cookies of each, and the token of the form."""
    found = []
    for number in range(1, min(count, PEOPLE) + 1):
        cookie = (sender.expect(Ask(f"/in/{number}")).headers["Set-Cookie"] or "").partition(";")[0]
        page = sender.expect(Ask("/form", cookie))
        cookies = "; ".join([cookie, (page.headers["Set-Cookie"] or "").partition(";")[0]])
        found.append((cookies, dict(fields_of(page.text))["csrf_token"]))
    return found
