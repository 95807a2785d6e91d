"""A complete set of invented answers to any version of the form, as a page sends them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gnlc_apply.questionnaire import Form, Kind, Question
from gnlc_apply.questionnaire.answers import present
from gnlc_apply.scenarios import invention

Raw = dict[str, str | list[str]]


@dataclass(frozen=True)
class Place:
    """A place that applies. What is real of a real city comes from its list and the gazetteer; nothing is made up of it.

    ``quality``: of the invented application, 0 to 5; ``is_good``: whether readers find it above the standard.
    ``members``: of a consortium; the last of them signs on paper, the others by link.
    """

    name: str
    country: str
    kind: str = "city"
    latitude: float = 0.0
    longitude: float = 0.0
    population: int | None = None
    population_note: str = ""
    quality: float = 4.0
    is_good: bool = True
    signs_on_paper: bool = False
    members: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The place's own (reserved) domain."""
        return f"{invention.slug(self.name, self.country)}.example"


def invented_answers(form: Form, place: Place, year: int, *seed: object) -> dict[str, object]:
    """A value for every question that must be answered, and for most others; nothing is missing."""
    writer = _Writer(form, place, year, seed)
    groups = {"practices": 2, "focus_words": 2, "partners": 2}
    answers: dict[str, object] = {}
    for key in _keys(form, writer.known, groups):
        value = writer.answer(form.expand(key))
        if value is not None:
            answers[key] = value
    return answers


def _keys(form: Form, answers: Mapping[str, object], groups: Mapping[str, int]) -> list[str]:
    """Every question that a page would show, with so many items of each group."""
    begun = {f"{group}.{number}.x": True for group, count in groups.items() for number in range(1, count + 1)}
    return list(dict.fromkeys(question.key for question in form.concrete({**answers, **begun}) if _shown(question)))


def _shown(question: Question) -> bool:
    return question.kind is not Kind.FILES


def member_signatory(place: Place, number: int, *seed: object) -> tuple[str, str]:
    """Address and name of whoever signs for a member of a consortium."""
    return f"mayor{number}@{place.domain}", invention.person("signatory", *seed, number)


def as_sent(form: Form, answers: Mapping[str, object]) -> dict[str, Raw]:
    """The answers as the fields of pages, section by section."""
    sent: dict[str, Raw] = {}
    for key, value in answers.items():
        question = form.expand(key)
        sent.setdefault(question.section, {}).update(present(question, value))
    return sent


