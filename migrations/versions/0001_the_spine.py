"""The spine: everything from people to the registry."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Applications and their versions point at each other. SQLite takes a reference to a table that comes later, but adds
    # none afterwards; PostgreSQL is the other way round.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    name = "fk_application_version_id"
    circular = [sa.ForeignKeyConstraint(["version_id"], ["application_version.id"], name=name)] if is_sqlite else []
    op.create_table(
        "audit_detail",
        sa.Column("entry_sequence", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_detail")),
        sa.UniqueConstraint("entry_sequence", name=op.f("uq_audit_detail_entry_sequence")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("noun_id", sa.Integer(), nullable=True),
        sa.Column("details_digest", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("sequence", name=op.f("uq_audit_entry_sequence")),
    )
    op.create_index("ix_audit_entry_noun", "audit_entry", ["noun", "noun_id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "form_key",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_key")),
        sa.UniqueConstraint("key", "session_hash", name=op.f("uq_form_key_key_session_hash")),
    )
    op.create_table(
        "form_version",
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("reference", name=op.f("uq_form_version_reference")),
    )
    op.create_table(
        "guess_counter",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("window_start", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guess_counter")),
        sa.UniqueConstraint("key", "window_start", name=op.f("uq_guess_counter_key_window_start")),
    )
    op.create_table(
        "guide_version",
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_version")),
        sa.UniqueConstraint("reference", name=op.f("uq_guide_version_reference")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("identity", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("worker_seen_at", UtcDateTime(), nullable=True),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("history_is_incomplete", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_table(
        "notice",
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("noun_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_at"), "notice", ["at"], unique=False)
    op.create_table(
        "person",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("deactivated_at", UtcDateTime(), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("reference", name=op.f("uq_person_reference")),
    )
    op.create_table(
        "published_figure",
        sa.Column("figure_on", sa.Date(), nullable=False),
        sa.Column("new_cities", sa.Integer(), nullable=True),
        sa.Column("new_countries", sa.Integer(), nullable=True),
        sa.Column("total_members", sa.Integer(), nullable=True),
        sa.Column("total_countries", sa.Integer(), nullable=True),
        sa.Column("citizens", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_figure")),
    )
    op.create_table(
        "reminder_sent",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_sent")),
        sa.UniqueConstraint("key", name=op.f("uq_reminder_sent_key")),
    )
    op.create_table(
        "state",
        sa.Column("iso3", sa.String(length=3), nullable=False),
        sa.Column(
            "region",
            sa.Enum(
                "Africa",
                "Arab States",
                "Asia and the Pacific",
                "Europe and North America",
                "Latin America and the Caribbean",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "member",
                "associate",
                "former",
                name="statestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("member_from", sa.Date(), nullable=True),
        sa.Column("member_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("iso3", name=op.f("pk_state")),
    )
    op.create_table(
        "call",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("deadline_at", UtcDateTime(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("commission_deadline_at", UtcDateTime(), nullable=False),
        sa.Column("results_promised_on", sa.Date(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("smallest_population", sa.Integer(), nullable=True),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("guide_version_id", sa.Integer(), nullable=False),
        sa.Column("readers_per_file", sa.Integer(), nullable=False),
        sa.Column("standard", sa.Double(), nullable=False),
        sa.Column("criterion_minimum", sa.Double(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("jury_method", sa.String(length=40), nullable=False),
        sa.Column("signature_may_follow", sa.Boolean(), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preparing", "open", "concluded", name="callstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("guide_frozen_at", UtcDateTime(), nullable=True),
        sa.Column("reading_deadline_at", UtcDateTime(), nullable=True),
        sa.Column("concluded_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'concluded') = (concluded_at IS NOT NULL)", name=op.f("ck_call_concluded_has_moment")
        ),
        sa.CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name=op.f("ck_call_open_has_moment")),
        sa.CheckConstraint("deadline_at <= commission_deadline_at", name=op.f("ck_call_commission_deadline_later")),
        sa.CheckConstraint("grace_minutes >= 0", name=op.f("ck_call_grace_not_negative")),
        sa.CheckConstraint("opens_at < deadline_at", name=op.f("ck_call_opens_before_deadline")),
        sa.CheckConstraint("quota >= 1", name=op.f("ck_call_quota_positive")),
        sa.CheckConstraint("readers_per_file >= 1", name=op.f("ck_call_readers_positive")),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_call_form_version_id")),
        sa.ForeignKeyConstraint(["guide_version_id"], ["guide_version.id"], name=op.f("fk_call_guide_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("reference", name=op.f("uq_call_reference")),
    )
    op.create_table(
        "city",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("local_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("is_capital", sa.Boolean(), nullable=False),
        sa.Column("folded_name", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["country"], ["state.iso3"], name=op.f("fk_city_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
        sa.UniqueConstraint("reference", name=op.f("uq_city_reference")),
    )
    op.create_index(op.f("ix_city_country"), "city", ["country"], unique=False)
    op.create_index(op.f("ix_city_folded_name"), "city", ["folded_name"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person_id", "code_hash", name=op.f("uq_recovery_code_person_id_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False)
    op.create_table(
        "remembered_device",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_remembered_device_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_remembered_device_token_hash")),
    )
    op.create_index(op.f("ix_remembered_device_person_id"), "remembered_device", ["person_id"], unique=False)
    op.create_table(
        "two_person_request",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) OR (refused_at IS NULL)", name=op.f("ck_two_person_request_one_answer")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR asked_by_id IS NULL OR confirmed_by_id <> asked_by_id",
            name=op.f("ck_two_person_request_two_persons"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_two_person_request_asked_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_two_person_request_confirmed_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_two_person_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_person_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_two_person_request_reference")),
    )
    op.create_table(
        "web_session",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("signed_in_at", UtcDateTime(), nullable=True),
        sa.Column("second_factor_at", UtcDateTime(), nullable=True),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("id_hash", name=op.f("uq_web_session_id_hash")),
    )
    op.create_index(op.f("ix_web_session_expires_at"), "web_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_web_session_person_id"), "web_session", ["person_id"], unique=False)
    op.create_table(
        "application",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("place_name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "endorsed",
                "not_endorsed",
                "unanswered",
                "eligible",
                "ineligible",
                "in_review",
                "admitted",
                "not_admitted",
                "returned",
                "withdrawn",
                "expired",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("returned_from", sa.String(length=32), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("is_associate_member", sa.Boolean(), nullable=False),
        sa.Column("override_reason", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=False),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_from IS NOT NULL)", name=op.f("ck_application_returned_remembers")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_application_withdrawn_has_moment")
        ),
        sa.CheckConstraint(
            "state IN ('draft','expired','withdrawn') OR (version_id IS NOT NULL AND submitted_at IS NOT NULL)",
            name=op.f("ck_application_submitted_has_version"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_application_call_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_application_city_id")),
        sa.ForeignKeyConstraint(["copied_from_id"], ["application.id"], name=op.f("fk_application_copied_from_id")),
        sa.ForeignKeyConstraint(["country"], ["state.iso3"], name=op.f("fk_application_country")),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_application_form_version_id")),
        *circular,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("reference", name=op.f("uq_application_reference")),
    )
    op.create_index(op.f("ix_application_call_id"), "application", ["call_id"], unique=False)
    op.create_index("ix_application_call_state", "application", ["call_id", "state"], unique=False)
    op.create_index(op.f("ix_application_city_id"), "application", ["city_id"], unique=False)
    op.create_index(op.f("ix_application_country"), "application", ["country"], unique=False)
    op.create_index(op.f("ix_application_folded_name"), "application", ["folded_name"], unique=False)
    op.create_index(
        "uq_application_live_city",
        "application",
        ["city_id"],
        unique=True,
        sqlite_where=sa.text(
            "city_id IS NOT NULL AND state IN ('submitted', 'endorsed', 'not_endorsed', 'unanswered', 'eligible', 'ineligible', 'in_review', 'returned')"
        ),
        postgresql_where=sa.text(
            "city_id IS NOT NULL AND state IN ('submitted', 'endorsed', 'not_endorsed', 'unanswered', 'eligible', 'ineligible', 'in_review', 'returned')"
        ),
    )
    op.create_table(
        "assignment_proposal",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("discarded_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_assignment_proposal_call_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_assignment_proposal_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_assignment_proposal_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_proposal")),
    )
    op.create_index(op.f("ix_assignment_proposal_call_id"), "assignment_proposal", ["call_id"], unique=False)
    op.create_table(
        "city_name",
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_city_name_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_name")),
        sa.UniqueConstraint("city_id", "name", "language", name=op.f("uq_city_name_city_id_name_language")),
    )
    op.create_index(op.f("ix_city_name_city_id"), "city_name", ["city_id"], unique=False)
    op.create_table(
        "cohort",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preparing",
                "locked",
                "armed",
                "announced",
                name="cohortstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("announce_at", UtcDateTime(), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("event_title", sa.String(length=200), nullable=False),
        sa.Column("event_at", UtcDateTime(), nullable=True),
        sa.Column("event_link", sa.String(length=500), nullable=False),
        sa.Column("strapline", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("quotation", sa.String(), nullable=False),
        sa.Column("quotation_by", sa.String(length=200), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("press_contact", sa.String(), nullable=False),
        sa.Column("declared_citizens", sa.String(length=80), nullable=False),
        sa.Column("declared_source", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("locked_at", UtcDateTime(), nullable=True),
        sa.Column("locked_by_id", sa.Integer(), nullable=True),
        sa.Column("lock_hash", sa.String(length=64), nullable=True),
        sa.Column("armed_at", UtcDateTime(), nullable=True),
        sa.Column("armed_by_id", sa.Integer(), nullable=True),
        sa.Column("arming_lapses_at", UtcDateTime(), nullable=True),
        sa.Column("stand_by_ids", sa.JSON(), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=True),
        sa.Column("held_by_id", sa.Integer(), nullable=True),
        sa.Column("announced_at", UtcDateTime(), nullable=True),
        sa.Column("announced_by_id", sa.Integer(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'announced') = (announced_at IS NOT NULL)", name=op.f("ck_cohort_announced_has_moment")
        ),
        sa.CheckConstraint("(state = 'armed') <= (armed_at IS NOT NULL)", name=op.f("ck_cohort_armed_has_moment")),
        sa.CheckConstraint(
            "state = 'preparing' OR state = 'announced' OR lock_hash IS NOT NULL",
            name=op.f("ck_cohort_locked_has_hash"),
        ),
        sa.CheckConstraint(
            "armed_by_id IS NULL OR locked_by_id IS NULL OR armed_by_id <> locked_by_id",
            name=op.f("ck_cohort_two_persons"),
        ),
        sa.ForeignKeyConstraint(["announced_by_id"], ["person.id"], name=op.f("fk_cohort_announced_by_id")),
        sa.ForeignKeyConstraint(["armed_by_id"], ["person.id"], name=op.f("fk_cohort_armed_by_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_cohort_call_id")),
        sa.ForeignKeyConstraint(["held_by_id"], ["person.id"], name=op.f("fk_cohort_held_by_id")),
        sa.ForeignKeyConstraint(["locked_by_id"], ["person.id"], name=op.f("fk_cohort_locked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("call_id", name=op.f("uq_cohort_call_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_cohort_reference")),
    )
    op.create_table(
        "gate",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("passed_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("unfinished", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_gate_actor_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_gate_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate")),
        sa.UniqueConstraint("call_id", "name", name=op.f("uq_gate_call_id_name")),
    )
    op.create_table(
        "grant_of_role",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "officer",
                "director",
                "commission",
                "juror",
                "chair",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(role = 'commission') = (country IS NOT NULL)", name=op.f("ck_grant_of_role_commission_has_country")
        ),
        sa.CheckConstraint(
            "(role IN ('juror','chair')) = (call_id IS NOT NULL)", name=op.f("ck_grant_of_role_jury_has_call")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_grant_of_role_call_id")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_grant_of_role_granted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_grant_of_role_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_of_role")),
    )
    op.create_index(op.f("ix_grant_of_role_person_id"), "grant_of_role", ["person_id"], unique=False)
    op.create_table(
        "juror",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("contexts", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("has_profile", sa.Boolean(), nullable=False),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_juror_call_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_juror_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_juror")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_juror_call_id_person_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_juror_reference")),
    )
    op.create_index(op.f("ix_juror_call_id"), "juror", ["call_id"], unique=False)
    op.create_index(op.f("ix_juror_person_id"), "juror", ["person_id"], unique=False)
    op.create_table(
        "minutes",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.String(length=40), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("recusals", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_minutes_call_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_minutes_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("call_id", name=op.f("uq_minutes_call_id")),
    )
    op.create_table(
        "quota_exception",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("extra", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name=op.f("ck_quota_exception_two_persons")
        ),
        sa.CheckConstraint("extra >= 1", name=op.f("ck_quota_exception_extra_positive")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_quota_exception_asked_by_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_quota_exception_call_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_quota_exception_confirmed_by_id")),
        sa.ForeignKeyConstraint(["country"], ["state.iso3"], name=op.f("fk_quota_exception_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_exception")),
    )
    op.create_index("ix_quota_exception_call_country", "quota_exception", ["call_id", "country"], unique=False)
    op.create_table(
        "answer",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_answer_application_id")),
        sa.ForeignKeyConstraint(["updated_by_id"], ["person.id"], name=op.f("fk_answer_updated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("application_id", "key", name=op.f("uq_answer_application_id_key")),
    )
    op.create_index(op.f("ix_answer_application_id"), "answer", ["application_id"], unique=False)
    op.create_table(
        "application_member",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner", "editor", "viewer", name="memberrole", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_application_member_added_by_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_member_application_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_member")),
    )
    op.create_index(
        op.f("ix_application_member_application_id"), "application_member", ["application_id"], unique=False
    )
    op.create_index(op.f("ix_application_member_person_id"), "application_member", ["person_id"], unique=False)
    op.create_index(
        "uq_application_member_live",
        "application_member",
        ["application_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "application_version",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("short_code", sa.String(length=12), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "signature", "submission", name="versionreason", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_version_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_version.id"], name=op.f("fk_application_version_form_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_version")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_application_version_application_id_number")),
        sa.UniqueConstraint("application_id", "sha256", name=op.f("uq_application_version_application_id_sha256")),
    )
    op.create_index(
        op.f("ix_application_version_application_id"), "application_version", ["application_id"], unique=False
    )
    op.create_table(
        "attachment",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("caption", sa.String(length=300), nullable=False),
        sa.Column("storage_key", sa.String(length=80), nullable=False),
        sa.Column("sha256_original", sa.String(length=64), nullable=False),
        sa.Column("sha256_clean", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("clean", "removed", name="attachmentstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_attachment_application_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_attachment_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("reference", name=op.f("uq_attachment_reference")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_attachment_storage_key")),
    )
    op.create_index(op.f("ix_attachment_application_id"), "attachment", ["application_id"], unique=False)
    op.create_table(
        "cohort_change",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name=op.f("ck_cohort_change_two_persons")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_cohort_change_application_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_cohort_change_asked_by_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_change_cohort_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_cohort_change_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_change")),
    )
    op.create_index(op.f("ix_cohort_change_cohort_id"), "cohort_change", ["cohort_id"], unique=False)
    op.create_table(
        "cohort_city",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("country_name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("is_capital", sa.Boolean(), nullable=False),
        sa.Column("is_returning", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_cohort_city_application_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_cohort_city_city_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_city_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_city")),
        sa.UniqueConstraint("application_id", name=op.f("uq_cohort_city_application_id")),
        sa.UniqueConstraint("cohort_id", "city_id", name=op.f("uq_cohort_city_cohort_id_city_id")),
    )
    op.create_index(op.f("ix_cohort_city_city_id"), "cohort_city", ["city_id"], unique=False)
    op.create_index(op.f("ix_cohort_city_cohort_id"), "cohort_city", ["cohort_id"], unique=False)
    op.create_table(
        "commission_rank",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_commission_rank_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_rank")),
        sa.UniqueConstraint("application_id", name=op.f("uq_commission_rank_application_id")),
    )
    op.create_table(
        "conflict_of_interest",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_conflict_of_interest_application_id")
        ),
        sa.ForeignKeyConstraint(["juror_id"], ["juror.id"], name=op.f("fk_conflict_of_interest_juror_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_conflict_of_interest_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
        sa.UniqueConstraint(
            "juror_id", "application_id", "code", name=op.f("uq_conflict_of_interest_juror_id_application_id_code")
        ),
    )
    op.create_index(
        op.f("ix_conflict_of_interest_application_id"), "conflict_of_interest", ["application_id"], unique=False
    )
    op.create_index(op.f("ix_conflict_of_interest_juror_id"), "conflict_of_interest", ["juror_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("approved", "not_approved", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("departure_reason", sa.String(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("prepared_at", UtcDateTime(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_decision_approval_complete")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> prepared_by_id", name=op.f("ck_decision_two_persons")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_decision_application_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_decision_approved_by_id")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["person.id"], name=op.f("fk_decision_prepared_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("application_id", name=op.f("uq_decision_application_id")),
    )
    op.create_table(
        "extension",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "all", "country", "city", name="extensionscope", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "deadline",
            sa.Enum("cities", "commissions", name="deadline", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=3), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(scope = 'city') = (application_id IS NOT NULL)", name=op.f("ck_extension_city_named")),
        sa.CheckConstraint("(scope = 'country') = (country IS NOT NULL)", name=op.f("ck_extension_country_named")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_extension_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_extension_call_id")),
        sa.ForeignKeyConstraint(["country"], ["state.iso3"], name=op.f("fk_extension_country")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_extension_granted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_application_id"), "extension", ["application_id"], unique=False)
    op.create_index(op.f("ix_extension_call_id"), "extension", ["call_id"], unique=False)
    op.create_table(
        "file_opened",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_file_opened_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_opened")),
        sa.UniqueConstraint("application_id", name=op.f("uq_file_opened_application_id")),
    )
    op.create_table(
        "information_request",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("question", "return", name="requestkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("asked_for", sa.String(length=20), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("asked_for IN ('secretariat', 'commission')", name=op.f("ck_information_request_asker")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_information_request_application_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_information_request_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_information_request_reference")),
    )
    op.create_index(
        op.f("ix_information_request_application_id"), "information_request", ["application_id"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "officer",
                "director",
                "commission",
                "juror",
                "chair",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=3), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("application_role", sa.String(length=20), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(role IS NOT NULL) <> (application_id IS NOT NULL)", name=op.f("ck_invitation_role_or_application")
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["person.id"], name=op.f("fk_invitation_accepted_by_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_invitation_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_invitation_call_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["person.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_table(
        "join_request",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_join_request_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_join_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
        sa.UniqueConstraint("application_id", "person_id", name=op.f("uq_join_request_application_id_person_id")),
    )
    op.create_index(op.f("ix_join_request_application_id"), "join_request", ["application_id"], unique=False)
    op.create_index(op.f("ix_join_request_person_id"), "join_request", ["person_id"], unique=False)
    op.create_table(
        "juror_file",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_juror_file_application_id")),
        sa.ForeignKeyConstraint(["juror_id"], ["juror.id"], name=op.f("fk_juror_file_juror_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_juror_file")),
        sa.UniqueConstraint("juror_id", "application_id", "is_blocked", name="uq_juror_file_with_block"),
        sa.UniqueConstraint("juror_id", "application_id", name=op.f("uq_juror_file_juror_id_application_id")),
    )
    op.create_index(op.f("ix_juror_file_application_id"), "juror_file", ["application_id"], unique=False)
    op.create_table(
        "letter_text",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "admitted",
                "not_admitted",
                "commission",
                name="letterkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_letter_text_cohort_id")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["person.id"], name=op.f("fk_letter_text_edited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("cohort_id", "kind", "language", name=op.f("uq_letter_text_cohort_id_kind_language")),
    )
    op.create_index(op.f("ix_letter_text_cohort_id"), "letter_text", ["cohort_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("known_by", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("is_until_approximate", sa.Boolean(), nullable=False),
        sa.Column(
            "end_reason",
            sa.Enum(
                "left",
                "merged",
                "no_report",
                "state_departed",
                "superseded",
                name="endreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("end_source", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(from_on IS NOT NULL) <> (known_by IS NOT NULL)", name=op.f("ck_membership_one_beginning")),
        sa.CheckConstraint("(until_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_membership_end_has_reason")),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= coalesce(from_on, known_by)",
            name=op.f("ck_membership_end_after_beginning"),
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_membership_city_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_membership_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_city_id"), "membership", ["city_id"], unique=False)
    op.create_index(op.f("ix_membership_cohort_id"), "membership", ["cohort_id"], unique=False)
    op.create_index(
        "uq_membership_running",
        "membership",
        ["city_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("values_json", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "held",
                "dead",
                "discarded",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_message_sent_has_moment")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_outbox_message_application_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_outbox_message_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outbox_message_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    op.create_index(op.f("ix_outbox_message_application_id"), "outbox_message", ["application_id"], unique=False)
    op.create_index(op.f("ix_outbox_message_cohort_id"), "outbox_message", ["cohort_id"], unique=False)
    op.create_index("ix_outbox_message_due", "outbox_message", ["state", "next_attempt_at"], unique=False)
    op.create_index(op.f("ix_outbox_message_kind"), "outbox_message", ["kind"], unique=False)
    op.create_index(op.f("ix_outbox_message_person_id"), "outbox_message", ["person_id"], unique=False)
    op.create_table(
        "published_spelling",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("corrected_at", UtcDateTime(), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_published_spelling_application_id")
        ),
        sa.ForeignKeyConstraint(["corrected_by_id"], ["person.id"], name=op.f("fk_published_spelling_corrected_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_spelling")),
        sa.UniqueConstraint("application_id", "key", name=op.f("uq_published_spelling_application_id_key")),
    )
    op.create_index(
        op.f("ix_published_spelling_application_id"), "published_spelling", ["application_id"], unique=False
    )
    op.create_table(
        "quota_place",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "endorsement", "approval", name="placepurpose", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place_limit", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND place_limit", name=op.f("ck_quota_place_within_quota")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_quota_place_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_quota_place_call_id")),
        sa.ForeignKeyConstraint(["country"], ["state.iso3"], name=op.f("fk_quota_place_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_place")),
        sa.UniqueConstraint(
            "call_id", "country", "purpose", "number", name=op.f("uq_quota_place_call_id_country_purpose_number")
        ),
        sa.UniqueConstraint("purpose", "application_id", name=op.f("uq_quota_place_purpose_application_id")),
    )
    op.create_table(
        "recommendation",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("is_recommended", sa.Boolean(), nullable=False),
        sa.Column("average", sa.Double(), nullable=True),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_recommendation_application_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_recommendation_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("application_id", name=op.f("uq_recommendation_application_id")),
    )
    op.create_table(
        "staff_conflict",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_staff_conflict_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_conflict_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_conflict")),
        sa.UniqueConstraint("person_id", "application_id", name=op.f("uq_staff_conflict_person_id_application_id")),
    )
    op.create_index(op.f("ix_staff_conflict_application_id"), "staff_conflict", ["application_id"], unique=False)
    op.create_index(op.f("ix_staff_conflict_person_id"), "staff_conflict", ["person_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("pair_is_blocked", sa.Boolean(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(length=4), nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("declared_free_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (pair_is_blocked IS NOT NULL)", name=op.f("ck_assignment_running_names_pair")
        ),
        sa.CheckConstraint("pair_is_blocked IS NULL OR NOT pair_is_blocked", name=op.f("ck_assignment_never_blocked")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_assignment_application_id")),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["person.id"], name=op.f("fk_assignment_assigned_by_id")),
        sa.ForeignKeyConstraint(
            ["juror_id", "application_id", "pair_is_blocked"],
            ["juror_file.juror_id", "juror_file.application_id", "juror_file.is_blocked"],
            name="fk_assignment_unblocked_pair",
        ),
        sa.ForeignKeyConstraint(["juror_id"], ["juror.id"], name=op.f("fk_assignment_juror_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["assignment_proposal.id"], name=op.f("fk_assignment_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("application_id", "pseudonym", name=op.f("uq_assignment_application_id_pseudonym")),
        sa.UniqueConstraint("reference", name=op.f("uq_assignment_reference")),
    )
    op.create_index(op.f("ix_assignment_application_id"), "assignment", ["application_id"], unique=False)
    op.create_index(op.f("ix_assignment_juror_id"), "assignment", ["juror_id"], unique=False)
    op.create_index(
        "uq_assignment_running",
        "assignment",
        ["juror_id", "application_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "endorsement",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "endorsed", "declined", name="endorsementoutcome", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("is_late_letter", sa.Boolean(), nullable=False),
        sa.Column("letter_note", sa.String(), nullable=False),
        sa.Column("acted_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revocation_reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome <> 'declined' OR reason <> ''", name=op.f("ck_endorsement_declining_has_reason")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_endorsement_actor_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_endorsement_application_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["person.id"], name=op.f("fk_endorsement_revoked_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["application_version.id"], name=op.f("fk_endorsement_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
    )
    op.create_index(op.f("ix_endorsement_application_id"), "endorsement", ["application_id"], unique=False)
    op.create_index(
        "uq_endorsement_live",
        "endorsement",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "registry_act",
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("act_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_registry_act_actor_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_registry_act_city_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_registry_act_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_act")),
    )
    op.create_index(op.f("ix_registry_act_city_id"), "registry_act", ["city_id"], unique=False)
    op.create_table(
        "screening_check",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "eligible", "ineligible", name="checkoutcome", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("reply_due_at", UtcDateTime(), nullable=True),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("replied_by_id", sa.Integer(), nullable=True),
        sa.Column("final_at", UtcDateTime(), nullable=True),
        sa.Column("reversed_at", UtcDateTime(), nullable=True),
        sa.Column("reversal_reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_screening_check_application_id")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["person.id"], name=op.f("fk_screening_check_checked_by_id")),
        sa.ForeignKeyConstraint(["replied_by_id"], ["person.id"], name=op.f("fk_screening_check_replied_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["application_version.id"], name=op.f("fk_screening_check_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_check")),
    )
    op.create_index(op.f("ix_screening_check_application_id"), "screening_check", ["application_id"], unique=False)
    op.create_table(
        "signature_request",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("is_same_person", sa.Boolean(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("code_sent_at", UtcDateTime(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_signature_request_application_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_signature_request_sent_by_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["application_version.id"], name=op.f("fk_signature_request_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_request")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signature_request_token_hash")),
    )
    op.create_index(op.f("ix_signature_request_application_id"), "signature_request", ["application_id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("endorsement_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("objected_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["endorsement_id"], ["endorsement.id"], name=op.f("fk_objection_endorsement_id")),
        sa.ForeignKeyConstraint(["version_id"], ["application_version.id"], name=op.f("fk_objection_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("endorsement_id", "version_id", name=op.f("uq_objection_endorsement_id_version_id")),
    )
    op.create_index(op.f("ix_objection_endorsement_id"), "objection", ["endorsement_id"], unique=False)
    op.create_table(
        "one_time_token",
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm_address",
                "reset_password",
                "change_address",
                "commission_code",
                "signature_code",
                name="tokenpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("signature_request_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_token_person_id")),
        sa.ForeignKeyConstraint(
            ["signature_request_id"], ["signature_request.id"], name=op.f("fk_one_time_token_signature_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_token_token_hash")),
    )
    op.create_index(op.f("ix_one_time_token_person_id"), "one_time_token", ["person_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "abstained",
                name="reviewstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("paragraph", sa.String(), nullable=False),
        sa.Column("abstention_reason", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name=op.f("ck_review_submitted_has_moment")
        ),
        sa.CheckConstraint("state <> 'submitted' OR total IS NOT NULL", name=op.f("ck_review_submitted_has_total")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_review_assignment_id")),
        sa.ForeignKeyConstraint(["version_id"], ["application_version.id"], name=op.f("fk_review_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_review_assignment_id")),
    )
    op.create_table(
        "signature",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column(
            "method",
            sa.Enum("link", "paper", name="signaturemethod", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("refused_by_id", sa.Integer(), nullable=True),
        sa.Column("refusal_reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(method = 'link') = (request_id IS NOT NULL)", name=op.f("ck_signature_link_has_request")),
        sa.CheckConstraint(
            "(method = 'paper') = (attachment_id IS NOT NULL)", name=op.f("ck_signature_paper_has_letter")
        ),
        sa.CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name=op.f("ck_signature_one_verdict")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_signature_application_id")),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_signature_attachment_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_signature_confirmed_by_id")),
        sa.ForeignKeyConstraint(["refused_by_id"], ["person.id"], name=op.f("fk_signature_refused_by_id")),
        sa.ForeignKeyConstraint(["request_id"], ["signature_request.id"], name=op.f("fk_signature_request_id")),
        sa.ForeignKeyConstraint(["version_id"], ["application_version.id"], name=op.f("fk_signature_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_application_id"), "signature", ["application_id"], unique=False)
    op.create_index(
        "uq_signature_live",
        "signature",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL AND refused_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL AND refused_at IS NULL"),
    )
    op.create_table(
        "score",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 5", name=op.f("ck_score_on_the_scale")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_score_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("review_id", "criterion", name=op.f("uq_score_review_id_criterion")),
    )
    op.create_index(op.f("ix_score_review_id"), "score", ["review_id"], unique=False)
    # Indexes over expressions, which autogeneration leaves out.
    op.create_index(
        "uq_grant_live",
        "grant_of_role",
        ["person_id", "role", sa.text("coalesce(call_id, 0)"), sa.text("coalesce(country, '')")],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(
        "uq_cohort_change_open",
        "cohort_change",
        ["cohort_id", "kind", sa.text("coalesce(application_id, 0)")],
        unique=True,
        sqlite_where=sa.text("confirmed_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NULL"),
    )

    if not is_sqlite:
        op.create_foreign_key(name, "application", "application_version", ["version_id"], ["id"])


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_application_version_id", "application", type_="foreignkey")
    op.drop_index(op.f("ix_score_review_id"), table_name="score")
    op.drop_table("score")
    op.drop_index(
        "uq_signature_live",
        table_name="signature",
        sqlite_where=sa.text("voided_at IS NULL AND refused_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL AND refused_at IS NULL"),
    )
    op.drop_index(op.f("ix_signature_application_id"), table_name="signature")
    op.drop_table("signature")
    op.drop_table("review")
    op.drop_index(op.f("ix_one_time_token_person_id"), table_name="one_time_token")
    op.drop_table("one_time_token")
    op.drop_index(op.f("ix_objection_endorsement_id"), table_name="objection")
    op.drop_table("objection")
    op.drop_index(op.f("ix_signature_request_application_id"), table_name="signature_request")
    op.drop_table("signature_request")
    op.drop_index(op.f("ix_screening_check_application_id"), table_name="screening_check")
    op.drop_table("screening_check")
    op.drop_index(op.f("ix_registry_act_city_id"), table_name="registry_act")
    op.drop_table("registry_act")
    op.drop_index(
        "uq_endorsement_live",
        table_name="endorsement",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_endorsement_application_id"), table_name="endorsement")
    op.drop_table("endorsement")
    op.drop_index(
        "uq_assignment_running",
        table_name="assignment",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_assignment_juror_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_application_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_staff_conflict_person_id"), table_name="staff_conflict")
    op.drop_index(op.f("ix_staff_conflict_application_id"), table_name="staff_conflict")
    op.drop_table("staff_conflict")
    op.drop_table("recommendation")
    op.drop_table("quota_place")
    op.drop_index(op.f("ix_published_spelling_application_id"), table_name="published_spelling")
    op.drop_table("published_spelling")
    op.drop_index(op.f("ix_outbox_message_person_id"), table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_kind"), table_name="outbox_message")
    op.drop_index("ix_outbox_message_due", table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_cohort_id"), table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_application_id"), table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(
        "uq_membership_running",
        table_name="membership",
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.drop_index(op.f("ix_membership_cohort_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_city_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_letter_text_cohort_id"), table_name="letter_text")
    op.drop_table("letter_text")
    op.drop_index(op.f("ix_juror_file_application_id"), table_name="juror_file")
    op.drop_table("juror_file")
    op.drop_index(op.f("ix_join_request_person_id"), table_name="join_request")
    op.drop_index(op.f("ix_join_request_application_id"), table_name="join_request")
    op.drop_table("join_request")
    op.drop_index(op.f("ix_invitation_email"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_information_request_application_id"), table_name="information_request")
    op.drop_table("information_request")
    op.drop_table("file_opened")
    op.drop_index(op.f("ix_extension_call_id"), table_name="extension")
    op.drop_index(op.f("ix_extension_application_id"), table_name="extension")
    op.drop_table("extension")
    op.drop_table("decision")
    op.drop_index(op.f("ix_conflict_of_interest_juror_id"), table_name="conflict_of_interest")
    op.drop_index(op.f("ix_conflict_of_interest_application_id"), table_name="conflict_of_interest")
    op.drop_table("conflict_of_interest")
    op.drop_table("commission_rank")
    op.drop_index(op.f("ix_cohort_city_cohort_id"), table_name="cohort_city")
    op.drop_index(op.f("ix_cohort_city_city_id"), table_name="cohort_city")
    op.drop_table("cohort_city")
    op.drop_index(op.f("ix_cohort_change_cohort_id"), table_name="cohort_change")
    op.drop_table("cohort_change")
    op.drop_index(op.f("ix_attachment_application_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index(op.f("ix_application_version_application_id"), table_name="application_version")
    op.drop_table("application_version")
    op.drop_index(
        "uq_application_member_live",
        table_name="application_member",
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(op.f("ix_application_member_person_id"), table_name="application_member")
    op.drop_index(op.f("ix_application_member_application_id"), table_name="application_member")
    op.drop_table("application_member")
    op.drop_index(op.f("ix_answer_application_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_index("ix_quota_exception_call_country", table_name="quota_exception")
    op.drop_table("quota_exception")
    op.drop_table("minutes")
    op.drop_index(op.f("ix_juror_person_id"), table_name="juror")
    op.drop_index(op.f("ix_juror_call_id"), table_name="juror")
    op.drop_table("juror")
    op.drop_index(op.f("ix_grant_of_role_person_id"), table_name="grant_of_role")
    op.drop_table("grant_of_role")
    op.drop_table("gate")
    op.drop_table("cohort")
    op.drop_index(op.f("ix_city_name_city_id"), table_name="city_name")
    op.drop_table("city_name")
    op.drop_index(op.f("ix_assignment_proposal_call_id"), table_name="assignment_proposal")
    op.drop_table("assignment_proposal")
    op.drop_index(
        "uq_application_live_city",
        table_name="application",
        sqlite_where=sa.text(
            "city_id IS NOT NULL AND state IN ('submitted', 'endorsed', 'not_endorsed', 'unanswered', 'eligible', 'ineligible', 'in_review', 'returned')"
        ),
        postgresql_where=sa.text(
            "city_id IS NOT NULL AND state IN ('submitted', 'endorsed', 'not_endorsed', 'unanswered', 'eligible', 'ineligible', 'in_review', 'returned')"
        ),
    )
    op.drop_index(op.f("ix_application_folded_name"), table_name="application")
    op.drop_index(op.f("ix_application_country"), table_name="application")
    op.drop_index(op.f("ix_application_city_id"), table_name="application")
    op.drop_index("ix_application_call_state", table_name="application")
    op.drop_index(op.f("ix_application_call_id"), table_name="application")
    op.drop_table("application")
    op.drop_index(op.f("ix_web_session_person_id"), table_name="web_session")
    op.drop_index(op.f("ix_web_session_expires_at"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("two_person_request")
    op.drop_index(op.f("ix_remembered_device_person_id"), table_name="remembered_device")
    op.drop_table("remembered_device")
    op.drop_index(op.f("ix_recovery_code_person_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_city_folded_name"), table_name="city")
    op.drop_index(op.f("ix_city_country"), table_name="city")
    op.drop_table("city")
    op.drop_table("call")
    op.drop_table("state")
    op.drop_table("reminder_sent")
    op.drop_table("published_figure")
    op.drop_table("person")
    op.drop_index(op.f("ix_notice_at"), table_name="notice")
    op.drop_table("notice")
    op.drop_table("instance")
    op.drop_table("guide_version")
    op.drop_table("guess_counter")
    op.drop_table("form_version")
    op.drop_table("form_key")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_entry_noun", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("audit_detail")
