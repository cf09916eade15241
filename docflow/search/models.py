"""Tables of the search room: searches that people keep, what they take away, words added, signatures of texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.core.made import MadeForSomebody
from docflow.search.rules import WordKind


class SavedSearch(Base):
    """A question under a name: what it finds is what its reader may see at that moment."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    """Who keeps it, and alone may change it."""
    name: Mapped[str] = mapped_column(String(100))
    """What it is called."""
    text: Mapped[str] = mapped_column(String(1000))
    """The words, as they were typed."""
    filters: Mapped[str] = mapped_column(String(4000))
    """Filters and order, as the end of an address."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"), index=True)
    """The unit whose members are offered it too; none: nobody else."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was kept or changed last."""


class SavedSearchLook(Base):
    """When somebody looked at the results of a saved search last."""

    __tablename__ = "saved_search_looks"

    saved_search_id: Mapped[UUID] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True)
    """Which search."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    """Who."""
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""


class AddedWord(Base):
    """Words that somebody added: a plural, a word kept whole, or words that stand for one another."""

    __tablename__ = "added_words"
    __table_args__ = (CheckConstraint("kind IN ('plural', 'whole', 'equivalent')", name="kind_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[WordKind] = mapped_column(String(20))
    """What is said of them."""
    forms: Mapped[list[str]] = mapped_column(JSON)
    """As typed; of a plural the singular comes first."""
    key: Mapped[str] = mapped_column(String(1000), unique=True)
    """``rules.NewWord.key``: nothing is said twice."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    added_by_name: Mapped[str] = mapped_column(String(200))
    """Who, as they were called then."""


class SearchExport(MadeForSomebody, Base):
    """The files of some results in one archive, as somebody asked for it; theirs alone, and gone after some days."""

    __tablename__ = "search_exports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The words of its list (``listing.ListTexts``), in the language of whoever asked."""
    text: Mapped[str] = mapped_column(String(1000))
    """The words that found it."""
    document_ids: Mapped[list[str]] = mapped_column(JSON)
    """The results asked for, in their order."""
    done_count: Mapped[int] = mapped_column(default=0)
    """How many results were gone through while it is being made."""
    listed_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Every document that it names: whoever may know of one of them no more loses it."""
    held_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Those of them whose file it holds: the same for whoever may read one no more."""
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """The archive."""


class TextSignature(Base):
    """That the text of a document was signed, so that it is known which were not yet."""

    __tablename__ = "text_signatures"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    """Which document."""
    content_version: Mapped[int] = mapped_column()
    """The version of it whose text was signed."""


class TextBand(Base):
    """A band of the signature of a text (``likeness.signature``): documents that share two may be one letter."""

    __tablename__ = "text_bands"

    band: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The band, as a number."""
    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    """Which document."""
