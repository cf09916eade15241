"""Offices that receive the public: their hours, appointments and seats, tickets, who sits at which desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0043_offices"
down_revision = "0042_complaints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_offices()
    _create_appointments()
    _create_tickets()


def _create_offices() -> None:
    op.create_table(
        "offices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("place_ar", sa.String(length=200), nullable=False),
        sa.Column("place_fr", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("desk_count", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 120", name=op.f("ck_offices_slot_minutes")),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 120", name=op.f("ck_offices_horizon_days")),
        sa.CheckConstraint("desk_count BETWEEN 1 AND 50", name=op.f("ck_offices_desk_count")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_offices_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("code", name=op.f("uq_offices_code")),
        sa.UniqueConstraint("letter", name=op.f("uq_offices_letter")),
    )
    op.create_index(op.f("ix_offices_unit_id"), "offices", ["unit_id"])
    op.create_table(
        "office_hours",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_office_hours_weekday")),
        sa.CheckConstraint(
            "start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440",
            name=op.f("ck_office_hours_in_day"),
        ),
        sa.CheckConstraint("places BETWEEN 1 AND 50", name=op.f("ck_office_hours_places")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_office_hours_office_id_offices"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office_id", "weekday", "start_minute", name=op.f("pk_office_hours")),
    )


def _create_appointments() -> None:
    op.create_table(
        "appointment_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_appointment_counters")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.String(length=20), nullable=False),
        sa.Column("booking_key", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("booked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("arrived_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("cancelled_by_name", sa.String(length=200), nullable=False),
        sa.Column("cancel_reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_appointments_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("booking_key", name=op.f("uq_appointments_booking_key")),
        sa.UniqueConstraint("number", name=op.f("uq_appointments_number")),
    )
    op.create_index("ix_appointments_office_day", "appointments", ["office_id", "day"])
    op.create_index("ix_appointments_day", "appointments", ["day"])
    op.create_table(
        "appointment_seats",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seat", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("seat BETWEEN 1 AND places", name=op.f("ck_appointment_seats_within_places")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_appointment_seats_appointment_id_appointments")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_appointment_seats_office_id_offices")),
        sa.PrimaryKeyConstraint("office_id", "day", "start_minute", "seat", name=op.f("pk_appointment_seats")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_appointment_seats_appointment_id")),
    )


def _create_tickets() -> None:
    op.create_table(
        "ticket_counters",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_ticket_counters_office_id_offices")),
        sa.PrimaryKeyConstraint("office_id", "day", name=op.f("pk_ticket_counters")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("due_minute", sa.Integer(), nullable=True),
        sa.Column("is_priority", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("taken_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("taken_hour", sa.Integer(), nullable=False),
        sa.Column("desk_number", sa.Integer(), nullable=True),
        sa.Column("called_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("waited_minutes", sa.Integer(), nullable=True),
        sa.Column("ended_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("served_minutes", sa.Integer(), nullable=True),
        sa.Column("called_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_tickets_appointment_id_appointments")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_tickets_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_tickets_appointment_id")),
        sa.UniqueConstraint("office_id", "day", "number", name=op.f("uq_tickets_office_id")),
    )
    op.create_index("ix_tickets_state", "tickets", ["office_id", "day", "state"])
    op.create_index(
        "uq_tickets_at_desk",
        "tickets",
        ["office_id", "day", "desk_number"],
        unique=True,
        sqlite_where=sa.text("state = 'called'"),
        postgresql_where=sa.text("state = 'called'"),
    )
    op.create_table(
        "desk_sittings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("desk_number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("began_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_desk_sittings_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_sittings")),
    )
    for name, columns in (("desk", ["office_id", "desk_number"]), ("person", ["person_id"])):
        op.create_index(
            f"uq_desk_sittings_{name}",
            "desk_sittings",
            columns,
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    for name in (
        "desk_sittings",
        "tickets",
        "ticket_counters",
        "appointment_seats",
        "appointments",
        "appointment_counters",
        "office_hours",
        "offices",
    ):
        op.drop_table(name)
