"""What the matters and people of a unit did in a time is found by unit and day, whatever the others did in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0071_figures_of_units"
down_revision = "0070_journal_head_at"
branch_labels = None
depends_on = None

DONE, ANSWERED = sa.text("state = 'done'"), sa.text("answered_at IS NOT NULL")
ENDED = (("of_unit", "unit_id"), ("of_person", "person_id"), ("claimed", "claimed_by"))
REGISTERED_AT = """
    UPDATE documents SET registered_at = (
        SELECT e.registered_at FROM register_entries e WHERE e.document_id = documents.id AND e.state = 'registered'
    ) WHERE is_registered
"""
ANSWERED_AT = """
    UPDATE documents SET answered_at = (
        SELECT max(a.closed_at) FROM assignments a
        WHERE a.document_id = documents.id AND a.instruction = 'attribution' AND a.state = 'done'
    ) WHERE id IN (SELECT a.document_id FROM assignments a WHERE a.instruction = 'attribution' AND a.state = 'done')
"""


def upgrade() -> None:
    op.add_column("documents", sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("documents", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(REGISTERED_AT)
    op.execute(ANSWERED_AT)
    op.drop_index("ix_documents_unit_id", table_name="documents")
    op.create_index("ix_documents_of_unit", "documents", ["unit_id", "registered_at"])
    op.create_index(
        "ix_documents_answered",
        "documents",
        ["unit_id", "answered_at"],
        sqlite_where=ANSWERED,
        postgresql_where=ANSWERED,
    )
    op.drop_index("ix_assignments_done", table_name="assignments")
    for name, column in ENDED:
        op.create_index(
            f"ix_assignments_done_{name}",
            "assignments",
            [column, "closed_at"],
            sqlite_where=DONE,
            postgresql_where=DONE,
        )
    op.create_index("ix_approval_decisions_decided_at", "approval_decisions", ["decided_at"])


def downgrade() -> None:
    op.drop_index("ix_approval_decisions_decided_at", table_name="approval_decisions")
    for name, _ in ENDED:
        op.drop_index(f"ix_assignments_done_{name}", table_name="assignments")
    op.create_index("ix_assignments_done", "assignments", ["closed_at"], sqlite_where=DONE, postgresql_where=DONE)
    op.drop_index("ix_documents_answered", table_name="documents")
    op.drop_index("ix_documents_of_unit", table_name="documents")
    op.create_index("ix_documents_unit_id", "documents", ["unit_id"])
    op.drop_column("documents", "answered_at")
    op.drop_column("documents", "registered_at")
