"""Case M14: rows that no act could write are refused by the database itself, on both engines, whoever writes the SQL."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, CheckConstraint, Date, Enum, Float, Integer, LargeBinary, Table, text
from sqlalchemy.exc import IntegrityError

from gnlc_apply import config
from gnlc_apply.extensions import db
from gnlc_apply.models import Base, UtcDateTime

pytestmark = pytest.mark.postgres
Row = dict[str, Any]
EARLY, LATE, LATEST = "2027-02-01 08:00:00+00:00", "2027-04-30 12:00:00+00:00", "2027-05-31 12:00:00+00:00"
TABLES: dict[str, Table] = dict(Base.metadata.tables)

# What a legal row needs beyond a value of the right kind in each column.
LEGAL: dict[str, Row] = {
    "call": {"state": "preparing", "opens_at": EARLY, "deadline_at": LATE, "commission_deadline_at": LATEST},
    "application": {"state": "draft"},
    "cohort": {"state": "preparing"},
    "grant_of_role": {"role": "officer"},
    "decision": {"prepared_by_id": 1},
    "feedback": {"basis": "x", "drafted_at": EARLY},
    "extension": {"scope": "all"},
    "information_request": {"asked_for": "secretariat"},
    "invitation": {"role": "officer"},
    "membership": {"from_on": "2015-01-01"},
    "outbox_message": {"state": "queued"},
    "quota_place": {"number": 1, "place_limit": 2},
    "assignment": {"pair_is_blocked": False},
    "endorsement": {"outcome": "endorsed"},
    "signature_request": {"constituent": 0, "constituent_name": ""},
    "signature": {"method": "link", "request_id": 1, "constituent": 0, "constituent_name": ""},
    "review": {"state": "draft"},
    "calibration_round": {"state": "preparing"},
    "calibration_reading": {"state": "draft", "turn": 1},
    "jury_figures": {"status": "computed", "reason": ""},
}
# For each rule, what breaks it in a row that is legal otherwise.
ILLEGAL: dict[str, Row] = {
    "ck_audit_head_one_row": {"id": 2},
    "ck_instance_one_row": {"id": 2},
    "ck_call_opens_before_deadline": {"opens_at": LATE},
    "ck_call_readers_positive": {"readers_per_file": 0},
    "ck_call_open_has_moment": {"state": "open"},
    "ck_call_commission_deadline_later": {"commission_deadline_at": EARLY},
    "ck_call_quota_positive": {"quota": 0},
    "ck_call_grace_not_negative": {"grace_minutes": -1},
    "ck_call_concluded_has_moment": {"concluded_at": LATE},
    "ck_two_person_request_two_persons": {"asked_by_id": 1, "confirmed_by_id": 1},
    "ck_two_person_request_one_answer": {"confirmed_at": EARLY, "refused_at": LATE},
    "ck_application_returned_remembers": {"returned_from": "submitted"},
    "ck_application_submitted_has_version": {"state": "in_review"},
    "ck_application_withdrawn_has_moment": {"withdrawn_at": LATE},
    "ck_cohort_locked_has_hash": {"state": "locked"},
    "ck_cohort_armed_has_moment": {"state": "armed", "lock_hash": "x"},
    "ck_cohort_two_persons": {"locked_by_id": 1, "armed_by_id": 1},
    "ck_cohort_announced_has_moment": {"announced_at": LATE},
    "ck_grant_of_role_jury_has_call": {"role": "juror"},
    "ck_grant_of_role_commission_has_country": {"country": "TUR"},
    "ck_quota_exception_two_persons": {"asked_by_id": 1, "confirmed_by_id": 1},
    "ck_quota_exception_extra_positive": {"extra": 0},
    "ck_cohort_change_two_persons": {"asked_by_id": 1, "confirmed_by_id": 1},
    "ck_decision_two_persons": {"approved_by_id": 1, "approved_at": LATE},
    "ck_decision_approval_complete": {"approved_at": LATE},
    "ck_feedback_has_words": {"body": ""},
    "ck_feedback_draft_has_basis": {"basis": ""},
    "ck_feedback_has_moment": {"basis": "", "drafted_at": None, "edited_at": None},
    "ck_extension_country_named": {"scope": "country"},
    "ck_extension_city_named": {"scope": "city"},
    "ck_information_request_asker": {"asked_for": "jury"},
    "ck_invitation_role_or_application": {"application_id": 1},
    "ck_membership_end_after_beginning": {"until_on": "2014-12-31", "end_reason": "left"},
    "ck_membership_one_beginning": {"known_by": "2015-01-01"},
    "ck_membership_end_has_reason": {"until_on": "2016-01-01"},
    "ck_outbox_message_sent_has_moment": {"sent_at": LATE},
    "ck_quota_place_within_quota": {"number": 3},
    "ck_text_correction_has_reason": {"reason": ""},
    "ck_assignment_never_blocked": {"pair_is_blocked": True},
    "ck_assignment_running_names_pair": {"pair_is_blocked": None},
    "ck_endorsement_declining_has_reason": {"outcome": "declined", "reason": ""},
    "ck_signature_request_constituent_is_named": {"constituent": 1},
    "ck_objection_one_end": {"objected_at": EARLY, "lapsed_at": LATE},
    "ck_conflict_of_interest_answered_has_moment": {"answered_at": LATE},
    "ck_review_submitted_has_moment": {"submitted_at": LATE},
    "ck_review_submitted_has_total": {"state": "submitted", "submitted_at": LATE, "total": None},
    "ck_signature_one_verdict": {"confirmed_at": EARLY, "refused_at": LATE},
    "ck_signature_paper_has_letter": {"attachment_id": 1},
    "ck_signature_constituent_is_named": {"constituent_name": "Somebody"},
    "ck_signature_link_has_request": {"request_id": None},
    "ck_score_on_the_scale": {"value": 6},
    "ck_jury_figures_why_not": {"reason": "x"},
    "ck_calibration_round_opened_has_moment": {"opened_at": EARLY},
    "ck_calibration_round_closed_has_moment": {"closed_at": LATE},
    "ck_calibration_round_second_has_moment": {"state": "second", "opened_at": EARLY},
    "ck_calibration_round_second_after_talk": {"is_scored_twice": True, "second_opened_at": LATE},
    "ck_calibration_round_second_is_planned": {"talk_held_on": "2027-02-01", "second_opened_at": LATE},
    "ck_calibration_file_text_or_pdf": {"words": ""},
    "ck_calibration_file_pdf_has_size": {"size": 1},
    "ck_calibration_file_has_title": {"title": ""},
    "ck_calibration_reading_first_or_second": {"turn": 3},
    "ck_calibration_reading_submitted_has_moment": {"submitted_at": LATE},
    "ck_calibration_reading_submitted_has_total": {"state": "submitted", "submitted_at": LATE, "total": None},
    "ck_calibration_score_on_the_scale": {"value": 6},
}


def own_rules() -> dict[str, str]:
    """Every rule that is written out in the models (those of enumerations follow from them), with its table."""
    return {
        str(rule.name): name
        for name, table in TABLES.items()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint) and not getattr(rule, "_type_bound", False)
    }


def enumerations() -> list[tuple[str, str]]:
    """Every column that holds one of a few words."""
    return [
        (name, column.name)
        for name, table in sorted(TABLES.items())
        for column in table.columns
        if isinstance(column.type, Enum) and column.type.create_constraint
    ]


def _value(column: Any) -> Any:
    """Something of the right kind."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enums[0]
    for types, value in (
        (UtcDateTime, EARLY),
        (Date, "2027-01-01"),
        (Boolean, False),
        ((Integer, Float), 1),
        (LargeBinary, b"x"),
        (JSON, "{}"),
    ):
        if isinstance(kind, types):
            return value
    return "x"


