"""Files are handed out while they belong to the application, and to its versions afterwards."""

from __future__ import annotations

import io

import pytest

from gnlc_apply.core.errors import NotFound
from gnlc_apply.extensions import db
from gnlc_apply.queries import attachment as attachments
from gnlc_apply.services import application as applications
from tests import city
from tests.services.test_signature import PNG


def test_a_removed_file_is_for_readers_of_its_versions_only(database: object) -> None:
    world = city.City()
    reference = world.begin()
    file = applications.attach(
        actor=world.owner,
        reference=reference,
        question_key="practices.1.files",
        name="boat.png",
        stream=io.BytesIO(PNG),
        caption="Boats",
    )
    attachments.served(reference, file).stream.close()
    applications.remove_attachment(actor=world.owner, reference=reference, attachment=file)
    with pytest.raises(NotFound):
        attachments.served(reference, file)
    attachments.served(reference, file, with_removed=True).stream.close()
    with pytest.raises(NotFound):
        attachments.served(world.begin("Elsewhere"), file, with_removed=True)
    db.release()
