"""Tables of documents, pages, texts and scopes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.documents.rules import AsideReason, DocumentState, PageFinding, PageState, ReviewOutcome, TextSource


class Document(Base):
    """One deposit: what was scanned or received at once, with what is known about it."""

    __tablename__ = "documents"
    __table_args__ = (
        Index(
            "ix_documents_to_index",
            "id",
            sqlite_where=text("indexed_version < content_version"),
            postgresql_where=text("indexed_version < content_version"),
        ),
        Index(
            "ix_documents_unregistered",
            "register_code",
            "deposited_at",
            sqlite_where=text("is_registered = 0 AND is_set_aside = 0"),
            postgresql_where=text("NOT is_registered AND NOT is_set_aside"),
        ),
        Index(
            "ix_documents_open",
            "register_code",
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
        Index("ix_documents_deposited_at", "deposited_at"),
        Index("ix_documents_of_unit", "unit_id", "registered_at"),
        Index(
            "ix_documents_answered",
            "unit_id",
            "answered_at",
            sqlite_where=text("answered_at IS NOT NULL"),
            postgresql_where=text("answered_at IS NOT NULL"),
        ),
        Index("ix_documents_news_at", "news_at"),
        Index("ix_documents_reference", "reference"),
        Index("ix_documents_original_sha256", "original_sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    batch_id: Mapped[UUID | None] = mapped_column(index=True)
    """The batch it came with; the batch belongs to a room above, hence no foreign key."""
    deposit_id: Mapped[UUID | None] = mapped_column(index=True)
    """The deposit whose stack it was split from; none when it is the deposit itself."""
    part_number: Mapped[int] = mapped_column(default=1)
    """Its place among the documents of one stack, from 1."""
    has_backs_last: Mapped[bool] = mapped_column(default=False)
    """Whether the second half of the file is the backs of the first, from the last sheet to the first."""
    is_arranged: Mapped[bool] = mapped_column(default=False)
    """Whether its pages were put in their places after the reading."""
    is_edited: Mapped[bool] = mapped_column(default=False)
    """Whether a person changed what is said about it, so that proposals fill nothing in any more."""
    pages_version: Mapped[int] = mapped_column(default=1)
    """Raised when its pages change; what was made from earlier pages is then set aside."""
    deposit_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Given by the depositor, so that a deposit sent twice is kept once."""
    register_code: Mapped[str] = mapped_column(String(40), default="incoming")
    """The register whose desk it came to."""
    file_name: Mapped[str] = mapped_column(String(200))
    """The name given at deposit, made safe to show."""
    source_kind: Mapped[str | None] = mapped_column(String(10))
    """``pdf``, ``tiff``, ``jpeg``, ``png``, ``webp``; none until inspected."""
    media_type: Mapped[str] = mapped_column(String(100), default="application/octet-stream")
    """Media type by content, not by name."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Size of the original."""
    original_sha256: Mapped[str] = mapped_column(String(64))
    """The original, unaltered; empty until a job has drawn what was typed (``LetterToDraw``)."""
    searchable_sha256: Mapped[str | None] = mapped_column(String(64))
    """The searchable PDF made from it."""
    searchable_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Its size."""
    searchable_conformance: Mapped[str] = mapped_column(String(20), default="")
    """``PDF/A-2u``, or empty when it is a plain PDF."""
    searchable_obstacles: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Codes of what keeps it from being PDF/A: ``pdf.searchable.SearchableCopy``."""
    is_signed: Mapped[bool] = mapped_column(default=False)
    """Whether the original carries a digital signature, which nothing may break."""
    signatures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What the signatures of the original claim, unverified: ``pdf.source.ClaimedSignature``."""
    page_count: Mapped[int] = mapped_column(default=0)
    """Number of pages; 0 until inspected."""
    state: Mapped[DocumentState] = mapped_column(String(20), default=DocumentState.QUEUED)
    """Where its reading stands."""
    error_code: Mapped[str | None] = mapped_column(String(60))
    """Why it failed."""
    error_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values of the failure's text."""
    deposited_by: Mapped[UUID | None] = mapped_column()
    """The account that deposited it; no foreign key, the document outlives it."""
    deposited_by_name: Mapped[str] = mapped_column(String(200))
    """Who deposited it, by name at the time."""
    deposited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its bytes were acknowledged."""
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its reading ended."""
    news_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it last became news to somebody: read, or shown to more people than before."""
    subject: Mapped[str] = mapped_column(String(500), default="")
    """What it is about."""
    sender: Mapped[str] = mapped_column(String(300), default="")
    """Who wrote it."""
    addressee: Mapped[str] = mapped_column(String(300), default="")
    """To whom."""
    reference: Mapped[str] = mapped_column(String(120), default="")
    """The sender's reference."""
    document_date: Mapped[date | None] = mapped_column(Date)
    """The date written on it."""
    kind: Mapped[str] = mapped_column(String(40), default="")
    """``documents.rules.DocumentKind``, or empty when unknown."""
    languages: Mapped[str] = mapped_column(String(20), default="")
    """Languages read on its pages, as ``ar``, ``fr`` or ``ar fr``."""
    proposals: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the reading proposed for each field, with confidence, page and box."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The unit concerned."""
    confidentiality: Mapped[str] = mapped_column(String(20), default="normal")
    """``accounts.visibility.Confidentiality``."""
    named_people: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Accounts named to see it, beside what the rules give."""
    routed_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Units that were asked something about it, or sent it for information, by identifier."""
    routed_people: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The same of people."""
    asked_people: Mapped[list[str]] = mapped_column(JSON, default=list)
    """People who are asked to decide on it now, by identifier; whoever stands in for them sees it meanwhile."""
    circuit_people: Mapped[list[str]] = mapped_column(JSON, default=list)
    """People who have or had a part in deciding on it, by identifier."""
    is_drafted: Mapped[bool] = mapped_column(default=False)
    """Whether it was written here and did not depart yet; no desk sees it until then."""
    is_open: Mapped[bool] = mapped_column(default=False)
    """Whether an entry about it is still being treated."""
    is_registered: Mapped[bool] = mapped_column(default=False)
    """Whether it has a register number."""
    is_set_aside: Mapped[bool] = mapped_column(default=False)
    """Whether it is not to be registered; why and by whom belongs to a room above."""
    register_number: Mapped[str] = mapped_column(String(40), default="")
    """The number, as it is written; the register itself belongs to a room above."""
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it got the number; none while it has none."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When whoever was responsible for it last ended that; none while nobody did."""
    content_version: Mapped[int] = mapped_column(default=1)
    """Raised by every change that the index must show."""
    indexed_version: Mapped[int] = mapped_column(default=0)
    """The content version that the index shows."""
    scope_version: Mapped[int] = mapped_column(default=1)
    """Raised when who may see it changes."""
    indexed_scope_version: Mapped[int] = mapped_column(default=0)
    """The scope version that the index shows; while it lags the document is kept out of answers."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class DocumentScopeRow(Base):
    """A token that opens a document's metadata or content (``accounts.visibility.document_tokens``)."""

    __tablename__ = "document_scopes"
    __table_args__ = (Index("ix_document_scopes_token", "token", "is_content", "document_id"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    """Which document."""
    is_content: Mapped[bool] = mapped_column(primary_key=True)
    """Whether the token opens the content, or the metadata only."""
    token: Mapped[str] = mapped_column(String(80), primary_key=True)
    """The token."""


class Page(Base):
    """A page of a deposited file, upright, with its images; it is in one document, or left out beside one."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("document_id", "page_index"),
        UniqueConstraint("source_id", "source_page_index"),
        CheckConstraint("(document_id IS NULL) <> (aside_of IS NULL)", name="one_place"),
        Index(
            "ix_pages_in_doubt",
            "document_id",
            sqlite_where=text("needs_review = 1"),
            postgresql_where=text("needs_review"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    """Which document it is a page of; none when it is left out."""
    page_index: Mapped[int] = mapped_column()
    """Position, from 0; of a page left out, the position where it would be put back."""
    aside_of: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)
    """The document beside which it is left out."""
    aside_reason: Mapped[AsideReason | None] = mapped_column(String(20))
    """Why it is left out."""
    source_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    """The deposit whose file holds it; never changed."""
    source_page_index: Mapped[int] = mapped_column()
    """Position in that file, from 0; never changed."""
    finding: Mapped[PageFinding] = mapped_column(String(20), default=PageFinding.CONTENT)
    """What the sheet turned out to be when it was read."""
    turned_deg: Mapped[int | None] = mapped_column()
    """The clockwise turn that a person gave it, from how it lies in the file; none: as the reading decides."""
    state: Mapped[PageState] = mapped_column(String(20), default=PageState.WAITING)
    """Where its reading stands."""
    error_code: Mapped[str | None] = mapped_column(String(60))
    """Why it failed."""
    error_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values of the failure's text."""
    width: Mapped[int] = mapped_column(default=0)
    """Width of the upright image that boxes refer to, in pixels."""
    height: Mapped[int] = mapped_column(default=0)
    """Its height, in pixels."""
    dpi: Mapped[int] = mapped_column(default=0)
    """Its resolution."""
    rotation_deg: Mapped[int] = mapped_column(default=0)
    """By how much the original was turned clockwise to be upright: 0, 90, 180, 270."""
    skew_deg: Mapped[float] = mapped_column(default=0.0)
    """By how much it was straightened besides."""
    languages: Mapped[str] = mapped_column(String(20), default="")
    """Languages read on it."""
    confidence: Mapped[float] = mapped_column(default=0.0)
    """Mean confidence of the reading, 0 to 100."""
    needs_review: Mapped[bool] = mapped_column(default=False)
    """Whether the reading is doubtful and nobody has settled the doubt."""
    review_outcome: Mapped[ReviewOutcome | None] = mapped_column(String(20))
    """What the person who settled it said; none while nobody did."""
    reviewed_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who settled it, by name at the time."""
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was settled."""
    image_sha256: Mapped[str | None] = mapped_column(String(64))
    """The page image (WebP)."""
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))
    """Its thumbnail (WebP)."""


