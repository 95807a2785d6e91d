"""The pages of the ground, with who opens them: every readable address of every object that is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.access import matrix
from tests.access.asking import Asker
from tests.access.matrix import OPEN

# Whose pages are read, and which parts of the house each of them opens.
READERS = {
    "owner": ("applicant", "account"),
    "commission": ("commission",),
    "reader": ("jury",),
    "undeclared_reader": ("jury",),
    "chair": ("jury",),
    "officer": ("secretariat",),
    "director": ("secretariat", "administration"),
    "administrator": ("administration",),
    "anonymous": ("account", "signatory"),
}


def pages(asker: Asker, readers: Mapping[str, tuple[str, ...]] = READERS) -> Iterator[tuple[str, str]]:
    """Every page that these people open, with who opens it; what is typeset is left out."""
    for role, parts in readers.items():
        for route in matrix.routes().values():
            if "GET" in route.methods and "slow" not in route.marks and route.endpoint.startswith(parts):
                for which in matrix.OBJECTS[route.kind]:
                    if matrix.expected(route, role, which, "GET") == OPEN:
                        yield role, asker.address(route, which)
    if "applicant" in readers.get("owner", ()):
        yield "owner", asker.address(matrix.routes()["applicant.sections.page"], "draft", section="vision")
