"""What documents whose unit a person set teach about units."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_unit_lessons"
down_revision = "0010_copies_and_signatures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_lessons",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("subject_stems", sa.Text(), nullable=False),
        sa.Column("text_stems", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_unit_lessons_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_unit_lessons")),
    )


def downgrade() -> None:
    op.drop_table("unit_lessons")
