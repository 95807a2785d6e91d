"""A link that does not arrive: the city reads it where it sent the link, and sends another elsewhere until somebody has signed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict
from gnlc_apply.extensions import db
from gnlc_apply.models import MessageState, OutboxMessage
from gnlc_apply.queries import signature as links
from gnlc_apply.services import outbox, signature
from tests import city
from tests.services.test_signature import ask, new_code, press
from tests.signing_in import post, sign_in

WRONG, RIGHT = "mayor@no-such-town.example", "mayor@city.example"
WORDS = "could not be delivered"


@pytest.fixture
def world(client: FlaskClient) -> city.City:
    return city.City()


def hand_over(*, refused: tuple[str, ...]) -> None:
    """The worker hands over what waits; the mail servers of these addresses refuse for good."""
    while (claimed := outbox.claim(clock.now())) is not None:
        if claimed.recipient in refused:
            outbox.mark_failed(claimed, clock.now(), "550 5.1.1 no such user", is_permanent=True)
        else:
            outbox.mark_sent(claimed, clock.now(), "", "")


def states(recipient: str) -> list[MessageState]:
    with db.reading() as session:
        query = select(OutboxMessage.state).where(OutboxMessage.recipient == recipient).order_by(OutboxMessage.id)
        return list(session.scalars(query))


def state_of(token: str) -> links.LinkState:
    found = links.open_link(token).state
    db.release()
    return found


@pytest.mark.postgres
def test_the_city_reads_that_it_did_not_arrive_and_sends_another(client: FlaskClient, world: city.City) -> None:
    reference = world.filled()
    lost = ask(world, reference, email=WRONG)
    sign_in(client, "owner@city.example")
    page, home = f"/en/applications/{reference}/signature", f"/en/applications/{reference}"
    assert WORDS not in client.get(page).text
    hand_over(refused=(WRONG,))
    assert states(WRONG) == [MessageState.DEAD]
    shown = client.get(page).text
    assert WORDS in shown
    assert WRONG in shown
    assert "Link did not arrive" in shown
    assert "Link did not arrive" in client.get(home).text
    post(client, f"{page}/ask", name="Ayşe Yılmaz", email=RIGHT, language="en")
    hand_over(refused=())
    assert WORDS not in client.get(page).text
    assert (state_of(lost), states(RIGHT)) == (links.LinkState.REVOKED, [MessageState.SENT])


def test_what_was_sent_to_others_or_before_is_no_news_of_this_link(client: FlaskClient, world: city.City) -> None:
    reference, other = world.filled(), world.filled("Adana")
    ask(world, other, email=WRONG)
    hand_over(refused=(WRONG, "officer@network.example"))
    token = ask(world, reference, email=WRONG)
    hand_over(refused=())
    sign_in(client, "owner@city.example")
    assert WORDS in client.get(f"/en/applications/{other}/signature").text
    assert WORDS not in client.get(f"/en/applications/{reference}/signature").text
    # A code that does not arrive is one more reason to look at the address.
    signature.send_code(actor=signature.SIGNATORY, token=token)
    hand_over(refused=(WRONG,))
    assert WORDS in client.get(f"/en/applications/{reference}/signature").text


def test_once_signed_the_address_is_no_longer_changed(client: FlaskClient, world: city.City) -> None:
    reference = world.filled()
    token = ask(world, reference, email=RIGHT)
    press(token, new_code(token))
    with pytest.raises(Conflict, match="signed already"):
        ask(world, reference, email="another@city.example")
    assert states("another@city.example") == []
