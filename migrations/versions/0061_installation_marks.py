"""What every host of an installation must have alike."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061_installation_marks"
down_revision = "0060_published_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation_marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_marks")),
    )


def downgrade() -> None:
    op.drop_table("installation_marks")
