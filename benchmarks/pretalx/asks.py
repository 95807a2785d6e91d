"""The pages of pretalx that do the work of ours, and what they are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from benchmarks.client import Ask, Client
from benchmarks.pretalx.installed import Filled

PAGE = {"Accept": "text/html"}
# What pretalx shows of a list at once.
PAGE_SIZE = 250
ACCEPTED = 64
EXPORTED = ("score", "text", "created", "updated", "submission_id", "submission_title", "user_name", "user_email")
Prepare = Callable[["Scene", int], Sequence[Ask]]


@dataclass
class Scene:
    """What was filled in, and a connection to prepare requests with."""

    filled: Filled
    client: Client
    submissions: int
    turn: int = 0
    accepted: int = 0

    def form(self, ask: Ask) -> list[tuple[str, str]]:
        """What a browser would send of the form at this address, with the cookie of its token added by ``sent``."""
        fields = FormFields()
        fields.feed(self.client.expect(ask).text)
        return fields.given()

    def sent(self, opened: Ask, fields: Sequence[tuple[str, str]], status: int = 302) -> Ask:
        """The request that sends these fields. A token that is its own cookie's is how Django's check is passed."""
        token = dict(fields)["csrfmiddlewaretoken"]
        cookie = f"{opened.cookie}; pretalx_csrftoken={token}"
        return replace(opened, cookie=cookie, form=tuple(fields), status=status)


class FormFields(HTMLParser):
    """The fields of the last form of a page that posts and has more than a token."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._forms: list[list[tuple[str, str]]] = []
        self._is_posting = False
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field and its value."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_posting = given.get("method", "").lower() == "post"
            if self._is_posting:
                self._forms.append([])
        name = given.get("name", "")
        if not (self._is_posting and name) or "disabled" in given or "__prefix__" in name:
            return
        if tag == "input" and self._is_sent(given):
            self._forms[-1].append((name, given.get("value", "on")))
        elif tag == "textarea":
            self._open = name
            self._forms[-1].append((name, ""))

    @staticmethod
    def _is_sent(given: dict[str, str]) -> bool:
        kind = given.get("type", "text")
        if kind in {"radio", "checkbox"}:
            return "checked" in given
        return kind not in {"file", "submit", "button"}

    def handle_data(self, data: str) -> None:
        """Note what stands in a text field."""
        if self._open:
            name, text = self._forms[-1][-1]
            self._forms[-1][-1] = (name, text + data)

    def handle_endtag(self, tag: str) -> None:
        """A text field or a form ends."""
        if tag == "textarea":
            self._open = ""
        elif tag == "form":
            self._is_posting = False

    def given(self) -> list[tuple[str, str]]:
        """All fields with their values."""
        return max(self._forms, key=len)


def same(path: str) -> Prepare:
    """This page, as anybody."""
    return lambda scene, count: [Ask(path.format(f=scene.filled), headers=PAGE)] * count


def listed(scene: Scene, count: int) -> list[Ask]:
    """Public pages of single proposals."""
    codes = scene.filled.listed
    return [Ask(f"/{scene.filled.event}/talk/{codes[n % len(codes)]}/", headers=PAGE) for n in range(count)]


def own(scene: Scene, count: int) -> list[Ask]:
    """Own proposals, each time of somebody else."""
    cookies = scene.filled.speakers
    return [
        Ask(f"/{scene.filled.event}/me/submissions/", cookies[n % len(cookies)], headers=PAGE) for n in range(count)
    ]


def form(scene: Scene, count: int) -> list[Ask]:
    """The form of an own proposal."""
    people = list(zip(scene.filled.speakers, scene.filled.speakers_codes, strict=True))
    chosen = [people[n % len(people)] for n in range(count)]
    return [Ask(f"/{scene.filled.event}/me/submissions/{code}/", cookie, headers=PAGE) for cookie, code in chosen]


def reviewing(scene: Scene, count: int) -> list[Ask]:
    """A reviewer's page of what there is to read."""
    return [_orga(scene, "reviews/", scene.filled.reviewers[n % len(scene.filled.reviewers)]) for n in range(count)]


def review(scene: Scene, count: int) -> list[Ask]:
    """A review that was given, to be changed."""
    chosen = [scene.filled.read[n % len(scene.filled.read)] for n in range(count)]
    return [_orga(scene, f"submissions/{code}/reviews/", scene.filled.reviewers[who]) for who, code in chosen]


def ranking(scene: Scene, count: int) -> list[Ask]:
    """Every page of the organiser's list, best first; together they show what our one page shows."""
    pages = -(-scene.submissions // PAGE_SIZE)
    turns = [_orga(scene, f"reviews/?page={page}", scene.filled.organiser) for page in range(1, pages + 1)]
    return turns * count


def saving(opening: Prepare, field: str) -> Prepare:
    """Open each page, change one text, and send everything that stands in the form."""

    def prepare(scene: Scene, count: int) -> list[Ask]:
        scene.turn += 1
        made = []
        for number, opened in enumerate(opening(scene, count)):
            text = f"Written at turn {scene.turn}, page {number}. " + "lifelong learning in our city " * 20
            fields = [(name, text if name == field else value) for name, value in scene.form(opened)]
            made.append(scene.sent(opened, fields))
        return made

    return prepare


def accepting(scene: Scene, count: int) -> list[Ask]:
    """Accept 64 proposals in one act, others each time. It is answered by the list itself, which is part of what it costs."""
    made, opened = [], _orga(scene, "reviews/", scene.filled.organiser)
    token = [pair for pair in scene.form(opened) if pair[0] == "csrfmiddlewaretoken"]
    for _ in range(count):
        codes = scene.filled.codes[scene.accepted : scene.accepted + ACCEPTED]
        scene.accepted += len(codes)
        made.append(scene.sent(opened, [*token, *((f"s-{code}", "accept") for code in codes)], status=200))
    return made


def exporting(kind: str) -> Prepare:
    """All reviews in a file."""

    def prepare(scene: Scene, count: int) -> list[Ask]:
        opened = _orga(scene, "reviews/export/", scene.filled.organiser)
        token = [pair for pair in scene.form(opened) if pair[0] == "csrfmiddlewaretoken"]
        chosen = [("target", "all"), ("export_format", kind), *((name, "on") for name in EXPORTED)]
        return [scene.sent(opened, [*token, *chosen], status=200)] * count

    return prepare


def _orga(scene: Scene, path: str, cookie: str) -> Ask:
    return Ask(f"/orga/event/{scene.filled.event}/{path}", cookie, headers=PAGE)
