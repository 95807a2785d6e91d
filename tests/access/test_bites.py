"""The matrix bites: a rule made too wide, an object's scope forgotten, a refusal that differs by a header: each is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import cast

import pytest
from flask import Response, request
from sqlalchemy import select

from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Role
from gnlc_apply.permissions import POLICY, Permission, Rule, forget_clauses
from gnlc_apply.permissions.rules import anyone, city_editor, commission_of, holds, reader, secretariat, submitted
from tests.access import matrix
from tests.access.asking import Asker
from tests.access.matrix import Cell
from tests.access.test_matrix import Judge

WIDER: list[tuple[Permission, Rule, str, str, str]] = [
    (Permission.ACT_AS_COMMISSION, commission_of, "commission.acts.endorse", "commission_and_viewer", "submitted"),
    (
        Permission.READ_AS_COMMISSION,
        holds(Role.COMMISSION) & submitted,
        "commission.files.page",
        "commission",
        "abroad",
    ),
    (
        Permission.READ_AS_SECRETARIAT,
        secretariat & submitted,
        "secretariat.applications.page",
        "conflicted_officer",
        "in_review",
    ),
    (Permission.READ_AS_CITY, anyone, "applicant.applications.page", "neighbour", "submitted"),
    (Permission.OWN_AS_CITY, city_editor, "applicant.withdrawal.form", "editor", "submitted"),
    (Permission.SEE_MAIL, secretariat | holds(Role.ADMINISTRATOR), "secretariat.mail.index", "administrator", "any"),
    (Permission.REVIEW, reader | holds(Role.JUROR), "jury.reviews.abstain", "undeclared_reader", "in_review"),
    (Permission.RUN_CALL, holds(Role.OFFICER, Role.COMMISSION), "secretariat.calls.index", "commission", "any"),
    (
        Permission.MANAGE_ACCOUNTS,
        holds(Role.ADMINISTRATOR, Role.OFFICER),
        "administration.accounts.page",
        "officer",
        "known",
    ),
    (Permission.ARM_COHORT, secretariat, "secretariat.announcement.arm", "officer", "locked"),
]


def _cell(endpoint: str, role: str, which: str) -> Cell:
    route = matrix.routes()[endpoint]
    return Cell(route, "GET", role, which, matrix.expected(route, role, which, "GET"))


@pytest.fixture
def plant() -> Iterator[Callable[[Permission, Rule], None]]:
    """Another rule in the table of permissions, for the length of a test."""
    policy, before = cast(MutableMapping[Permission, Rule], POLICY), dict(POLICY)

    def planted(permission: Permission, rule: Rule) -> None:
        policy[permission] = rule
        forget_clauses()

    yield planted
    policy.update(before)
    forget_clauses()


@pytest.mark.parametrize(("permission", "rule", "endpoint", "role", "which"), WIDER)
def test_a_rule_that_is_too_wide_is_seen(
    asker: Asker,
    plant: Callable[[Permission, Rule], None],
    permission: Permission,
    rule: Rule,
    endpoint: str,
    role: str,
    which: str,
) -> None:
    cell = _cell(endpoint, role, which)
    right = Judge(asker)
    right.ask([cell])
    assert right.wrong == []
    plant(permission, rule)
    wide = Judge(asker)
    wide.ask([cell])
    assert len(wide.wrong) == 1


def test_a_refusal_that_tells_what_is_there_is_seen(asker: Asker) -> None:
    """A header that counts the rows behind an address: the refusal is no longer that of a page which does not exist."""
    cell = _cell("applicant.applications.page", "neighbour", "submitted")

    @asker.app.after_request
    def leak(response: Response) -> Response:
        reference = (request.view_args or {}).get("application", "")
        found = db.reader.scalar(select(Application.id).where(Application.reference == reference))
        if found is not None:
            response.headers["X-Rows"] = "1"
        return response

    judge = Judge(asker)
    judge.ask([cell])
    assert [words.split(": ")[1] for words in judge.wrong] == [
        "the refusal differs from that of a page which does not exist"
    ]
