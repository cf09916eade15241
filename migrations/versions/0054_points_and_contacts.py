"""The point of a complaint on the map; when the contact of a complaint or a request was forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0054_points_and_contacts"
down_revision = "0053_unsubscribe_by_one_click"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("complaint_quarters") as table:
        table.add_column(sa.Column("frame", sa.JSON(), nullable=True))
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        table.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        table.add_column(sa.Column("contact_forgotten_at", docflow.core.db.UtcDateTime(), nullable=True))
    with op.batch_alter_table("service_requests") as table:
        table.add_column(sa.Column("contact_forgotten_at", docflow.core.db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("service_requests") as table:
        table.drop_column("contact_forgotten_at")
    with op.batch_alter_table("complaints") as table:
        table.drop_column("contact_forgotten_at")
        table.drop_column("longitude")
        table.drop_column("latitude")
    with op.batch_alter_table("complaint_quarters") as table:
        table.drop_column("frame")
