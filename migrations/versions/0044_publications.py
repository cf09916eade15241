"""What is published for everybody, and when the district receives the public."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import docflow.core.db

revision = "0044_publications"
down_revision = "0043_offices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "public_categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_categories")),
        sa.UniqueConstraint("slug", name=op.f("uq_public_categories_slug")),
    )
    op.create_table(
        "public_posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("publish_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("ends_at", docflow.core.db.UtcDateTime(), nullable=True),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("began_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("began_by_name", sa.String(length=200), nullable=False),
        sa.Column("changed_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("changed_by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["public_categories.id"], name=op.f("fk_public_posts_category_id_public_categories")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["org_units.id"], name=op.f("fk_public_posts_unit_id_org_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_posts")),
        sa.UniqueConstraint("slug", name=op.f("uq_public_posts_slug")),
    )
    op.create_index(op.f("ix_public_posts_category_id"), "public_posts", ["category_id"])
    op.create_index("ix_public_posts_shown", "public_posts", ["state", "publish_at"])
    op.create_table(
        "public_post_versions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("kept_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.Column("kept_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["public_posts.id"], name=op.f("fk_public_post_versions_post_id_public_posts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_public_post_versions")),
    )  # fmt: skip
    op.create_table(
        "public_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("is_picture", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("small_sha256", sa.String(length=64), nullable=True),
        sa.Column("small_size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("added_at", docflow.core.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["public_posts.id"], name=op.f("fk_public_files_post_id_public_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_files")),
    )
    for column in ("post_id", "sha256", "small_sha256"):
        op.create_index(op.f(f"ix_public_files_{column}"), "public_files", [column])
    op.create_table(
        "opening_seasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name=op.f("ck_opening_seasons_both_days")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_opening_seasons_days_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_seasons")),
        sa.UniqueConstraint("first_day", name=op.f("uq_opening_seasons_first_day")),
    )
    op.create_table(
        "public_contact",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address_ar", sa.String(length=300), nullable=False),
        sa.Column("address_fr", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_contact")),
    )


def downgrade() -> None:
    for table in (
        "public_contact",
        "opening_seasons",
        "public_files",
        "public_post_versions",
        "public_posts",
        "public_categories",
    ):
        op.drop_table(table)
