"""Tables of what is published for everybody, and of when the district receives the public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.publications.redaction_rules import Boxes, RedactionState, boxes_from_row
from docflow.publications.rules import PostKind, PostState, PostText


class PublicCategory(Base):
    """A theme under which posts are found."""

    __tablename__ = "public_categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    """Its name in addresses."""
    name_ar: Mapped[str] = mapped_column(String(120))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(120))
    """Name in French."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether new posts may be given it."""

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_ar if language == "ar" else self.name_fr


class PublicPost(Base):
    """News, a notice, a decision: a text in both languages with what is attached."""

    __tablename__ = "public_posts"
    __table_args__ = (Index("ix_public_posts_shown", "state", "publish_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PostKind] = mapped_column(String(20))
    """What it is."""
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    """Its name in addresses; it stays once everybody could read it."""
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("public_categories.id"), index=True)
    """Its theme."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The unit that it comes from."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What it says (``PostText``)."""
    state: Mapped[PostState] = mapped_column(String(20), default=PostState.DRAFT)
    """What an editor decided."""
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when everybody reads it."""
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The first instant at which it is shown no more; none: it stays."""
    text_version: Mapped[int] = mapped_column(default=1)
    """Number of its present text."""
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was begun."""
    began_by_name: Mapped[str] = mapped_column(String(200))
    """By whom."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its text was last changed."""
    changed_by_name: Mapped[str] = mapped_column(String(200))
    """By whom."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was withdrawn."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When subscribers were told that it came out."""
    indexed_version: Mapped[int | None] = mapped_column()
    """Its version that the index of the public site shows; none: it is not there."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    @property
    def text(self) -> PostText:
        """Return what it says."""
        return PostText.from_row(self.content)


class PostVersion(Base):
    """A text that a post had, the present one included."""

    __tablename__ = "public_post_versions"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("public_posts.id", ondelete="CASCADE"), primary_key=True)
    """Of which post."""
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What it said (``PostText``)."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was written."""
    kept_by_name: Mapped[str] = mapped_column(String(200))
    """By whom."""

    @property
    def text(self) -> PostText:
        """Return what it said."""
        return PostText.from_row(self.content)


class PublicFile(Base):
    """A PDF attached to a post, or its picture."""

    __tablename__ = "public_files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("public_posts.id", ondelete="CASCADE"), index=True)
    """To which post."""
    is_picture: Mapped[bool] = mapped_column(default=False)
    """Whether it is the picture of the post: made anew from its pixels, as WebP."""
    name: Mapped[str] = mapped_column(String(200))
    """What it is called; of a picture, what is seen on it in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(200), default="")
    """What is seen on a picture, in French."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """The object of the store."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Its size."""
    small_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of a picture: the small one for lists."""
    small_size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its size."""
    width: Mapped[int] = mapped_column(default=0)
    """Of a picture, in pixels."""
    height: Mapped[int] = mapped_column(default=0)
    """Of a picture, in pixels."""
    page_count: Mapped[int] = mapped_column(default=0)
    """Pages of a PDF."""
    text: Mapped[str | None] = mapped_column(Text)
    """The words of a PDF, for the search; none: not read yet."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was attached."""


class OpeningSeason(Base):
    """The hours at which the district receives the public: the usual ones, or those of some days."""

    __tablename__ = "opening_seasons"
    __table_args__ = (
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="both_days"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name_ar: Mapped[str] = mapped_column(String(120), default="")
    """What the season is called in Arabic; empty for the usual hours."""
    name_fr: Mapped[str] = mapped_column(String(120), default="")
    """What it is called in French."""
    first_day: Mapped[date | None] = mapped_column(Date, unique=True)
    """Its first day; none for the usual hours."""
    last_day: Mapped[date | None] = mapped_column(Date)
    """Its last day."""
    week: Mapped[list[str]] = mapped_column(JSON)
    """Seven texts from Monday to Sunday, such as ``08:30-16:30``; empty: closed."""


class PublicContact(Base):
    """Where the district is found and reached; one row."""

    __tablename__ = "public_contact"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    address_ar: Mapped[str] = mapped_column(String(300), default="")
    """Address in Arabic."""
    address_fr: Mapped[str] = mapped_column(String(300), default="")
    """Address in French."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    """Telephone."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """Mail address for everybody."""

    def address(self, language: str) -> str:
        """Return the address in a language."""
        return self.address_ar if language == "ar" else self.address_fr


class Redaction(Base):
    """A copy of a registered document in which something is covered before everybody reads it."""

    __tablename__ = "redactions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID] = mapped_column(index=True)
    """Of which document; no foreign key, what was published outlives it."""
    boxes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What is covered: by page index, boxes in pixels of the upright page."""
    state: Mapped[RedactionState] = mapped_column(String(10), default=RedactionState.DRAFT)
    """Where it stands."""
    error_code: Mapped[str | None] = mapped_column(String(60))
    """Why it could not be made."""
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """The copy, once it is made."""
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its size."""
    page_count: Mapped[int] = mapped_column(default=0)
    """Its pages."""
    text: Mapped[str] = mapped_column(Text, default="")
    """The words that are left in it."""
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("public_posts.id"), index=True)
    """The post that it became; it is changed no more then."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was begun."""
    begun_by_name: Mapped[str] = mapped_column(String(200))
    """By whom."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    @property
    def covered(self) -> Boxes:
        """Return what is covered."""
        return boxes_from_row(self.boxes)


class Subscription(Base):
    """That an address is told by mail of what comes out, once its owner has confirmed it."""

    __tablename__ = "public_subscriptions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """The address, in small letters."""
    language: Mapped[str] = mapped_column(String(5))
    """In which language it is told."""
    category_ids: Mapped[list[str]] = mapped_column(JSON)
    """The themes that are told of; none: all."""
    token: Mapped[str] = mapped_column(String(40), unique=True)
    """What the links in its mail carry, so that only whoever reads them confirms or ends it."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was last asked for."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its owner confirmed it; none: nothing is sent but the question."""


class ContentPlan(Base):
    """That a unit is asked for content, again and again."""

    __tablename__ = "content_plans"
    __table_args__ = (CheckConstraint("every_days > 0 AND days_to_give > 0", name="days_positive"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"), primary_key=True)
    """Which unit."""
    every_days: Mapped[int] = mapped_column()
    """From one time to the next."""
    days_to_give: Mapped[int] = mapped_column()
    """How long it has each time."""
    next_on: Mapped[date] = mapped_column(Date, index=True)
    """The day on which it is asked next."""


class ContentAsk(Base):
    """One time that a unit was asked for content."""

    __tablename__ = "content_asks"
    __table_args__ = (UniqueConstraint("unit_id", "asked_on", name="uq_content_asks_day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"))
    """Which unit."""
    asked_on: Mapped[date] = mapped_column(Date)
    """When."""
    due_on: Mapped[date] = mapped_column(Date, index=True)
    """The last day to give it."""
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was given, or when they said that there is nothing."""
    given_by_name: Mapped[str] = mapped_column(String(200), default="")
    """By whom."""
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("public_posts.id"))
    """The draft that came of it; none: nothing was to be said."""
