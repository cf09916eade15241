"""Dates stored with a year of two digits are completed by a job, which leaves a line in the journal for each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0074_two_digit_years"
down_revision = "0073_archivist_reads"
branch_labels = None
depends_on = None

NAME = "documents.complete_years"


def upgrade() -> None:
    asked = sa.text(
        "INSERT INTO jobs (id, name, payload, state, priority, run_after, created_at, attempts, max_attempts)"
        " SELECT :id, :name, '{}', 'ready', 0, :now, :now, 0, 5"
        " WHERE EXISTS (SELECT 1 FROM documents WHERE document_date < :first_full_year)"
    )
    op.execute(
        asked.bindparams(
            sa.bindparam("id", uuid4(), type_=sa.Uuid()),
            sa.bindparam("name", NAME),
            sa.bindparam("now", datetime.now(UTC), type_=sa.DateTime(timezone=True)),
            sa.bindparam("first_full_year", date(100, 1, 1), type_=sa.Date()),
        )
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM jobs WHERE name = :name").bindparams(name=NAME))
