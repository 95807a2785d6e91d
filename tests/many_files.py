"""Thousands of applications with their files, put into the tables in bulk: what a large installation weighs.

Contents are random and invented; what no page of the product would write (several people per second) is not needed here.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import (
    Answer,
    Application,
    ApplicationMember,
    Attachment,
    Call,
    MemberRole,
    Person,
)
from gnlc_apply.permissions import SYSTEM, Actor
from gnlc_apply.services.command import Unit, command
from gnlc_apply.storage.store import Area
from tests.city import City

ANSWERS = 60
AT_ONCE = 250


@command()
def _apply_many(unit: Unit, *, actor: Actor, numbers: range, call_id: int, form_id: int) -> None:
    """People with one submitted application each, its answers, its signed version, an entry in the record."""
    now, session = unit.now, unit.session
    people = [
        {
            "id": 1000 + n,
            "email": f"city{n}@example.org",
            "name": f"Official {n}",
            "created_at": now,
            "confirmed_at": now,
        }
        for n in numbers
    ]
    session.execute(insert(Person), people)
    session.execute(
        insert(Application),
        [
            {
                "id": 1000 + n,
                "reference": f"GNLC-2027-{n:06d}",
                "call_id": call_id,
                "country": "TUR",
                "place_name": f"Şehir {n}",
                "folded_name": f"sehir {n}",
                "form_version_id": form_id,
                "created_at": now,
                "edited_at": now,
            }
            for n in numbers
        ],
    )
    owner = {"role": MemberRole.OWNER, "added_at": now}
    session.execute(
        insert(ApplicationMember), [{"application_id": 1000 + n, "person_id": 1000 + n, **owner} for n in numbers]
    )
    session.execute(insert(Answer), list(_answers(numbers, now)))
    for n in numbers:
        unit.note("submitted", "application", 1000 + n, before="draft", after="submitted", reason="")


def _answers(numbers: range, now: object) -> Iterator[dict[str, Any]]:
    for n in numbers:
        for key in range(ANSWERS):
            words = f"Answer {key} of city {n}: Öğrenen şehir. " * 8
            yield {"application_id": 1000 + n, "key": f"q.{key}", "value": words, "version": 1, "updated_at": now}


def _attach(numbers: range, folder: Path, size: int, dice: random.Random) -> None:
    """One file per application, in quarantine and served; written plainly, as nobody looks on."""
    rows = []
    for n in numbers:
        key = secrets.token_hex(16)
        hashes = []
        for area in Area:
            content = dice.randbytes(size)
            target = folder / area.value / key[:2] / key
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes(content)
            hashes.append(hashlib.sha256(content).hexdigest())
        rows.append(
            {
                "reference": f"FILE-{n:06d}",
                "application_id": 1000 + n,
                "question_key": "practices.1.files",
                "name": f"photo {n}.png",
                "media_type": "image/png",
                "size": size,
                "storage_key": key,
                "sha256_original": hashes[0],
                "sha256_clean": hashes[1],
                "uploaded_at": clock.now(),
            }
        )
    with db.writing() as session:
        session.execute(insert(Attachment), rows)


def build(applications: int, size_of_all_files: int, attachments: Path) -> City:
    """A call with so many applications and files of that size in all, two for each application."""
    world = City()
    dice = random.Random(7)
    with db.reading() as session:
        call_id, form_id = session.execute(select(Call.id, Call.form_version_id)).one()
    for first in range(0, applications, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, applications))
        _apply_many(actor=SYSTEM, numbers=numbers, call_id=call_id, form_id=form_id)
        _attach(numbers, attachments, size_of_all_files // (2 * applications), dice)
    return world
