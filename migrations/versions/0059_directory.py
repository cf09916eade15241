"""Signing in through a directory: whose accounts, which groups give what, answers that are waited for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0059_directory"
down_revision = "0058_ended_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "awaited_answers",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("created_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_awaited_answers")),
    )
    op.create_index(op.f("ix_awaited_answers_created_at"), "awaited_answers", ["created_at"])
    op.create_table(
        "directory_accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("seen_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_directory_accounts_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_directory_accounts")),
        sa.UniqueConstraint("door", "username", name="uq_directory_accounts_door_username"),
        sa.UniqueConstraint("door", "issuer", "subject", name="uq_directory_accounts_door_issuer_subject"),
    )
    op.create_table(
        "directory_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_name", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_directory_rules_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_rules")),
        sa.UniqueConstraint("group_name", "role", "unit_id", name="uq_directory_rules_group_role_unit"),
    )
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("opened_by", sa.String(length=10), nullable=False, server_default="password"))
        table.add_column(sa.Column("did_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("memberships") as table:
        table.add_column(sa.Column("from_directory", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("memberships") as table:
        table.drop_column("from_directory")
    with op.batch_alter_table("sessions") as table:
        table.drop_column("did_factor")
        table.drop_column("opened_by")
    op.drop_table("directory_rules")
    op.drop_table("directory_accounts")
    op.drop_index(op.f("ix_awaited_answers_created_at"), table_name="awaited_answers")
    op.drop_table("awaited_answers")
