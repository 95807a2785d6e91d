"""The calibration round of a call: its files, seats, readings and scores, apart from those of applications."""

import sqlalchemy as sa
from alembic import op

from gnlc_apply.models.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = ("preparing", "scoring", "talk", "second", "closed")
TABLES = ("calibration_score", "calibration_reading", "calibration_seat", "calibration_file", "calibration_round")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _points(table: str, column: str, target: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
    return sa.Column(column, sa.Integer(), nullable=False), key


def upgrade() -> None:
    """No call has had a round."""
    _rounds()
    _files()
    _seats()
    _readings()
    _scores()


def downgrade() -> None:
    """The rounds go, scores and all: nothing below has a place for them."""
    for table in TABLES:
        op.drop_table(table)


def _rounds() -> None:
    name = "calibration_round"
    state = sa.Enum(*STATES, name="calibrationstate", native_enum=False, create_constraint=True, length=32)
    rules = {
        "opened_has_moment": "(state = 'preparing') = (opened_at IS NULL)",
        "closed_has_moment": "(state = 'closed') = (closed_at IS NOT NULL)",
        "second_has_moment": "state <> 'second' OR second_opened_at IS NOT NULL",
        "second_after_talk": "second_opened_at IS NULL OR talk_held_on IS NOT NULL",
        "second_is_planned": "second_opened_at IS NULL OR is_scored_twice",
    }
    op.create_table(
        name,
        *_points(name, "call_id", "call"),
        sa.Column("state", state, nullable=False),
        sa.Column("talk_at", UtcDateTime(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("is_scored_twice", sa.Boolean(), nullable=False),
        sa.Column("talk_held_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("second_opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        _id(),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{word}")) for word, rule in rules.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("call_id", name=op.f(f"uq_{name}_call_id")),
    )


def _files() -> None:
    name = "calibration_file"
    rules = {
        "text_or_pdf": "(words = '') = (storage_key IS NOT NULL)",
        "pdf_has_size": "(storage_key IS NULL) = (size IS NULL)",
        "has_title": "title <> ''",
    }
    op.create_table(
        name,
        sa.Column("reference", sa.String(40), nullable=False),
        *_points(name, "round_id", "calibration_round"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("storage_key", sa.String(64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("sha256_original", sa.String(64), nullable=False),
        sa.Column("sha256_clean", sa.String(64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        _id(),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{word}")) for word, rule in rules.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("reference", name=op.f(f"uq_{name}_reference")),
        sa.UniqueConstraint("storage_key", name=op.f(f"uq_{name}_storage_key")),
    )
    op.create_index(op.f(f"ix_{name}_round_id"), name, ["round_id"])


def _seats() -> None:
    name = "calibration_seat"
    op.create_table(
        name,
        *_points(name, "round_id", "calibration_round"),
        *_points(name, "juror_id", "juror"),
        sa.Column("pseudonym", sa.String(4), nullable=False),
        sa.Column("was_present", sa.Boolean(), nullable=False),
        _id(),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("round_id", "juror_id", name=op.f(f"uq_{name}_round_id_juror_id")),
        sa.UniqueConstraint("round_id", "pseudonym", name=op.f(f"uq_{name}_round_id_pseudonym")),
    )
    for column in ("round_id", "juror_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _readings() -> None:
    name = "calibration_reading"
    states = ("draft", "submitted", "abstained")
    state = sa.Enum(*states, name="reviewstate", native_enum=False, create_constraint=True, length=32)
    rules = {
        "first_or_second": "turn BETWEEN 1 AND 2",
        "submitted_has_moment": "(state = 'submitted') = (submitted_at IS NOT NULL)",
        "submitted_has_total": "state <> 'submitted' OR total IS NOT NULL",
    }
    op.create_table(
        name,
        *_points(name, "file_id", "calibration_file"),
        *_points(name, "seat_id", "calibration_seat"),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("paragraph", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        _id(),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{word}")) for word, rule in rules.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("file_id", "seat_id", "turn", name=op.f(f"uq_{name}_file_id_seat_id_turn")),
    )
    for column in ("file_id", "seat_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _scores() -> None:
    name = "calibration_score"
    op.create_table(
        name,
        *_points(name, "reading_id", "calibration_reading"),
        sa.Column("criterion", sa.String(40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        _id(),
        sa.CheckConstraint("value BETWEEN 0 AND 5", name=op.f(f"ck_{name}_on_the_scale")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("reading_id", "criterion", name=op.f(f"uq_{name}_reading_id_criterion")),
    )
    op.create_index(op.f(f"ix_{name}_reading_id"), name, ["reading_id"])
