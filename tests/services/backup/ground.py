"""An installation worth backing up: a city's application with a file, people, mail, an audit chain."""

from __future__ import annotations

import io
from pathlib import Path

from gnlc_apply import config
from gnlc_apply.services import application as applications
from gnlc_apply.services import backup
from tests.city import City, fill
from tests.services.test_signature import PNG


def silently(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def lived_in() -> tuple[City, str]:
    """A city whose application holds a file, submitted; its reference."""
    world = City()
    reference = world.begin()
    fill(world.owner, reference)
    applications.attach(
        actor=world.owner,
        reference=reference,
        question_key="practices.1.files",
        name="boat.png",
        stream=io.BytesIO(PNG),
        caption="Boats",
    )
    applications.submit(actor=world.owner, reference=reference)
    return world, reference


def made(folder: Path) -> backup.Made:
    """A backup of the installation at hand."""
    folder.mkdir(exist_ok=True)
    ending = "sealed" if config.current().backup_key else "gnlc"
    return backup.make(folder / f"backup.{ending}")
