"""Tables of complaints, their categories, photographs, and the drafts of those who are depositing one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from docflow.complaints.rules import ComplaintKind, JoinKind, Origin, Outcome
from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id
from docflow.core.making import MakingState


class ComplaintSetup(Base):
    """How the district takes complaints: one line."""

    __tablename__ = "complaint_setups"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_open: Mapped[bool] = mapped_column(default=False)
    """Whether they are taken on the public site."""
    allows_anonymous: Mapped[bool] = mapped_column(default=False)
    """Whether somebody may deposit one without a name."""
    triage_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The unit that sorts those whose category names no unit."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class ComplaintCategory(Base):
    """What a complaint is about, in the words of citizens, and who answers for it."""

    __tablename__ = "complaint_categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column()
    """Its place in the list."""
    name_ar: Mapped[str] = mapped_column(String(120))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(120))
    """Name in French."""
    examples_ar: Mapped[str] = mapped_column(String(300), default="")
    """Plain examples in Arabic."""
    examples_fr: Mapped[str] = mapped_column(String(300), default="")
    """Plain examples in French."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The unit to which such complaints go first; none: to the unit that sorts."""
    elsewhere_ar: Mapped[str] = mapped_column(String(500), default="")
    """Who is competent, in Arabic, when the district is not; empty: the district is."""
    elsewhere_fr: Mapped[str] = mapped_column(String(500), default="")
    """The same in French."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether it can be chosen."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr

    def examples(self, locale: str) -> str:
        """Return the examples in a language."""
        return self.examples_ar if locale == "ar" else self.examples_fr

    def elsewhere(self, locale: str) -> str:
        """Return who is competent in a language; empty: the district."""
        return self.elsewhere_ar if locale == "ar" else self.elsewhere_fr


class ComplaintQuarter(Base):
    """A quarter of the district on its map."""

    __tablename__ = "complaint_quarters"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name_ar: Mapped[str] = mapped_column(String(120))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(120), unique=True)
    """Name in French, by which it is known when the map is loaded anew."""
    rings: Mapped[list[list[list[int]]]] = mapped_column(JSON)
    """Its outlines, as points in units of the drawing (``quarters.WIDTH``)."""
    map_height: Mapped[int] = mapped_column()
    """Height of the drawing that it is on."""
    frame: Mapped[list[float] | None] = mapped_column(JSON)
    """Where that drawing lies on the earth (``quarters.Frame``); none of one that was loaded without."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether it is on the map now."""

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr


class Complaint(Base):
    """What is known of a complaint beside its document and its entry."""

    __tablename__ = "complaints"
    __table_args__ = (
        Index("ix_complaints_category_id", "category_id", "deposited_at"),
        Index("ix_complaints_quarter_id", "quarter_id", "category_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), unique=True)
    """Its line in the register of complaints."""
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), index=True)
    """What was deposited."""
    kind: Mapped[ComplaintKind] = mapped_column(String(20))
    """What it is."""
    origin: Mapped[Origin] = mapped_column(String(10))
    """How it came."""
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaint_categories.id"))
    """What it is about; none of a paper that nobody sorted yet."""
    place: Mapped[str] = mapped_column(String(300), default="")
    """Where, in the citizen's words."""
    quarter_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaint_quarters.id"))
    """In which quarter, where it was said."""
    latitude: Mapped[float | None] = mapped_column()
    """Of the point that the citizen put on the map (WGS 84); none where they put none."""
    longitude: Mapped[float | None] = mapped_column()
    """Its longitude."""
    similar_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id"))
    """The open complaint nearby of which the citizen says that it is the same matter; the staff joins them, or not."""
    text: Mapped[str] = mapped_column(Text, default="")
    """What happened; empty of a paper, which is read from its pages."""
    language: Mapped[str] = mapped_column(String(5))
    """In which language the citizen is answered."""
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    """Whether no name was given."""
    phone: Mapped[str] = mapped_column(String(20), default="")
    """Telephone in the international form."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """Mail address."""
    contact_forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When telephone and address were forgotten."""
    deposited_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was deposited: the arrival of its entry."""
    main_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    """The complaint with which it is answered, of one that was joined to it."""
    join_kind: Mapped[JoinKind | None] = mapped_column(String(10))
    """Why it was joined."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last approved answer went out; its citizen is told then."""
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its citizen opened it again, the last time."""
    reopened_count: Mapped[int] = mapped_column(default=0)
    """How often."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class ComplaintOutcome(Base):
    """What became of a complaint, each time that it was answered; the citizen reads it once the answer went out."""

    __tablename__ = "complaint_outcomes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    """Which complaint."""
    outcome: Mapped[Outcome] = mapped_column(String(30))
    """What became of it."""
    reason: Mapped[str] = mapped_column(Text)
    """Why, in the words that the citizen reads."""
    elsewhere: Mapped[str] = mapped_column(String(300), default="")
    """Of one that is not for the district: to whom it was passed on."""
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was noted; until the answer goes out it can be noted anew."""
    proposed_by_name: Mapped[str] = mapped_column(String(200))
    """Who noted it, by name at the time."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the approved answer went out; none while it is only proposed."""
    is_solved: Mapped[bool | None] = mapped_column()
    """Whether the citizen says that it is solved; none while they said nothing."""
    rating: Mapped[int | None] = mapped_column()
    """How content they are, from 1 to 5."""
    rating_comment: Mapped[str] = mapped_column(String(1000), default="")
    """In their words."""
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they said so."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


class ComplaintMessage(Base):
    """What a citizen and the district say to each other about a complaint."""

    __tablename__ = "complaint_messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    """Which complaint."""
    is_from_citizen: Mapped[bool] = mapped_column()
    """Who says it."""
    text: Mapped[str] = mapped_column(Text)
    """What."""
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    author_name: Mapped[str] = mapped_column(String(200), default="")
    """Who of the staff, by name at the time; the citizen reads no name."""


class ComplaintDraft(Base):
    """The answers of somebody who is depositing a complaint; it goes a day after the last one."""

    __tablename__ = "complaint_drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the citizen's cookie."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The answers by question."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When the last one was given."""
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id"))
    """What became of it: sent again, it is that one still, and its receipt is shown."""


class ComplaintPhoto(Base):
    """A photograph or document that is enclosed: as it was given, and as it may be shown."""

    __tablename__ = "complaint_photos"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaint_drafts.id"), index=True)
    """The draft that it is of."""
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    """The complaint that it is of, once it is deposited."""
    name: Mapped[str] = mapped_column(String(200))
    """The name it was given, made safe to show."""
    media_type: Mapped[str] = mapped_column(String(100))
    """Media type by content, not by name."""
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When."""
    original_sha256: Mapped[str] = mapped_column(String(64), index=True)
    """The file as it was given; of a photograph, once it is reduced, its pixels alone at their full size."""
    original_size_bytes: Mapped[int] = mapped_column(BigInteger)
    """Its size."""
    state: Mapped[MakingState] = mapped_column(String(10), default=MakingState.WAITING)
    """Where the reduced picture stands."""
    reduced_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """The picture made from its pixels alone (WebP)."""
    reduced_size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its size."""
    width: Mapped[int] = mapped_column(default=0)
    """Width of the reduced picture, in pixels."""
    height: Mapped[int] = mapped_column(default=0)
    """Its height, in pixels."""
