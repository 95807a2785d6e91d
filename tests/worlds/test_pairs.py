"""Pairs of worlds that differ in one secret only, and must look alike to everybody who must not know it.

Secrets: a recommendation, a proposal, an approval, the feedback to a city, the lock and the arming of the list, who reads a file, a score with its
words, a calibration score, a conflict of interest; the last three also after the announcement, for the cities for ever. Compared: status,
headers, body, number of statements, log lines; rows of applications, mail with its envelope, what ``gnlc doctor`` says.

``pytest tests/worlds/test_pairs.py`` asks for 500 answers of each kind of secret, which takes a minute; ``./dev prove``
asks for all there are, some sixty thousand pairs, which takes ten minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import func, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Decision, Outcome
from tests import proof
from tests.conftest import NOW
from tests.worlds import ground as acts
from tests.worlds.asking import Answer, Asked, answers, chosen, differences, everything
from tests.worlds.ground import Ground, built, copied, opened
from tests.worlds.outside import rows_and_mail, said_by_doctor

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900)]

CITIES = ("owner of Kisumu", "editor of Kisumu", "viewer of Kisumu", "owner of Cusco")
OUTSIDE = ("public", *CITIES, "Commission of Kenya", "Commission of Peru", "administrator")
# Jurors who have nothing to do with Kisumu: another file's reader, one with a tie, one who left.
APART = ("Diego Juror", "Farid Juror", "Gustav Juror")
JURORS = ("Basel Juror", "Chitra Juror", *APART)


@pytest.fixture(scope="module")
def ground(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with clock.at(NOW):
        yield built(sqlite_template, tmp_path_factory.mktemp("pairs"))
    db.close()


@pytest.fixture(scope="module")
def read(ground: Ground) -> Ground:
    """Everybody has read."""
    return copied(ground, "read", acts.everybody_reads)


@pytest.fixture(scope="module")
def met(read: Ground) -> Ground:
    """The jury has met; every file is recommended."""
    return copied(read, "met", acts.recommended)


@pytest.fixture(scope="module")
def decided(met: Ground) -> Ground:
    """All are approved; the list is open."""
    return copied(met, "decided", acts.proposed, acts.approved)


def seen(world: Ground, asked: list[Asked], planted: Callable[[Flask], None] | None = None) -> dict[Asked, Answer]:
    """What everybody is answered in this world."""
    app = opened(world)
    if planted is not None:
        planted(app)
    found = answers(app, world, asked)
    db.close()
    return found


def asked_of(world: Ground, roles: tuple[str, ...], sample: int, seed: int) -> list[Asked]:
    """What these roles ask: a part of it in an ordinary run."""
    app = opened(world)
    every = everything(app, world, roles)
    db.close()
    return chosen(every, None if proof.IS_WHOLE else sample, seed)


def _apart(one: Answer, two: Answer) -> dict[str, tuple[object, object]]:
    """In what two answers differ."""
    parts = {name: (getattr(one, name), getattr(two, name)) for name in Answer.__dataclass_fields__}
    return {name: pair for name, pair in parts.items() if pair[0] != pair[1]}


def look_alike(one: Ground, two: Ground, roles: tuple[str, ...], *, sample: int, seed: int) -> None:
    """Fail, naming them, on answers, rows, mail and reports by which these roles could tell the worlds apart."""
    asked = asked_of(one, roles, sample, seed)
    before, after = seen(one, asked), seen(two, asked)
    told = differences(before, after)
    proof.reached("world_pairs", len(asked) - len(told), wrong=len(told))
    assert [(asked, _apart(before[asked], after[asked])) for asked in told] == []
    readable = Counter(asked.role for asked, answer in before.items() if answer.status == 200)
    assert {role for role in roles if not readable[role]} == set()
    assert len(asked) >= sample
    assert [asked for asked, answer in before.items() if answer.status >= 500] == []
    assert rows_and_mail(one, roles) == rows_and_mail(two, roles)
    assert said_by_doctor(one) == said_by_doctor(two)


def _count_approved(app: Flask) -> None:
    """A leak such as it must never be: a count of approved cities, in one header."""

    @app.after_request
    def leak(response: Response) -> Response:
        approved = select(func.count(Decision.id)).where(Decision.outcome == Outcome.APPROVED)
        response.headers["X-Rows"] = str(db.reader.scalar(approved))
        return response


def test_the_comparison_bites(met: Ground) -> None:
    one, two = copied(met, "bite-1", acts.proposed), copied(met, "bite-2", partial(acts.proposed, refused="Kisumu"))
    asked = asked_of(one, ("public",), 40, 1)[:40]
    assert len(differences(seen(one, asked, _count_approved), seen(two, asked, _count_approved))) == len(asked)


def test_a_recommendation_is_seen_by_nobody_outside(read: Ground) -> None:
    one = copied(read, "recommended-1", acts.recommended)
    two = copied(read, "recommended-2", partial(acts.recommended, against="Kisumu"))
    look_alike(one, two, (*OUTSIDE, *JURORS), sample=220, seed=11)


def test_a_proposal_is_seen_by_nobody_outside(met: Ground) -> None:
    one, two = copied(met, "proposed-1", acts.proposed), copied(met, "proposed-2")
    look_alike(one, two, (*OUTSIDE, *JURORS, "Amina Chair"), sample=170, seed=12)


def test_an_approval_is_seen_by_nobody_outside(decided: Ground, met: Ground) -> None:
    refused = copied(met, "approved-2", partial(acts.proposed, refused="Kisumu"), acts.approved)
    # Asking leaves traces (who has opened what): no world is asked that others part from.
    look_alike(copied(decided, "approved-1"), refused, (*OUTSIDE, *JURORS, "Amina Chair"), sample=260, seed=13)


def test_calibration_scores_are_seen_by_nobody_whose_own_are_not_in(ground: Ground) -> None:
    asked = copied(ground, "calibrating", acts.calibrating)
    one = copied(asked, "calibrated-1", partial(acts.calibrated, value=2))
    two = copied(asked, "calibrated-2", partial(acts.calibrated, value=4, words="Better than it looks."))
    jury = ("Basel Juror", "Chitra Juror", *APART, "Amina Chair")
    page = [Asked(role, "GET", f"/en/jury/calls/{asked.call}/calibration") for role in jury]
    # Only Basel, whose own scores are in, sees them: the others' pages say the same in both worlds.
    assert differences(seen(one, page), seen(two, page)) == page[:1]
    look_alike(one, two, (*OUTSIDE, *jury[1:]), sample=170, seed=20)


def test_feedback_is_seen_by_nobody_outside(met: Ground) -> None:
    refused = (partial(acts.proposed, refused="Kisumu"), acts.approved)
    one = copied(met, "told-1", *refused)
    two = copied(met, "told-2", *refused, partial(acts.told, words="The fund is what is missing."))
    look_alike(one, two, (*OUTSIDE, *JURORS, "Amina Chair"), sample=260, seed=19)


def test_after_the_announcement_feedback_is_read_by_its_city_alone(met: Ground) -> None:
    others = ("public", "owner of Cusco", "Commission of Kenya", "Commission of Peru", "administrator")
    worlds = []
    for number, words in enumerate(("The plan is clear.", "The fund is what is missing.")):
        told = (partial(acts.proposed, refused="Kisumu"), acts.approved, partial(acts.told, words=words))
        worlds.append(copied(met, f"told-after-{number}", *told, acts.locked, acts.armed, acts.announced))
    one, two = worlds
    with clock.at(NOW + timedelta(days=1)):
        asked = [Asked("owner of Kisumu", "GET", f"/en/applications/{one.files['Kisumu']}/outcome")]
        assert len(differences(seen(one, asked), seen(two, asked))) == 1
        look_alike(one, two, others, sample=120, seed=20)


def test_a_locked_and_armed_list_is_seen_by_nobody_outside(decided: Ground) -> None:
    armed = copied(decided, "locked-2", acts.locked, acts.armed)
    look_alike(copied(decided, "locked-1"), armed, (*OUTSIDE, *JURORS, "Amina Chair"), sample=500, seed=14)


def test_who_reads_a_file_is_seen_by_nobody_apart(ground: Ground) -> None:
    one = copied(ground, "reader-1", partial(acts.reads, place="Kisumu", name="Basel Juror", value=4))
    another = partial(acts.reads, place="Kisumu", name="Elena Juror", value=4)
    two = copied(ground, "reader-2", acts.another_reader, another)
    look_alike(one, two, (*OUTSIDE, *APART), sample=250, seed=15)


def test_a_score_is_seen_by_nobody_who_has_not_scored(ground: Ground) -> None:
    high = partial(acts.reads, place="Kisumu", name="Basel Juror", value=5, words="Outstanding in every way.")
    low = partial(acts.reads, place="Kisumu", name="Basel Juror", value=1, words="Nothing of it convinces.")
    one, two = copied(ground, "score-1", high), copied(ground, "score-2", low)
    # Chitra reads Kisumu as well and has not submitted: blind until then.
    look_alike(one, two, (*OUTSIDE, *APART, "Chitra Juror"), sample=330, seed=16)


def test_a_conflict_is_seen_by_nobody_apart(ground: Ground) -> None:
    one, two = copied(ground, "conflict-1", acts.conflict_of_basel), copied(ground, "conflict-2")
    look_alike(one, two, (*OUTSIDE, *APART, "Chitra Juror"), sample=250, seed=17)


def _to_the_end(world: Ground) -> None:
    refused = partial(acts.proposed, refused="Kisumu")
    told = (acts.drafted, acts.locked, acts.armed)
    for act in (acts.everybody_reads, acts.recommended, refused, acts.approved, *told):
        act(world)
    acts.announced(world)


@pytest.mark.parametrize("secret", ["reader", "score", "conflict"])
def test_after_the_announcement_the_jury_stays_unknown(ground: Ground, secret: str) -> None:
    basel = partial(acts.reads, place="Kisumu", name="Basel Juror", value=4)
    pairs: dict[str, tuple[tuple[Callable[[Ground], None], ...], ...]] = {
        "reader": ((basel,), (acts.another_reader,)),
        "score": ((basel,), (partial(acts.reads, place="Kisumu", name="Basel Juror", value=5, words="Outstanding."),)),
        "conflict": ((basel,), (acts.conflict_of_basel,)),
    }
    first, second = pairs[secret]
    one = copied(ground, f"{secret}-after-1", *first, _to_the_end)
    two = copied(ground, f"{secret}-after-2", *second, _to_the_end)
    with clock.at(NOW + timedelta(days=1)):
        look_alike(one, two, OUTSIDE, sample=250, seed=18)
