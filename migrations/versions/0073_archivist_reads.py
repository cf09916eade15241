"""The archivist reads what has a register number and is neither restricted nor confidential, closed or not.

Letters that come into the archivist's sight are written to the index again and stay in the answers meanwhile; those
that leave it are kept out of answers until the index follows.
"""

# ruff: noqa: S608 - both conditions are constants of this file

from __future__ import annotations

from alembic import op

revision = "0073_archivist_reads"
down_revision = "0072_documents_set_aside"
branch_labels = None
depends_on = None

READS_NOW = "(is_registered AND confidentiality = 'normal')"
READ_BEFORE = "(NOT is_open AND confidentiality <> 'confidential')"


def upgrade() -> None:
    _let_read(READS_NOW)


def downgrade() -> None:
    _let_read(READ_BEFORE)


def _let_read(condition: str) -> None:
    """Give the archivist's token to the content of the documents of a condition, and to no other."""
    held = (
        "EXISTS (SELECT 1 FROM document_scopes s WHERE s.document_id = documents.id AND s.is_content"
        " AND s.token = 'archive')"
    )
    op.execute(
        "UPDATE documents SET content_version = content_version + 1, scope_version = scope_version + 1"
        f" WHERE NOT {condition} AND {held}"
    )
    op.execute(
        "DELETE FROM document_scopes WHERE is_content AND token = 'archive'"
        f" AND document_id IN (SELECT id FROM documents WHERE NOT {condition})"
    )
    op.execute(f"UPDATE documents SET content_version = content_version + 1 WHERE {condition} AND NOT {held}")
    op.execute(
        "INSERT INTO document_scopes (document_id, is_content, token)"
        f" SELECT id, true, 'archive' FROM documents WHERE {condition} AND NOT {held}"
    )
