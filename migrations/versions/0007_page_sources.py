"""Where each page comes from, and pages that are left out of every document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_page_sources"
down_revision = "0006_ingest"
branch_labels = None
depends_on = None

FLAGS = ("has_backs_last", "is_arranged", "is_edited")
NUMBERS = ("part_number", "pages_version")


def upgrade() -> None:
    op.add_column("documents", sa.Column("deposit_id", sa.Uuid(), nullable=True))
    for name in NUMBERS:
        op.add_column("documents", sa.Column(name, sa.Integer(), server_default="1", nullable=False))
    for name in FLAGS:
        op.add_column("documents", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_documents_deposit_id"), "documents", ["deposit_id"], unique=False)
    # A person's edit is in the journal only; what they wrote must not be filled in anew.
    op.execute(
        sa.text(
            "UPDATE documents SET is_edited = :yes WHERE EXISTS (SELECT 1 FROM journal_entries WHERE "
            "verb = 'documents.edited' AND subject_kind = 'document' AND "
            "REPLACE(subject_id, '-', '') = REPLACE(CAST(documents.id AS VARCHAR(36)), '-', ''))"
        ).bindparams(yes=True)
    )
    op.add_column("pages", sa.Column("source_id", sa.Uuid(), nullable=True))
    op.add_column("pages", sa.Column("source_page_index", sa.Integer(), nullable=True))
    op.execute("UPDATE pages SET source_id = document_id, source_page_index = page_index")
    _save_texts()
    with op.batch_alter_table("pages") as pages:
        pages.alter_column("document_id", existing_type=sa.Uuid(), nullable=True)
        pages.alter_column("source_id", existing_type=sa.Uuid(), nullable=False)
        pages.alter_column("source_page_index", existing_type=sa.Integer(), nullable=False)
        pages.add_column(sa.Column("aside_of", sa.Uuid(), nullable=True))
        pages.add_column(sa.Column("aside_reason", sa.String(length=20), nullable=True))
        pages.add_column(sa.Column("finding", sa.String(length=20), server_default="content", nullable=False))
        pages.add_column(sa.Column("turned_deg", sa.Integer(), nullable=True))
        pages.create_foreign_key(op.f("fk_pages_source_id_documents"), "documents", ["source_id"], ["id"])
        pages.create_foreign_key(op.f("fk_pages_aside_of_documents"), "documents", ["aside_of"], ["id"])
        pages.create_unique_constraint(op.f("uq_pages_source_id"), ["source_id", "source_page_index"])
        pages.create_check_constraint(op.f("ck_pages_one_place"), "(document_id IS NULL) <> (aside_of IS NULL)")
    op.create_index(op.f("ix_pages_aside_of"), "pages", ["aside_of"], unique=False)
    _bring_texts_back()


def downgrade() -> None:
    _save_texts()
    op.drop_index(op.f("ix_pages_aside_of"), table_name="pages")
    with op.batch_alter_table("pages") as pages:
        pages.drop_constraint(op.f("ck_pages_one_place"), type_="check")
        pages.drop_constraint(op.f("fk_pages_aside_of_documents"), type_="foreignkey")
        pages.drop_constraint(op.f("fk_pages_source_id_documents"), type_="foreignkey")
        pages.drop_constraint(op.f("uq_pages_source_id"), type_="unique")
    # A page that was left out becomes the last of the document it was left out of: no page is lost.
    op.execute(
        "UPDATE pages SET document_id = aside_of, page_index = 1000000 + source_page_index WHERE document_id IS NULL"
    )
    op.execute("UPDATE documents SET state = 'failed', error_code = 'reading_failed' WHERE state = 'emptied'")
    with op.batch_alter_table("pages") as pages:
        for name in ("source_id", "source_page_index", "aside_of", "aside_reason", "finding", "turned_deg"):
            pages.drop_column(name)
        pages.alter_column("document_id", existing_type=sa.Uuid(), nullable=False)
    _bring_texts_back()
    op.drop_index(op.f("ix_documents_deposit_id"), table_name="documents")
    for name in ("deposit_id", *NUMBERS, *FLAGS):
        op.drop_column("documents", name)


def _save_texts() -> None:
    """Put texts aside on SQLite, where changing a table drops it, which would delete the rows that depend on it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE page_texts_saved AS SELECT * FROM page_texts")
        op.execute("DELETE FROM page_texts")


def _bring_texts_back() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO page_texts SELECT * FROM page_texts_saved")
        op.execute("DROP TABLE page_texts_saved")
