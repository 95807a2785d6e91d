"""Calls: settings that must fit, what is fixed after opening, gates, extensions, exceptions by two, reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gnlc_apply import config
from gnlc_apply.core import clock
from gnlc_apply.core.errors import Conflict, Forbidden, Invalid, NotFound
from gnlc_apply.extensions import db
from gnlc_apply.models import Call, Deadline, ExtensionScope, FormVersion, Gate, GuideVersion, QuotaException
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.services import application as applications
from gnlc_apply.services import call as calls
from tests.city import COMMISSIONS, DEADLINE, OPENS, City, row
from tests.desk import Desk, count, mailed

VALUES = calls.CallValues(
    title="Call 2027",
    year=2027,
    opens_at=OPENS,
    deadline_at=DEADLINE,
    commission_deadline_at=COMMISSIONS,
    results_promised_on=date(2027, 11, 1),
)
LATER = DEADLINE + timedelta(days=7)


def changed(values: calls.CallValues, name: str, value: Any) -> calls.CallValues:
    """The settings with another value for one of them."""
    return replace(values, **{name: value})


def stored(reference: str) -> Call:
    with db.reading() as session:
        return session.scalars(select(Call).where(Call.reference == reference)).one()


def extend(world: City, **values: Any) -> None:
    usual: dict[str, Any] = {
        "scope": ExtensionScope.ALL,
        "deadline": Deadline.CITIES,
        "until_at": LATER,
        "reason": "An earthquake",
    }
    calls.extend(actor=world.officer, call=world.call, **{**usual, **values})


def test_a_call_keeps_all_its_settings(database: config.Settings) -> None:
    world = City()
    wanted = replace(
        VALUES,
        time_zone="Asia/Tashkent",
        grace_minutes=30,
        languages=("en", "fr"),
        quota=2,
        smallest_population=1000,
        readers_per_file=4,
        standard=3.5,
        criterion_minimum=1.5,
        places=70,
        signature_may_follow=False,
        contact_email="office@network.example",
    )
    reference = calls.create(actor=world.officer, values=wanted)
    call = stored(reference)
    assert calls.values_of(call, "gnlc-form-1", "gnlc-guide-1") == replace(
        wanted, form_version="gnlc-form-1", guide_version="gnlc-guide-1"
    )
    assert reference.startswith("CALL-2027-")


def test_form_and_guide_are_stored_once(database: config.Settings) -> None:
    world = City()
    calls.create(actor=world.officer, values=VALUES)
    calls.create(actor=world.officer, values=VALUES)
    assert (count(FormVersion), count(GuideVersion), count(Call)) == (1, 1, 3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "),
        ("year", 27),
        ("time_zone", "Mars/Olympus"),
        ("deadline_at", OPENS),
        ("commission_deadline_at", DEADLINE - timedelta(days=1)),
        ("results_promised_on", date(2027, 5, 1)),
        ("grace_minutes", -1),
        ("languages", ()),
        ("quota", 0),
        ("readers_per_file", 0),
        ("standard", 5.1),
        ("criterion_minimum", -1),
        ("places", 0),
        ("form_version", "nonsense"),
        ("guide_version", "nonsense"),
    ],
)
def test_settings_that_cannot_be_are_named(database: config.Settings, field: str, value: object) -> None:
    world = City()
    before = count(Call)
    with pytest.raises(Invalid) as refusal:
        calls.create(actor=world.officer, values=changed(VALUES, field, value))
    assert list(refusal.value.fields) == [field]
    assert count(Call) == before


def test_only_the_secretariat_runs_calls(database: config.Settings) -> None:
    world = City()
    for somebody in (world.owner, world.commission, SYSTEM):
        with pytest.raises(Forbidden):
            calls.create(actor=somebody, values=VALUES)


def test_what_cities_rely_on_is_fixed_after_opening(database: config.Settings) -> None:
    world = City()
    call = stored(world.call)
    values = calls.values_of(call, "gnlc-form-1", "gnlc-guide-1")
    changes = {
        "title": "Another",
        "year": 2028,
        "time_zone": "UTC",
        "opens_at": OPENS - timedelta(days=1),
        "deadline_at": DEADLINE + timedelta(days=1),
        "grace_minutes": 5,
        "commission_deadline_at": COMMISSIONS + timedelta(days=1),
        "languages": ("fr",),
        "quota": 9,
        "smallest_population": 5,
        "signature_may_follow": False,
    }
    for name, value in changes.items():
        with pytest.raises(Conflict) as refusal:
            calls.change(actor=world.officer, call=world.call, values=changed(values, name, value))
        assert list(refusal.value.fields) == [name]
    calls.change(actor=world.officer, call=world.call, values=replace(values, standard=3.4, places=50))
    assert (stored(world.call).standard, stored(world.call).places, stored(world.call).quota) == (3.4, 50, 3)


def test_before_opening_everything_changes(database: config.Settings) -> None:
    world = City()
    reference = calls.create(actor=world.officer, values=VALUES)
    calls.change(actor=world.officer, call=reference, values=replace(VALUES, quota=5, title="Renamed"))
    assert (stored(reference).quota, stored(reference).title) == (5, "Renamed")


def test_opening_is_a_gate_with_what_was_unfinished(database: config.Settings) -> None:
    world = City(contact_email="")
    with db.reading() as session:
        gate = session.scalars(select(Gate)).one()
    assert gate.name == "open"
    assert gate.actor_id == world.officer.person_id
    assert [entry["words"] for entry in gate.unfinished] == [
        "No address for questions about this call is set.",
        "Nobody has the role of director.",
        "Member States without a contact at their National Commission: %(number)s",
    ]
    assert gate.unfinished[2]["values"] == {"number": 1}
    assert [m.recipient for m in mailed("call_opened")] == ["natcom@country.example"]
    with pytest.raises(Conflict):
        calls.open_call(actor=world.officer, call=world.call)


def test_a_call_opens_only_before_its_deadline(database: config.Settings) -> None:
    world = City()
    reference = calls.create(actor=world.officer, values=VALUES)
    with clock.at(DEADLINE), pytest.raises(Conflict, match="must lie ahead"):
        calls.open_call(actor=world.officer, call=reference)
    assert stored(reference).state.value == "preparing"


def test_commissions_are_told_when_the_call_opens_not_before(database: config.Settings) -> None:
    world = City(opens_at=datetime(2027, 3, 10, 8, tzinfo=UTC))
    assert mailed("call_opened")[0].not_before == datetime(2027, 3, 10, 8, tzinfo=UTC)
    with pytest.raises(Conflict):
        world.begin()


def test_after_freezing_the_measure_stays(database: config.Settings) -> None:
    world = City()
    calls.freeze_guide(actor=world.officer, call=world.call)
    values = calls.values_of(stored(world.call), "gnlc-form-1", "gnlc-guide-1")
    for name, value in {"standard": 2.0, "criterion_minimum": 1.0, "places": 3, "readers_per_file": 5}.items():
        with pytest.raises(Conflict) as refusal:
            calls.change(actor=world.officer, call=world.call, values=changed(values, name, value))
        assert list(refusal.value.fields) == [name]
    with pytest.raises(Conflict, match="frozen already"):
        calls.freeze_guide(actor=world.officer, call=world.call)
    with db.reading() as session:
        assert [gate.name for gate in session.scalars(select(Gate).order_by(Gate.id))] == ["open", "freeze"]


def test_an_extension_for_one_city_moves_its_deadline_alone(database: config.Settings) -> None:
    world = City()
    first, second = world.filled(), world.filled("Bursa")
    extend(world, scope=ExtensionScope.CITY, application=first)
    with clock.at(DEADLINE + timedelta(hours=1)):
        applications.submit(actor=world.owner, reference=first)
        with pytest.raises(Conflict, match="The deadline was"):
            applications.submit(actor=world.owner, reference=second)
    assert (row(first).state.value, row(second).state.value) == ("submitted", "draft")
    touched = mailed("deadline_extended")
    assert {(m.recipient, m.values["reference"]) for m in touched} == {("owner@city.example", first)}
    assert touched[0].values["reason"] == "An earthquake"


def test_an_extension_opens_expired_drafts_again(database: config.Settings) -> None:
    world = City()
    late, elsewhere = world.filled(), world.begin("Douala", country="CMR")
    with clock.at(DEADLINE + timedelta(hours=1)):
        applications.expire_drafts(actor=SYSTEM, call=world.call)
        assert {row(late).state.value, row(elsewhere).state.value} == {"expired"}
        extend(world, scope=ExtensionScope.COUNTRY, country="TUR")
        assert (row(late).state.value, row(elsewhere).state.value) == ("draft", "expired")
        applications.submit(actor=world.owner, reference=late)
    assert {m.values["reference"] for m in mailed("deadline_extended") if m.values["reference"]} == {late}


def test_an_extension_for_a_country_reaches_its_cities_and_its_commission(database: config.Settings) -> None:
    world = City()
    here, elsewhere = world.filled(), world.begin("Douala", country="CMR")
    extend(world, scope=ExtensionScope.COUNTRY, country="TUR")
    with clock.at(DEADLINE + timedelta(hours=1)):
        applications.submit(actor=world.owner, reference=here)
    assert {m.recipient for m in mailed("deadline_extended")} == {"owner@city.example", "natcom@country.example"}
    assert elsewhere not in {m.values["reference"] for m in mailed("deadline_extended")}


def test_extending_past_the_commissions_gives_them_the_same_time(database: config.Settings) -> None:
    world = Desk()
    extend(world, until_at=COMMISSIONS + timedelta(days=3))
    with clock.at(COMMISSIONS + timedelta(days=2)):
        assert world.endorse() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until_at": DEADLINE}, "until_at"),
        ({"reason": " "}, "reason"),
        ({"scope": ExtensionScope.COUNTRY}, "country"),
        ({"scope": ExtensionScope.COUNTRY, "country": "XXX"}, "country"),
        ({"scope": ExtensionScope.CITY}, "application"),
    ],
)
def test_extensions_that_cannot_be(database: config.Settings, values: dict[str, Any], field: str) -> None:
    world = City()
    with pytest.raises(Invalid) as refusal:
        extend(world, **values)
    assert list(refusal.value.fields) == [field]
    assert mailed("deadline_extended") == []


def test_extensions_are_the_secretariats_and_need_a_known_file(database: config.Settings) -> None:
    world = City()
    with pytest.raises(NotFound):
        extend(world, scope=ExtensionScope.CITY, application="GNLC-2027-00000")
    with pytest.raises(Forbidden):
        calls.extend(
            actor=world.commission,
            call=world.call,
            scope=ExtensionScope.ALL,
            deadline=Deadline.COMMISSIONS,
            until_at=LATER,
            reason="Please",
        )


@pytest.mark.postgres
def test_an_exception_of_the_quota_takes_two_persons(database: config.Settings) -> None:
    world = Desk(2, quota=1)
    world.endorse(world.files[0])
    calls.ask_for_exception(actor=world.officer, call=world.call, country="TUR", extra=1, reason="A merger")
    with pytest.raises(Conflict):
        world.endorse(world.files[1])
    with pytest.raises(Conflict, match="second person"):
        calls.confirm_exception(actor=world.officer, call=world.call, country="TUR")
    calls.confirm_exception(actor=world.second, call=world.call, country="TUR")
    assert world.endorse(world.files[1]) == 2


def test_an_exception_can_be_dropped_and_asked_for_once(database: config.Settings) -> None:
    world = Desk(0)
    calls.ask_for_exception(actor=world.officer, call=world.call, country="TUR", extra=1, reason="A merger")
    with pytest.raises(Conflict, match="waits for its second person"):
        calls.ask_for_exception(actor=world.second, call=world.call, country="TUR", extra=1, reason="Again")
    calls.drop_exception(actor=world.second, call=world.call, country="TUR")
    assert count(QuotaException) == 0
    with pytest.raises(NotFound):
        calls.confirm_exception(actor=world.second, call=world.call, country="TUR")
    with pytest.raises(Invalid) as refusal:
        calls.ask_for_exception(actor=world.officer, call=world.call, country="XXX", extra=0, reason="")
    assert sorted(refusal.value.fields) == ["country", "extra", "reason"]


def test_drafts_are_reminded_three_times_each_once(database: config.Settings) -> None:
    world = City(grace_minutes=60)
    draft = world.begin()
    world.submitted("Bursa")
    sent = []
    for days in (20, 14, 13, 7, 6, 2, 1):
        with clock.at(DEADLINE - timedelta(days=days)):
            sent.append((days, calls.remind_cities(actor=SYSTEM, call=world.call)))
            assert calls.remind_cities(actor=SYSTEM, call=world.call) == []
    assert sent == [(20, []), (14, [draft]), (13, []), (7, [draft]), (6, []), (2, [draft]), (1, [])]
    reminders = mailed("draft_reminder")
    assert [m.values["days"] for m in reminders] == [14, 7, 2]
    assert {m.values["deadline_at"] for m in reminders} == {DEADLINE.isoformat()}


def test_only_the_clock_reminds(database: config.Settings) -> None:
    world = City()
    with pytest.raises(Forbidden):
        calls.remind_cities(actor=world.officer, call=world.call)