class PageText(Base):
    """A version of a page's text; the newest counts, no earlier one is lost."""

    __tablename__ = "page_texts"
    __table_args__ = (
        ForeignKeyConstraint(["page_id"], ["pages.id"], ondelete="CASCADE", name="fk_page_texts_page_id_pages"),
    )

    page_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Which page."""
    version: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    source: Mapped[TextSource] = mapped_column(String(20))
    """Where the text comes from."""
    text: Mapped[str] = mapped_column(Text)
    """The text in logical order, lines separated by a line feed."""
    words: Mapped[list[Any]] = mapped_column(JSON)
    """Words with boxes and confidence (``documents.rules.pack_words``)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    author_id: Mapped[UUID | None] = mapped_column()
    """The account that wrote it, none when it was read; no foreign key, the text outlives it."""
    author_name: Mapped[str] = mapped_column(String(200), default="")
    """Who wrote it, by name at the time; empty when it was read."""
    restored_from: Mapped[int | None] = mapped_column()
    """The earlier version that was taken back as this one."""


class LetterToDraw(Base):
    """What somebody typed in a form of the product, until a job has drawn the file of their letter from it."""

    __tablename__ = "letters_to_draw"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    """The document whose file it will be."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Everything that stands on the paper, as it was at the deposit; only the room that drew up the form reads it."""
