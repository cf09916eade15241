"""Second factors, recovery codes, the roles that need one; what a session was opened with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0056_second_factors"
down_revision = "0055_backups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.String(length=255), nullable=False),
        sa.Column("made_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_second_factors_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"])
    op.create_table(
        "factor_rules",
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_factor_rules")),
    )
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False, server_default=sa.false()))
        for name, length in (("address", 64), ("browser", 40), ("system", 40)):
            table.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("sessions") as table:
        for name in ("system", "browser", "address", "awaits_code"):
            table.drop_column(name)
    op.drop_table("factor_rules")
    op.drop_index(op.f("ix_recovery_codes_person_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
