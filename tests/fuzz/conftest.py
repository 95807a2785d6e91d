"""The ground of the access matrix: an object in every state and a person in every role; and what its forms send."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from tests.access.asking import Asker
from tests.access.conftest import asker, built, ground
from tests.access.ground import Ground
from tests.conftest import NOW
from tests.fuzz.shots import Armoury, Fields

__all__ = ["asker", "built", "ground"]


@pytest.fixture(scope="session")
def fields(built: Ground, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fields]:
    """The fields of every form that anybody is shown, by the endpoint that takes it: found once, on a copy."""
    with clock.at(NOW):
        copy = built.copied(tmp_path_factory.mktemp("forms") / "ground")
        armoury = Armoury(Asker(copy, copy.opened()))
        armoury.look_round()
        db.close()
    return armoury.fields


class AskedOutside(OSError):
    """Something wanted to speak with another process or machine."""


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was looked up or connected to, this machine too: answering a request needs neither; nothing of it leaves."""
    asked: list[object] = []

    def guarded_connect(_self: socket.socket, address: Any) -> None:
        asked.append(address)
        raise AskedOutside(address)

    def guarded_look_up(host: Any, *_values: Any, **_more: Any) -> Any:
        asked.append(host)
        raise AskedOutside(host)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        monkeypatch.setattr(socket, name, guarded_look_up)
    return asked
