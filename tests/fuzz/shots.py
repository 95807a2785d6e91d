"""Requests of random shape, each made from its number alone: who asks for what, how, and with what in it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.access import matrix
from tests.access.asking import Asker
from tests.access.matrix import MISSING, OPEN, Route
from tests.fuzz import odd
from tests.worlds.forms import forms_of

SEED = "gnlc 2027"
Fields = list[tuple[str, str]]


@dataclass
class Shot:
    """One request, and what the tables of the matrix say to its address."""

    number: int
    route: Route
    role: str
    which: str
    method: str
    path: str
    is_its_address: bool = True
    query: str = ""
    body: bytes | None = None
    content_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def expected(self) -> str:
        """What the tables say; nothing for an address that was changed or a method that is none."""
        if not self.is_its_address or self.method not in self.route.methods:
            return ""
        return matrix.expected(self.route, self.role, self.which, self.method)

    def __str__(self) -> str:
        body = None if self.body is None else self.body[:300]
        return (
            f"shot({self.number}): {self.method} {self.path}?{self.query[:300]} as {self.role} on {self.which} "
            f"({self.route.endpoint})\n  headers {self.headers!r:.400}\n  {self.content_type}: {body!r}"
        )


def doors(method: str) -> list[tuple[Route, str, str]]:
    """Every address that takes the method, with an object there and a role for which it opens; but what is typeset."""
    found = []
    for route in matrix.routes().values():
        if method in route.methods and "slow" not in route.marks:
            for which in matrix.OBJECTS[route.kind]:
                roles = [role for role in matrix.ROLES if matrix.expected(route, role, which, method) == OPEN]
                if roles:
                    found.append((route, which, roles[0]))
                    break
    return found


class Armoury:
    """Makes shots on one ground: it knows the fields of every form that somebody is shown."""

    def __init__(self, asker: Asker, fields: dict[str, Fields] | None = None) -> None:
        self.asker = asker
        self.routes = list(matrix.routes().values())
        self.fields: dict[str, Fields] = {} if fields is None else fields

    def look_round(self) -> None:
        """Open every page as somebody who may, and keep what its forms would send."""
        for route in self.routes:
            if "GET" in route.methods and "slow" not in route.marks:
                for which in matrix.OBJECTS[route.kind]:
                    role = self._who_may(route, which)
                    if role is not None:
                        self._look_at(self.asker.address(route, which), role)

    def _look_at(self, path: str, role: str) -> None:
        answer = self.asker.browser(role).get(path)
        addresses = self.asker.app.url_map.bind("localhost")
        for form in forms_of(path, answer.text if answer.mimetype == "text/html" else ""):
            target = form.action.partition("?")[0]
            if addresses.test(target, "POST"):
                kept = self.fields.setdefault(addresses.match(target, "POST")[0], [])
                pairs = [(name, value) for name, values in form.values.items() for value in values]
                kept += [pair for pair in pairs if pair not in kept]

    @staticmethod
    def _who_may(route: Route, which: str) -> str | None:
        roles = [role for role in matrix.ROLES if matrix.expected(route, role, which, "GET") == OPEN]
        return roles[len(roles) // 2] if roles else None

    def shot(self, number: int) -> Shot:
        """The request of this number, always the same on the same ground."""
        dice = random.Random(f"{SEED} {number}")
        route = self.routes[number % len(self.routes)]
        which = dice.choice(matrix.OBJECTS[route.kind])
        method = dice.choice((*route.methods * 4, "HEAD", "OPTIONS", "PUT", "DELETE"))
        role = self._role(dice, route, which, method)
        shot = Shot(number, route, role, which, method, self.asker.address(route, which))
        if dice.random() < 0.2:
            shot.path, shot.is_its_address = _bent(dice, shot.path), False
        if dice.random() < 0.4:
            shot.query = odd.encoded([_parameter(dice) for _ in range(dice.randint(1, 4))])
        if method not in ("GET", "HEAD", "OPTIONS") or dice.random() < 0.05:
            self._fill(dice, shot)
        names = dice.sample(sorted(odd.HEADERS), dice.choice((0, 0, 1, 1, 2, 4)))
        # Beside the token that the body may have brought.
        shot.headers += [(name, dice.choice(odd.HEADERS[name])) for name in names if name not in dict(shot.headers)]
        return shot

    @staticmethod
    def _role(dice: random.Random, route: Route, which: str, method: str) -> str:
        may = [r for r in matrix.ROLES if matrix.expected(route, r, which, method) == OPEN]
        # Half of all requests get past the door, so that what stands behind it is tried.
        return dice.choice(may) if may and dice.random() < 0.5 else dice.choice(matrix.ROLES)

    def _fill(self, dice: random.Random, shot: Shot) -> None:
        kind = dice.random()
        token = self.asker.ground.form_tokens[shot.role]
        if kind < 0.75:
            shot.body = odd.encoded(self._pairs(dice, shot, token)).encode()
            shot.content_type = "application/x-www-form-urlencoded"
        elif kind < 0.87:
            shot.body, shot.content_type = dice.choice(odd.JSON), "application/json"
            shot.headers.append(("X-CSRFToken", token))
        else:
            shot.body, shot.content_type = dice.choice(odd.BROKEN_PARTS)

    def _pairs(self, dice: random.Random, shot: Shot, token: str) -> Fields:
        known = [pair for pair in self.fields.get(shot.route.endpoint, []) if pair[0] != "csrf_token"]
        pairs: Fields = []
        share = dice.choice((0.0, 0.2, 0.5, 1.0))
        for name, value in known:
            pairs.append((name, dice.choice(odd.ODD) if dice.random() < share else value))
            if dice.random() < 0.05:
                pairs.append((name, dice.choice(odd.ODD)))
        pairs += [(dice.choice((*odd.ODD, *odd.PARAMETERS)), dice.choice(odd.ODD)) for _ in range(dice.randint(0, 2))]
        dice.shuffle(pairs)
        return [*pairs, ("csrf_token", token)]

    def send(self, shot: Shot) -> TestResponse:
        """Send it as whoever it is meant to come from."""
        client = self.asker.browser(shot.role)
        values: dict[str, Any] = {"method": shot.method, "query_string": shot.query, "headers": shot.headers}
        if shot.body is not None:
            values |= {"data": shot.body, "content_type": shot.content_type}
        return client.open(shot.path, **values)


def _parameter(dice: random.Random) -> tuple[str, str]:
    return dice.choice(odd.PARAMETERS), dice.choice(odd.ODD)


def _bent(dice: random.Random, path: str) -> str:
    parts = path.split("/")
    parts[dice.randrange(1, len(parts))] = dice.choice(odd.SEGMENTS)
    return "/".join(parts)


def troubles(shot: Shot, answer: TestResponse) -> list[str]:
    """What must never come of a request, whatever its shape."""
    found = []
    if answer.status_code >= 500:
        found.append(f"answered {answer.status_code}")
    if "Traceback (most recent call last)" in answer.get_data().decode("utf-8", "replace"):
        found.append("shows a traceback")
    if "evil.example" in answer.headers.get("Location", "") or "X-Evil" in answer.headers:
        found.append("leads elsewhere or carries a header of the asker")
    is_open = answer.status_code not in _REFUSED
    is_named_in_form = (
        shot.route.endpoint in _NAMED_IN_THEIR_FORM and matrix.granted(shot.route, shot.role, shot.which) == OPEN
    )
    if (
        shot.expected == MISSING
        and is_open
        and not is_named_in_form
        and not any(name == "Cookie" for name, _ in shot.headers)
    ):
        found.append(f"is refused as missing in the table and answers {answer.status_code}")
    return found


# The tables speak of an empty form; a field can name an object that is there, for whoever may.
_NAMED_IN_THEIR_FORM = ("administration.invitations.revoke",)
# 400: the shape is refused before anybody looks for the object; 413: so is the size.
_REFUSED = (400, 404, 413)