def legal_row(table: str) -> Row:
    """A row that breaks no rule: a value in each column that must have one."""
    must = {column.name: _value(column) for column in TABLES[table].columns if not column.nullable}
    return must | LEGAL.get(table, {})


def write(table: str, row: Row) -> None:
    """Write the row by SQL alone, with nobody asking where it points, and take it back."""
    names = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f":{name}" for name in row)
    with db.engine.execution_options(writes=True).connect() as connection:
        if db.dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.execute(text(f'DELETE FROM "{table}"'))  # noqa: S608  # our own names
        connection.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({values})'), row)  # noqa: S608  # likewise
        connection.rollback()


def test_each_rule_of_the_models_stands_in_the_table() -> None:
    assert set(ILLEGAL) == set(own_rules())


def test_what_breaks_a_rule_is_refused_by_that_rule_and_by_no_other(database: config.Settings) -> None:
    for rule, table in own_rules().items():
        row = legal_row(table)
        # Without the one thing that is wrong it is taken: nothing else in it is refused.
        write(table, row)
        with pytest.raises(IntegrityError) as refused:
            write(table, row | ILLEGAL[rule])
        assert rule in str(refused.value.orig), rule


def test_no_column_of_a_few_words_takes_another(database: config.Settings) -> None:
    columns = enumerations()
    assert len(columns) >= 23
    for table, column in columns:
        row = legal_row(table)
        write(table, row)
        with pytest.raises(IntegrityError) as refused:
            write(table, row | {column: "nonsense"})
        assert "check" in str(refused.value.orig).lower(), (table, column)


def test_nothing_points_nowhere(database: config.Settings) -> None:
    tables = [
        name
        for name, table in sorted(TABLES.items())
        if any(key.column.table.name != name for key in table.foreign_keys)
    ]
    assert len(tables) > 20
    for name in tables:
        pointing = {
            key.parent.name: 987654 for key in TABLES[name].foreign_keys if isinstance(key.parent.type, Integer)
        }
        if not pointing:
            continue
        row = legal_row(name) | {key: value for key, value in pointing.items() if key in legal_row(name)}
        if not set(pointing) & set(row):
            continue
        names = ", ".join(f'"{column}"' for column in row)
        values = ", ".join(f":{column}" for column in row)
        with pytest.raises(IntegrityError) as refused, db.writing() as session:
            session.execute(text(f'INSERT INTO "{name}" ({names}) VALUES ({values})'), row)  # noqa: S608  # our own names
        assert "foreign key" in str(refused.value.orig).lower(), name
