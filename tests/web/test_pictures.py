"""The plan of ``./dev shots`` names pages that exist, and no page is left out without a reason."""

from __future__ import annotations

from flask import Flask

from tests.shots_plan import AUDIENCES, MORE_LOOKS, MORE_PICTURES, NOT_PICTURED, unexplained


def test_the_plan_names_pages_that_exist(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert [name for plan in (NOT_PICTURED, MORE_LOOKS, MORE_PICTURES) for name in plan if name not in endpoints] == []
    blueprints = {endpoint.split(".")[0] for endpoint in endpoints}
    assert {name for names in AUDIENCES.values() for name in names} <= blueprints


def test_a_page_without_a_picture_needs_a_reason_once_all_roles_were_walked() -> None:
    missing = ["applicant.files.download", "secretariat.home.page"]
    assert unexplained(missing, list(AUDIENCES)) == ["secretariat.home.page"]
    assert unexplained(missing[:1], list(AUDIENCES)) == []
    assert unexplained(missing, ["secretariat"]) == []
