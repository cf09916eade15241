"""Saved searches, and when a document last became news to somebody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0038_saved_searches"
down_revision = "0037_openings_by_person"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("filters", sa.String(length=4000), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("kept_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_searches_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_saved_searches_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_searches_person_id")),
    )
    op.create_index(op.f("ix_saved_searches_unit_id"), "saved_searches", ["unit_id"])
    op.create_table(
        "saved_search_looks",
        sa.Column("saved_search_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("looked_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_search_id"],
            ["saved_searches.id"],
            name=op.f("fk_saved_search_looks_saved_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_search_looks_person_id_people")),
        sa.PrimaryKeyConstraint("saved_search_id", "person_id", name=op.f("pk_saved_search_looks")),
    )
    op.add_column("documents", sa.Column("news_at", docflow.core.db.UtcDateTime(), nullable=True))
    op.execute("UPDATE documents SET news_at = coalesce(ready_at, deposited_at)")
    op.create_index("ix_documents_news_at", "documents", ["news_at"])


def downgrade() -> None:
    op.drop_index("ix_documents_news_at", table_name="documents")
    op.drop_column("documents", "news_at")
    op.drop_table("saved_search_looks")
    op.drop_index(op.f("ix_saved_searches_unit_id"), table_name="saved_searches")
    op.drop_table("saved_searches")
