"""An owner invites colleagues into the city's application."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, NotFound, TooMany
from gnlc_apply.extensions import db
from gnlc_apply.models import ApplicationMember, MemberRole
from gnlc_apply.permissions import ANONYMOUS
from gnlc_apply.services import account
from gnlc_apply.services.account.inviting import COLLEAGUES_A_DAY
from tests.accounts import mails
from tests.city import City
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


def _roles() -> dict[int, MemberRole]:
    with db.reading() as session:
        rows = session.execute(select(ApplicationMember.person_id, ApplicationMember.role)).all()
    return {row.person_id: row.role for row in rows}


@pytest.mark.postgres
def test_a_colleague_joins_with_the_role_of_the_invitation() -> None:
    city = City()
    reference = city.begin()
    token = account.invite_colleague(
        actor=city.owner, reference=reference, email="new@city.example", name="Nil Yeni", member_role="viewer"
    )
    message = mails("invitation_colleague")[0]
    assert message.values["place_name"] == "Şanlıurfa"
    number = account.accept_invitation(actor=ANONYMOUS, token=token, name="Nil Yeni", password=PASSWORD)
    assert _roles()[number] is MemberRole.VIEWER


def test_only_the_owner_invites_and_strangers_see_nothing() -> None:
    city = City()
    reference = city.begin()
    token = account.invite_colleague(
        actor=city.owner, reference=reference, email=city.editor.email, name="Elif", member_role=MemberRole.EDITOR
    )
    account.accept_invitation(actor=city.editor, token=token)
    wish = {"reference": reference, "email": "x@city.example", "name": "X", "member_role": MemberRole.VIEWER}
    with pytest.raises(Forbidden):
        account.invite_colleague(actor=city.editor, **wish)
    for stranger in (city.stranger, city.commission, city.officer):
        with pytest.raises(NotFound):
            account.invite_colleague(actor=stranger, **wish)


def test_there_is_one_owner_and_nobody_twice() -> None:
    city = City()
    reference = city.begin()
    with pytest.raises(Conflict, match="one owner"):
        account.invite_colleague(
            actor=city.owner, reference=reference, email="x@city.example", name="X", member_role="owner"
        )
    with pytest.raises(Conflict, match="already"):
        account.invite_colleague(
            actor=city.owner, reference=reference, email=city.owner.email, name="X", member_role="editor"
        )


def test_nobody_writes_to_half_the_world_in_our_name() -> None:
    city = City()
    reference = city.begin()

    def invite(number: int) -> None:
        account.invite_colleague(
            actor=city.owner,
            reference=reference,
            email=f"n{number}@city.example",
            name="Nil Yeni",
            member_role="viewer",
        )

    for number in range(COLLEAGUES_A_DAY):
        invite(number)
    with pytest.raises(TooMany):
        invite(COLLEAGUES_A_DAY)
    assert len(mails("invitation_colleague")) == COLLEAGUES_A_DAY
    with clock.at(clock.now() + timedelta(days=1)):
        invite(COLLEAGUES_A_DAY)
