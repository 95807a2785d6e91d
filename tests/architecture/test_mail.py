"""Every message that the code can queue has words, recipients, a name, links that lead somewhere, and a silent subject."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from flask import Flask
from jinja2 import meta

from gnlc_apply.core.catalogues import CLOSE, OPEN
from gnlc_apply.mail import kinds
from gnlc_apply.mail.recipients import RECIPIENTS
from gnlc_apply.mail.render import LETTERS, _environment, render
from gnlc_apply.queries.embargoed.letter_texts import FIRST_TEXTS
from gnlc_apply.queries.embargoed.letters import MAIL_KINDS
from gnlc_apply.workflow.application import APPLICATION
from gnlc_apply.workflow.calibration import CALIBRATION
from gnlc_apply.workflow.call import CALL
from gnlc_apply.workflow.cohort import COHORT
from tests.architecture.source import ROOT, modules

FOLDER = ROOT / "templates" / "mail"
WRITTEN = sorted(path.stem for path in FOLDER.glob("[a-z]*.txt"))
# Functions that queue a message and take its kind as a literal.
QUEUEING = {"announce", "tell", "_tell", "tell_jurors", "Message", "Letter"}
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)+|test|armed|held|lapsed|released|disarmed|announced|signed|invitation")
# A telephone shows the subject on its lock screen: it must not tell how the application ended.
DECISION = re.compile(
    r"admi(?:t|ss)|approv|accept|reject|declin|refus|success|congrat|regret|sorry|welcome|unfortunat", re.IGNORECASE
)

# What CLDR writes: moments, days, the country of the example; and addresses.
_MADE = re.compile(r"https?://\S+|\d+ \w+ \d{4}(?:, [\d:]+ \([A-Z0-9:+-]+\))?|Portugal")

VALUES: dict[str, object] = {
    "days": 7,
    "number": 3,
    "count": 3,
    "quota": 3,
    "hours": 48,
    "country": "PRT",
    "countries": ["PRT"],
    "time_zone": "Etc/GMT+12",
    "places": ["Évora", "Gaza"],
    "cities": ["Évora"],
    "role": "officer",
    "outstanding": 2,
    "signatories": ["Ana", "Luís"],
    "missing": ["Évora"],
    "is_on_paper": False,
    "is_signed": False,
    "keys": ["city.mayor"],
}


def queued(tree: ast.AST) -> set[str]:
    """The kinds named in calls that queue messages."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in QUEUEING:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
            literals = [part for argument in [*node.args[1:4], *named] for part in ast.walk(argument)]
            found |= {part.value for part in literals if isinstance(part, ast.Constant) and isinstance(part.value, str)}
            # Whoever queues by the class gives the kind first.
            if name == "Message" and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return {kind for kind in found if _KIND.fullmatch(kind)}


@cache
def all_kinds() -> tuple[str, ...]:
    """Every kind: of the workflow, of its recipients, of the letters, and those named in services."""
    named: set[str] = {*RECIPIENTS, *MAIL_KINDS.values()}
    for life in (APPLICATION, CALL, CALIBRATION, COHORT):
        named |= {mail for transition in life.transitions for mail in transition.mails}
    for name, tree in modules().items():
        if name.startswith("services/"):
            named |= queued(tree)
    return tuple(sorted(named))


def example(name: str) -> object:
    """A value that fits a variable of this name."""
    if name in VALUES:
        return VALUES[name]
    if name.endswith(("_at", "_on", "deadline", "until", "time")):
        return "2027-03-31T12:00:00+00:00"
    return "GNLC-2027-7KQ4M" if "reference" in name or name in ("cohort", "application") else f"the {name}"


def values_for(kind: str) -> dict[str, object]:
    """Values for everything that a template asks for, partials included."""
    environment = _environment("en")
    names: set[str] = set()
    waiting = [f"{kind}.txt"]
    while waiting:
        tree = environment.parse((FOLDER / waiting.pop()).read_text("utf-8"))
        names |= meta.find_undeclared_variables(tree)
        waiting += [found for found in meta.find_referenced_templates(tree) if found]
    unneeded = {"_", "gettext", "ngettext", "pgettext", "link", "language", "public_url"}
    return {name: example(name) for name in names - unneeded}


def test_there_is_mail() -> None:
    assert len(all_kinds()) > 40
    assert queued(ast.parse('tell(unit, "some_kind", row)\nMessage(kind="other_kind")\nwrite("no_kind")')) == {
        "some_kind",
        "other_kind",
    }


@pytest.mark.parametrize("kind", all_kinds())
def test_every_kind_has_words_and_a_name(kind: str) -> None:
    assert kind in WRITTEN
    assert kind in kinds.LABELS


@pytest.mark.parametrize("life", [APPLICATION, CALL, CALIBRATION, COHORT], ids=lambda life: life.noun)
def test_every_mail_of_a_transition_has_recipients(life: object) -> None:
    mails = {mail for transition in life.transitions for mail in transition.mails}  # type: ignore[attr-defined]
    assert mails <= set(RECIPIENTS)


@pytest.mark.parametrize("kind", WRITTEN)
def test_no_template_is_left_over(kind: str) -> None:
    assert kind in kinds.LABELS


def untranslatable(words: str, values: dict[str, object]) -> list[str]:
    """Words of a message in the pseudo-language that no translator could have reached."""
    found = []
    for line in words.split("\n"):
        bare = line
        while OPEN in bare and CLOSE in bare:
            bare = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", bare)
        for value in values.values():
            for part in value if isinstance(value, list) else [value]:
                bare = bare.replace(str(part), "")
        if re.search(r"[a-zA-Z]{2,}", _MADE.sub("", bare)):
            found.append(line)
    return found


def test_every_message_can_be_written_in_every_language(app: Flask) -> None:
    """No missing value, no link that leads nowhere, nothing that a translator could not reach, right to left in Arabic."""
    problems: dict[str, object] = {}
    with app.app_context():
        for kind in WRITTEN:
            values = values_for(kind)
            english, arabic, pseudo = (render(kind, language, values) for language in ("en", "ar", "en-XA"))
            wild = [] if kind.startswith(LETTERS) else untranslatable(f"{pseudo.subject}\n{pseudo.body_text}", values)
            is_sound = english.subject and "{{" not in english.body_text and arabic.direction == "rtl"
            if wild or not is_sound:
                problems[kind] = wild or english
    assert problems == {}


def test_the_check_finds_what_is_hard_wired() -> None:
    assert untranslatable("⟦Ðéåŕ Ana⟧ hello\n31 March 2027, 12:00 (UTC)\nAna", {"name": "Ana"}) == ["⟦Ðéåŕ Ana⟧ hello"]


def test_no_subject_tells_a_decision(app: Flask) -> None:
    with app.app_context():
        subjects = {
            kind: render(kind, "en", values_for(kind)).subject for kind in WRITTEN if not kind.startswith(LETTERS)
        }
    assert {kind: subject for kind, subject in subjects.items() if DECISION.search(subject)} == {}


def test_no_first_subject_of_a_letter_tells_a_decision() -> None:
    subjects = [subject for subject, _body in FIRST_TEXTS.values()]
    assert [subject for subject in subjects if DECISION.search(subject)] == []
    assert DECISION.search("Évora has been admitted")
