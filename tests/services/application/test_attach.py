"""Files: limits, locks, and what they do to the signed text."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from gnlc_apply.core.errors import Conflict, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import ApplicationVersion, Attachment
from gnlc_apply.permissions import Actor
from gnlc_apply.queries import attachment as attachments
from gnlc_apply.services import application as applications
from gnlc_apply.services import signature
from tests import city
from tests.services.test_signature import PNG, sign


@pytest.fixture
def world(database: object) -> city.City:
    return city.City()


def attach(
    world: city.City,
    reference: str,
    key: str = "practices.1.files",
    *,
    actor: Actor | None = None,
    caption: str = "Boats",
) -> str:
    return applications.attach(
        actor=actor or world.owner,
        reference=reference,
        question_key=key,
        name="boat.png",
        stream=io.BytesIO(PNG),
        caption=caption,
    )


def count() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Attachment)) or 0


@pytest.mark.postgres
def test_a_file_is_kept_and_handed_out(world: city.City) -> None:
    reference = world.begin()
    file = attach(world, reference)
    served = attachments.served(reference, file)
    with served.stream as stream:
        assert stream.read(8) == PNG[:8]
    assert (served.name, served.media_type) == ("boat.png", "image/png")
    with pytest.raises(NotFound):
        attachments.served(world.begin("Elsewhere"), file)
    db.release()


@pytest.mark.parametrize("caption", ["", " \n ", "x" * 301])
def test_a_file_needs_a_caption(world: city.City, caption: str) -> None:
    with pytest.raises(Invalid) as refused:
        attach(world, world.begin(), caption=caption)
    assert (list(refused.value.fields), count()) == (["caption"], 0)


def test_limits_of_a_question_and_of_the_application(world: city.City) -> None:
    reference = world.begin()
    for _file in range(5):
        attach(world, reference)
    with pytest.raises(Conflict, match="5 attachments"):
        attach(world, reference)
    for _file in range(5):
        attach(world, reference, "practices.2.files")
    with pytest.raises(Conflict, match="10 attachments"):
        attach(world, reference, "practices.3.files")
    assert count() == 10


def test_only_questions_that_take_files(world: city.City) -> None:
    reference = world.begin()
    for key in ("vision.vision", "practices.9.files", "nothing", "signature.letter"):
        with pytest.raises(NotFound):
            attach(world, reference, key)
    with pytest.raises(NotFound):
        attach(world, reference, actor=world.stranger)
    assert count() == 0


def test_a_submitted_application_takes_no_file_and_loses_none(world: city.City) -> None:
    reference = world.filled()
    file = attach(world, reference)
    applications.submit(actor=world.owner, reference=reference)
    with pytest.raises(Conflict):
        attach(world, reference)
    with pytest.raises(Conflict):
        applications.remove_attachment(actor=world.owner, reference=reference, attachment=file)
    with pytest.raises(Conflict):
        applications.describe_attachment(actor=world.owner, reference=reference, attachment=file, caption="Else")


def test_files_and_captions_are_part_of_the_signed_text(world: city.City) -> None:
    reference = world.filled()
    file = attach(world, reference)
    sign(world, reference)
    applications.describe_attachment(actor=world.owner, reference=reference, attachment=file, caption="Other words")
    sign(world, reference)
    applications.remove_attachment(actor=world.owner, reference=reference, attachment=file)
    with pytest.raises(Conflict):
        signature.revoke_request(actor=world.owner, reference=reference)
    with db.reading() as session:
        versions = session.scalars(select(ApplicationVersion.content).order_by(ApplicationVersion.number)).all()
    assert ["Boats" in text for text in versions] == [True, False]
    # Whoever reads the version still gets the file; the city's own page does not show it any more.
    with attachments.served(reference, file, with_removed=True).stream:
        pass
    with pytest.raises(NotFound):
        attachments.served(reference, file)
    db.release()
