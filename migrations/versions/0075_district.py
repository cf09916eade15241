"""The administration says itself what it is called and what its papers bear."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0075_district"
down_revision = "0074_two_digit_years"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name_ar", sa.String(120), nullable=False),
        sa.Column("name_fr", sa.String(120), nullable=False),
        sa.Column("above_ar", sa.Text(), nullable=False),
        sa.Column("above_fr", sa.Text(), nullable=False),
        sa.Column("foot_ar", sa.Text(), nullable=False),
        sa.Column("foot_fr", sa.Text(), nullable=False),
        sa.Column("emblem", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
    )
    # A district that worked before is called what its root unit is called.
    op.execute(
        "INSERT INTO district (id, kind, name_ar, name_fr, above_ar, above_fr, foot_ar, foot_fr, emblem, changed_at,"
        " changed_by_name, version)"
        " SELECT 1, 'other', substr(name_ar, 1, 120), substr(name_fr, 1, 120), 'المملكة المغربية', 'Royaume du Maroc',"
        " '', '', '', CURRENT_TIMESTAMP, '', 1"
        " FROM org_units WHERE parent_id IS NULL ORDER BY id LIMIT 1"
    )


def downgrade() -> None:
    op.drop_table("district")