class _Writer:
    """Writes the answers of one place."""

    def __init__(self, form: Form, place: Place, year: int, seed: tuple[object, ...]) -> None:
        self.form, self.place, self.year, self.seed = form, place, year, seed
        self.chance: random.Random = invention.rng("answers", *seed)
        self.practices = invention.practices(3, *seed)
        self.known: dict[str, object] = self._known()

    def _known(self) -> dict[str, object]:
        place, domain = self.place, self.place.domain
        return {
            "city.name_local": place.name,
            "city.name_latin": place.name,
            "city.country": place.country,
            "city.kind": place.kind,
            "people.signs_on_paper": "yes" if place.signs_on_paper else "no",
            "city.coordinates": {
                "latitude": str(round(place.latitude, 4)),
                "longitude": str(round(place.longitude, 4)),
            },
            "city.population": self._population(),
            "city.website": f"https://www.{domain}",
            "people.signatory_name": invention.person("signatory", *self.seed),
            "people.signatory_title": "The Honourable",
            "people.signatory_function": "Mayor",
            "people.signatory_email": f"mayor@{domain}",
            "people.focal_name": invention.person("official", *self.seed),
            "people.focal_title": "Coordinator",
            "people.focal_organisation": f"Learning office of {place.name}",
            "people.focal_email": f"official@{domain}",
            "people.focal_language": "en",
            "people.office_email": f"office@{domain}",
            "people.office_name": "Town hall",
            "resources.year_from": self.year,
            "resources.year_to": self.year + 3,
            "vision.plan_link": f"https://www.{domain}/plan",
            **self._members(),
        }

    def _members(self) -> dict[str, object]:
        """The members of a consortium, and who signs for each."""
        known: dict[str, object] = {}
        for number, name in enumerate(self.place.members, start=1):
            email, signatory = member_signatory(self.place, number, *self.seed)
            is_on_paper = number == len(self.place.members)
            asked, signs = f"constituents.{number}", f"constituent_signatories.{number}"
            known |= {
                f"{asked}.name_local": name,
                f"{asked}.name_latin": name,
                f"{asked}.population": {"basis": "none"},
            }
            known |= {f"{signs}.name": signatory, f"{signs}.function": "Mayor"}
            known |= {f"{signs}.signs_on_paper": "yes"} if is_on_paper else {f"{signs}.email": email}
            known.setdefault(f"{signs}.signs_on_paper", "no")
        return known

    def _population(self) -> dict[str, object]:
        if self.place.population is None:
            return {"basis": "none"}
        known: dict[str, object] = {"value": str(self.place.population), "year": self.year - 1, "basis": "city"}
        return {**known, "note": self.place.population_note} if self.place.population_note else known

    def answer(self, question: Question) -> object:
        """A value that fits the question, or None to leave it open."""
        value = self._answer(question)
        if question.kind is Kind.YEAR and isinstance(value, int):
            return max(question.year_from, min(question.year_to, value))
        return value

    def _answer(self, question: Question) -> object:
        if question.key in self.known:
            return self.known[question.key]
        if question.group == "practices" and question.number is not None:
            practised = self._of_practice(question, self.practices[question.number - 1])
            if practised is not None:
                return practised
        if question.group == "focus_words" and question.kind is Kind.CHOICE:
            return question.choices[
                (self.chance.randrange(6) * 2 + (question.number or 0)) % len(question.choices)
            ].value
        writer = _BY_KIND.get(question.kind)
        return writer(self, question) if writer is not None else None

    def _of_practice(self, question: Question, told: list[str]) -> object:
        title, done, changed, audience, partners = told
        name = question.key.rpartition(".")[2]
        marker = str(invention.bank()["marker"])
        words = {
            "title": title,
            "description": f"{done} {marker}",
            "results": f"{changed} {marker}",
            "audience": audience,
            "partners": partners,
            "link": f"https://www.{self.place.domain}/practice-{question.number}",
            "publish": "yes",
        }
        return words.get(name)

    def words(self, question: Question) -> str:
        """An invented text within the question's limit."""
        key = "focus_words" if question.group == "focus_words" else question.key
        return invention.text(key, self.place.name, question.word_limit or 60, question.key, *self.seed)

    def choice(self, question: Question) -> str:
        """One of the answers offered, the first ones more often."""
        offered = [choice.value for choice in question.choices]
        return offered[min(int(self.chance.expovariate(1.2)), len(offered) - 1)]

    def choices(self, question: Question) -> list[str]:
        """A few of the answers offered, in the form's order, without the last one (which says "not yet")."""
        offered = [choice.value for choice in question.choices][:-1]
        wanted = set(self.chance.sample(offered, k=min(len(offered), self.chance.randint(2, 4))))
        return [value for value in offered if value in wanted]

    def figure(self, question: Question) -> dict[str, object]:
        """For a real city no figure is made up but the one of its practices; for an invented one nothing is real anyway."""
        if question.group == "practices":
            return {"value": str(self.chance.randrange(80, 4000)), "year": self.year - 1, "basis": "city"}
        return {"basis": "none"}

    def rating(self, question: Question) -> int:
        """A city's view of itself: near its quality."""
        return max(1, min(5, round(self.place.quality + self.chance.gauss(0, 0.7))))


_BY_KIND: Mapping[Kind, Callable[[_Writer, Question], object]] = {
    Kind.LONG_TEXT: _Writer.words,
    Kind.CHOICE: _Writer.choice,
    Kind.CHOICES: _Writer.choices,
    Kind.FIGURE: _Writer.figure,
    Kind.RATING: _Writer.rating,
    Kind.CONFIRM: lambda _writer, _question: True,
    Kind.NUMBER: lambda writer, _question: writer.chance.randint(1, 24),
    Kind.YEAR: lambda writer, _question: writer.year - writer.chance.randint(1, 9),
    Kind.NAME: lambda writer, question: invention.person(question.key, *writer.seed),
}
