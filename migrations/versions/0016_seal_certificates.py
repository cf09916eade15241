"""Seals are found by their certificate."""

from __future__ import annotations

from alembic import op

revision = "0016_seal_certificates"
down_revision = "0015_registry"
branch_labels = None
depends_on = None

INDEX = "ix_sealed_revisions_certificate_sha256"


def upgrade() -> None:
    op.create_index(INDEX, "sealed_revisions", ["certificate_sha256"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="sealed_revisions")
