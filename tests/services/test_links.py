"""Personal links to sign: how long they live, and sending all that are outstanding at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, NotFound
from gnlc_apply.models import Deadline, ExtensionScope
from gnlc_apply.services import application as applications
from gnlc_apply.services import call as calls
from gnlc_apply.services import signature
from gnlc_apply.services.signature import SIGNATORY
from tests import city
from tests.questionnaire import filled
from tests.services.test_consortium import ADDRESS, AKYAZI, BOZOVA, WHOLE, Consortium, live, state_of, told
from tests.services.test_signature import ask, new_code, press

pytestmark = pytest.mark.postgres

LATER = city.COMMISSIONS + timedelta(days=7)


@pytest.fixture
def world(database: object) -> city.City:
    return city.City()


@pytest.fixture
def consortium(database: object) -> Consortium:
    """Two municipalities; the first signs by link, the second too."""
    made = Consortium()
    made.save(filled.member(BOZOVA, "Bozova", ADDRESS[BOZOVA]))
    return made


def extend(world: city.City, scope: ExtensionScope, deadline: Deadline, **whom: str) -> None:
    calls.extend(
        actor=world.officer, call=world.call, scope=scope, deadline=deadline, until_at=LATER, reason="A flood", **whom
    )


@pytest.mark.parametrize("deadline", list(Deadline))
@pytest.mark.parametrize("scope", list(ExtensionScope))
def test_a_link_lives_as_long_as_the_extension(world: city.City, scope: ExtensionScope, deadline: Deadline) -> None:
    reference = world.filled()
    token = ask(world, reference)
    with clock.at(city.COMMISSIONS + timedelta(seconds=1)):
        assert state_of(token) == "expired"
    whom = {ExtensionScope.COUNTRY: {"country": "TUR"}, ExtensionScope.CITY: {"application": reference}}
    extend(world, scope, deadline, **whom.get(scope, {}))
    with clock.at(LATER):
        assert state_of(token) == "open"
        press(token, new_code(token))
    assert live() == [WHOLE]


def test_a_link_that_ended_by_time_is_good_again_and_no_other(world: city.City) -> None:
    reference = world.filled()
    revoked = ask(world, reference)
    token = ask(world, reference)
    other = ask(world, world.filled("Another"))
    with clock.at(city.COMMISSIONS + timedelta(hours=1)):
        extend(world, ExtensionScope.CITY, Deadline.COMMISSIONS, application=reference)
        assert [state_of(one) for one in (revoked, token, other)] == ["revoked", "open", "expired"]
    with clock.at(LATER + timedelta(seconds=1)):
        assert state_of(token) == "expired"
        with pytest.raises(Conflict, match="time of this link is over"):
            signature.send_code(actor=SIGNATORY, token=token)


def test_all_who_have_no_link_are_asked_once(consortium: Consortium) -> None:
    mine = consortium.ask(AKYAZI)
    sent = signature.ask_outstanding(actor=consortium.owner, reference=consortium.file)
    assert sent == (ADDRESS[WHOLE], ADDRESS[BOZOVA])
    assert told("signature_request") == sorted(ADDRESS.values())
    assert state_of(mine) == "open"
    with pytest.raises(Conflict, match="Nobody is left"):
        signature.ask_outstanding(actor=consortium.owner, reference=consortium.file)


def test_who_signed_said_no_or_signs_on_paper_is_not_asked(consortium: Consortium) -> None:
    consortium.save(filled.member(BOZOVA, "Bozova"))
    consortium.sign(WHOLE)
    signature.decline(actor=SIGNATORY, token=consortium.ask(AKYAZI), reason="No.")
    before = told("signature_request")
    with pytest.raises(Conflict, match="Nobody is left"):
        signature.ask_outstanding(actor=consortium.owner, reference=consortium.file)
    assert told("signature_request") == before


def test_after_an_edit_those_who_had_signed_are_asked_anew(consortium: Consortium) -> None:
    consortium.sign(AKYAZI)
    consortium.save({"vision.vision": "Else."})
    assert live() == []
    sent = signature.ask_outstanding(actor=consortium.owner, reference=consortium.file)
    assert sent == tuple(ADDRESS[one] for one in (WHOLE, AKYAZI, BOZOVA))


def test_one_who_cannot_be_asked_keeps_all_links_back(consortium: Consortium) -> None:
    for _time in range(10):
        consortium.ask(BOZOVA)
    signature.revoke_request(actor=consortium.owner, reference=consortium.file, constituent=BOZOVA)
    before = told("signature_request")
    with pytest.raises(Conflict, match="Many links"):
        signature.ask_outstanding(actor=consortium.owner, reference=consortium.file)
    assert told("signature_request") == before


def test_a_stranger_asks_nobody(consortium: Consortium) -> None:
    with pytest.raises(NotFound):
        signature.ask_outstanding(actor=consortium.stranger, reference=consortium.file)
    applications.withdraw(actor=consortium.owner, reference=consortium.file, reason="")
    with pytest.raises(Conflict):
        signature.ask_outstanding(actor=consortium.owner, reference=consortium.file)
    assert told("signature_request") == []
