"""Acts in pairs of worlds: every form on every page that somebody outside can open is filled and sent in both worlds, in the
same order, and receipts, refusals, redirects, rows and mail must be alike.

An ordinary run takes the city's owner and one Commission, some twenty seconds; ``./dev prove`` everybody, two minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from tests import proof
from tests.conftest import NOW
from tests.worlds import ground as acts
from tests.worlds.asking import HOMES, addresses, came_in, without_marks
from tests.worlds.forms import Form, forms_of, settled
from tests.worlds.ground import Ground, built, copied, opened
from tests.worlds.outside import rows_and_mail

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900)]

SAMPLED = ("owner of Kisumu", "Commission of Kenya")
EVERYBODY = tuple(role for role in HOMES if role not in ("public", "Basel Juror", "Amina Chair"))
# What ends the session, draws a secret or changes the way in is done elsewhere.
_ELSEWHERE = ("/sign-out", "/sessions", "/second-factor", "/password", "/address")
# Withdrawing comes after everything that it ends, handing over the ownership after everything that takes an owner.
_LAST = ("/withdraw", "/leave", "/colleagues/owner")
_ACCOUNT = "/en/account"
Said = tuple[str, int, str, str]


@pytest.fixture(scope="module")
def ground(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with clock.at(NOW):
        yield built(sqlite_template, tmp_path_factory.mktemp("posts"))
    db.close()


def _forms(world: Ground, role: str) -> list[Form]:
    """Every form that acts on every page that this role can open, each once."""
    app = opened(world)
    found: dict[object, Form] = {}
    for endpoint, address in addresses(app, world):
        if not endpoint.startswith(HOMES[role]):
            continue
        given = came_in(app, world, role).get(address)
        if given.status_code == 200 and given.mimetype == "text/html":
            for form in forms_of(address, given.text):
                if not form.takes_files and not any(word in form.action for word in _ELSEWHERE):
                    found.setdefault(form.name, form)
    db.close()
    return sorted(found.values(), key=_turn)


def _turn(form: Form) -> tuple[int, object]:
    rank = next((number for number, end in enumerate(_LAST, 1) if form.action.endswith(end)), 0)
    return rank, form.name


def _sent(world: Ground, role: str, forms: list[Form], known: str) -> list[Said]:
    """What each act is answered, and the page it leads to."""
    app = opened(world)
    said = []
    for form in forms:
        client = came_in(app, world, role)
        given = client.post(form.action, data=form.values)
        _headers, body = without_marks(given)
        led = given.headers.get("Location", "")
        after = without_marks(client.get(led))[1] if led.startswith("/") else ""
        said.append((form.action, given.status_code, settled(f"{led} {body}", known), settled(after, known)))
    db.close()
    return said


def _exported(world: Ground, role: str, known: str) -> str:
    """What somebody takes out of their own data once all of that is done."""
    client = came_in(opened(world), world, role)
    form = next(f for f in forms_of(_ACCOUNT, client.get(_ACCOUNT).text) if f.action.endswith("/export"))
    given = client.post(form.action, data=form.values)
    assert (given.status_code, given.mimetype) == (200, "application/json")
    db.close()
    return settled(given.text, known)


def _act_alike(one: Ground, two: Ground, roles: tuple[str, ...]) -> list[str]:
    """Every role acts in both worlds; the addresses of the acts that were accepted."""
    accepted: list[str] = []
    known = str([one.files, one.jurors, one.call, one.cohort])
    for role in roles:
        forms, twins = _forms(one, role), _forms(two, role)
        assert [form.name for form in forms] == [form.name for form in twins]
        before, after = _sent(one, role, forms, known), _sent(two, role, twins, known)
        told = [a for a, b in zip(before, after, strict=True) if a != b]
        proof.reached("world_pairs", len(before) - len(told), wrong=len(told))
        assert told == []
        assert [said[:2] for said in before if said[1] >= 500] == []
        accepted += [said[0] for said in before if said[1] == 303]
    for role in roles:
        own, theirs = _exported(one, role, known), _exported(two, role, known)
        assert '"acts"' in own
        proof.reached("world_pairs", int(own == theirs), wrong=int(own != theirs))
        assert own == theirs
    (rows, mails), (their_rows, their_mails) = rows_and_mail(one, roles), rows_and_mail(two, roles)
    assert rows == their_rows
    assert settled(str(mails), known) == settled(str(their_mails), known)
    return accepted


def test_acts_tell_no_decision(ground: Ground) -> None:
    met = copied(ground, "met", acts.everybody_reads, acts.recommended)
    one = copied(met, "armed", acts.proposed, acts.approved, acts.locked, acts.armed)
    two = copied(met, "refused", partial(acts.proposed, refused="Kisumu"), acts.approved)
    roles = EVERYBODY if proof.IS_WHOLE else SAMPLED
    accepted = _act_alike(one, two, roles)
    assert f"/en/applications/{one.files['Kisumu']}/withdraw" in accepted
    assert len(accepted) >= 4


def test_acts_tell_no_score_and_no_juror(ground: Ground) -> None:
    one = copied(ground, "basel", partial(acts.reads, place="Kisumu", name="Basel Juror", value=5))
    low = partial(acts.reads, place="Kisumu", name="Elena Juror", value=1)
    two = copied(ground, "elena", acts.another_reader, low)
    roles = tuple(r for r in EVERYBODY if r != "Chitra Juror") if proof.IS_WHOLE else SAMPLED
    assert len(_act_alike(one, two, roles)) >= 4
