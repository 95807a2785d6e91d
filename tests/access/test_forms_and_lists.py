"""What forms may not set, lists may not show and exports may not hold: cases A7, A17, A18, A19, A22, A23 and A24."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from sqlalchemy import func, select

from gnlc_apply.cli import COMMANDS
from gnlc_apply.extensions import db
from gnlc_apply.models import Answer, Application, AuditEntry, CommissionRank, Decision, Grant, Person
from gnlc_apply.services import application as applications
from tests.access import matrix
from tests.access.asking import Asker, same
from tests.access.populace import by_email
from tests.access.test_matrix import TRACES

REFERENCE = re.compile(r"GNLC-2027-[0-9A-Z]{5}")
# What a form of this product never asks for, whatever it is called.
PUSHED = {
    "state": "admitted",
    "application": "1",
    "application_id": "1",
    "owner_id": "1",
    "person_id": "1",
    "call_id": "1",
    "country": "PER",
    "quota": "99",
    "score": "5",
    "decision": "approved",
    "outcome": "approved",
    "is_admin": "1",
    "is_chair": "1",
    "grants": "director",
    "roles": "director",
    "confirmed_at": "2027-01-01",
    "version_id": "1",
    "submitted_at": "2027-01-01",
    "reference": "GNLC-2027-00000",
    "email": "evil@evil.example",
}


def row(reference: str) -> dict[str, object]:
    """The row of an application, but for when it was edited."""
    with db.reading() as session:
        found = session.scalars(select(Application).where(Application.reference == reference)).one()
        return {c.name: getattr(found, c.name) for c in Application.__table__.columns if c.name != "edited_at"}


def _grants() -> list[tuple[object, ...]]:
    with db.reading() as session:
        return [tuple(found) for found in session.execute(select(*Grant.__table__.columns).order_by(Grant.id))]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_form_sets_what_it_asks_for_and_nothing_else(asker: Asker, as_json: bool) -> None:
    draft, token = asker.ground.files["draft"], asker.ground.form_tokens["owner"]
    before, grants = row(draft), _grants()
    path = asker.address(matrix.routes()["applicant.sections.save"], "draft", section="vision")
    fields = {**PUSHED, "csrf_token": token, "vision.vision": "A town that reads"}
    headers = {"X-CSRFToken": token} if as_json else {}
    body = {"json": fields} if as_json else {"data": fields}
    answer = asker.browser("owner").post(path, headers=headers, **body)
    assert answer.status_code < 500
    assert row(draft) == before
    with db.reading() as session:
        saved = session.scalars(
            select(Answer.value).join(Application).where(Application.reference == draft, Answer.key == "vision.vision")
        ).all()
    assert saved == ([] if as_json else ["A town that reads"])
    for page, more in (("/en/account/profile", {"name": "Owner", "language": "en"}), ("/en/applications/new", {})):
        asker.browser("owner").post(page, data={**PUSHED, **more, "csrf_token": token})
    assert _grants() == grants
    with db.reading() as session:
        owner = session.get_one(Person, asker.ground.people["owner"])
        assert (owner.name, owner.email) == ("Owner", "owner@kisumu.example")
        assert session.scalar(select(func.count(Decision.id)).where(Decision.application_id == before["id"])) == 0


def test_what_stands_in_the_address_is_no_field_of_a_form(asker: Asker) -> None:
    token, name = asker.ground.form_tokens["owner"], by_email("owner@kisumu.example").name
    # A token in the address counts for nothing, and neither does a name.
    query = {"csrf_token": token, "name": "Evil", "language": "ar"}
    assert asker.browser("owner").post("/en/account/profile", query_string=query).status_code == 400
    asker.browser("owner").post("/en/account/profile", query_string=query, data={"csrf_token": token})
    found = by_email("owner@kisumu.example")
    assert (found.name, found.language) == (name, "en")


def test_of_a_field_sent_twice_the_first_counts(asker: Asker) -> None:
    data = {"csrf_token": asker.ground.form_tokens["owner"], "name": ["First", "Second"], "language": "en"}
    assert asker.browser("owner").post("/en/account/profile", data=data).status_code == 303
    assert by_email("owner@kisumu.example").name == "First"


def test_a_colleague_who_was_removed_is_out_at_the_next_request(asker: Asker) -> None:
    draft, path = asker.ground.files["draft"], asker.address(matrix.routes()["applicant.sections.page"], "draft")
    path = path.replace("practices", "vision")
    editor, token = asker.browser("editor"), asker.ground.form_tokens["editor"]
    assert editor.get(path).status_code == 200
    assert editor.post(path, data={"csrf_token": token, "vision.vision": "Ours"}).status_code == 303
    applications.remove_colleague(
        actor=by_email("owner@kisumu.example"), reference=draft, email="editor@kisumu.example"
    )
    nowhere = same(editor.get("/en/no-such-page"))
    assert same(editor.get(path)) == nowhere
    assert same(editor.post(path, data={"csrf_token": token, "vision.vision": "Mine"})) == nowhere
    assert "Ours" in asker.browser("owner").get(path).text


def test_one_foreign_file_in_a_list_refuses_the_whole_act(asker: Asker) -> None:
    """Decisions on chosen files: one of another call, or one with a tie, and nothing is proposed."""
    call, files = asker.ground.calls["now"], asker.ground.files
    path = f"/en/secretariat/calls/{call}/decisions/propose"
    before = asker.facts(without=TRACES)
    lists = {
        "officer": [files["neighbour"], files["other_call"]],
        "conflicted_officer": [files["neighbour"], files["in_review"]],
        "officer_and_viewer": [files["abroad"], "GNLC-2027-00000"],
    }
    for role, references in lists.items():
        data = {
            "csrf_token": asker.ground.form_tokens[role],
            "references": references,
            "wanted": "approved",
            "step": "confirmed",
        }
        answer = asker.browser(role).post(path, data=data)
        assert answer.status_code in (404, 409, 422), (role, answer.status_code)
    assert asker.facts(without=TRACES) == before


def _ranked() -> set[str]:
    with db.reading() as session:
        ranked = select(Application.reference).join(CommissionRank, CommissionRank.application_id == Application.id)
        return set(session.scalars(ranked))


def test_a_commission_orders_its_own_files_only(asker: Asker) -> None:
    files, path = asker.ground.files, f"/en/commission/KEN/{asker.ground.calls['now']}/rank"
    for name in ("submitted", "abroad", "other_call", "draft", "locked"):
        data = {"csrf_token": asker.ground.form_tokens["commission"], "move": f"up:{files[name]}"}
        assert asker.browser("commission").post(path, data=data).status_code == 303
    assert files["submitted"] in _ranked()
    assert not _ranked() & {files[name] for name in ("abroad", "other_call", "draft", "locked")}


# A chair who still has to read a file does not see what others gave it; whoever has a tie sees its name and no more.
READ = {
    "officer": {"in_review", "neighbour", "abroad"},
    "conflicted_officer": {"neighbour", "abroad"},
    "officer_and_viewer": {"neighbour", "abroad"},
    "chair": {"in_review", "abroad"},
}


@pytest.mark.parametrize("role", READ)
def test_exports_hold_the_files_of_the_page_and_no_others(asker: Asker, role: str) -> None:
    files, client = asker.ground.files, asker.browser(role)
    base = f"/en/secretariat/calls/{asker.ground.calls['now']}/ranking"
    table = csv.reader(io.StringIO(client.get(f"{base}.csv").data.decode("utf-8-sig")))
    lines = {line[0]: line[1] for line in table if REFERENCE.fullmatch(line[0])}
    ours = {files[name]: name for name in ("in_review", "neighbour", "abroad", "other_call", "eligible", "locked")}
    assert {ours[name] for name in lines if name in ours} == READ[role]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{base}.xlsx").data)) as book:
        parts = [book.read(name).decode("utf-8", "ignore") for name in book.namelist()]
    assert {name for part in parts for name in REFERENCE.findall(part)} == set(lines)
    page = client.get(base).text
    assert [place for place in lines.values() if place not in page] == []
    assert "Mombasa" not in page


# Text and scores of which files a whole call holds: those of the file's page and of the ranking.
TAKEN = {
    "officer": {"in_review", "neighbour", "abroad"},
    "conflicted_officer": {"neighbour", "abroad"},
    "officer_and_viewer": {"neighbour", "abroad"},
}


@pytest.mark.parametrize("role", TAKEN)
def test_a_whole_call_holds_the_texts_of_the_files_that_open_and_no_others(asker: Asker, role: str) -> None:
    files, client = asker.ground.files, asker.browser(role)
    base = f"/en/secretariat/calls/{asker.ground.calls['now']}"
    whole = json.loads(client.get(f"{base}/export.json").data)
    ours = {files[name]: name for name in ("in_review", "neighbour", "abroad", "other_call", "draft", "locked")}
    held = {ours[one["reference"]]: one for one in whole["applications"] if one["reference"] in ours}
    assert {name for name, one in held.items() if one["content"] is not None} == TAKEN[role]
    assert {name for name, one in held.items() if one["readings"] is not None} <= TAKEN[role]
    for one in whole["applications"]:
        page = client.get(f"/en/secretariat/applications/{one['reference']}")
        assert (page.status_code == 200) is (one["content"] is not None), one["city"]
    table = csv.DictReader(io.StringIO(client.get(f"{base}/export.csv").data.decode("utf-8-sig")))
    assert [line["Reference"] for line in table] == [one["reference"] for one in whole["applications"]]


def test_open_data_has_these_keys_and_no_others(asker: Asker) -> None:
    members = json.loads(asker.browser("anonymous").get("/registry.json").data)
    assert set(members) == {"as_of", "members"}
    keys = {"id", "name", "country", "region", "member_since", "cohort", "latitude", "longitude"}
    assert [set(member) for member in members["members"]] == [keys] * 2
    release = json.loads(asker.browser("anonymous").get(f"/cohorts/{asker.ground.cohorts['announced']}.json").data)
    text = json.dumps(release)
    assert set(release) == RELEASE_KEYS
    assert not [word for word in ("juror", "score", "average", "application", "GNLC-2027") if word in text]
    # The same for everybody, whatever else they may read.
    for role in ("owner", "chair", "officer", "director"):
        assert json.loads(asker.browser(role).get("/registry.json").data) == members


RELEASE_KEYS = {"reference", "title", "announced_on", "headline", "figures", "cities"}

ACTS = ("accounts", "registry", "states")


def test_who_acts_at_the_console_stands_in_the_log(asker: Asker) -> None:
    """Every group of commands that writes is known here; what it does is in the chain, done by the system."""
    assert set(ACTS) <= {command.name for command in COMMANDS}
    with db.reading() as session:
        last = session.scalar(select(func.max(AuditEntry.sequence))) or 0
    db.release()
    done = asker.app.test_cli_runner().invoke(
        args=["accounts", "create", "zed@network.example", "--name", "Zed", "--role", "commission", "--country", "KEN"]
    )
    assert done.exit_code == 0, done.output
    with db.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.sequence > last)).all()
        assert {(entry.actor_kind, entry.actor_id) for entry in entries} == {("system", None)}
    by = asker.app.test_cli_runner().invoke(
        args=["states", "import", "no-such-file.csv", "--by", "plain@anywhere.example"]
    )
    assert by.exit_code != 0
