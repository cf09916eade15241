"""What was typed in forms, until the paper of it is drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052_letters_to_draw"
down_revision = "0051_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letters_to_draw",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_letters_to_draw_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_letters_to_draw")),
    )


def downgrade() -> None:
    op.drop_table("letters_to_draw")
