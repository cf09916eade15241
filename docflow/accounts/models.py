"""Tables of people, units, roles and sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.accounts.rules import Role, UnitKind
from docflow.core.db import Base, UtcDateTime
from docflow.core.ids import new_id


class OrgUnit(Base):
    """An organisational unit: the district, a division, a service, an office."""

    __tablename__ = "org_units"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    """Short name used in numbers and by rules."""
    kind: Mapped[UnitKind] = mapped_column(String(20))
    """Its rank."""
    name_ar: Mapped[str] = mapped_column(String(200))
    """Name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(200))
    """Name in French."""
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The unit above it; none for the district."""


class Person(Base):
    """Somebody who signs in."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    """What they sign in with, in lower case."""
    name_ar: Mapped[str] = mapped_column(String(200))
    """Full name in Arabic."""
    name_fr: Mapped[str] = mapped_column(String(200))
    """Full name in Latin letters."""
    password_hash: Mapped[str] = mapped_column(String(200))
    """argon2id."""
    must_change_password: Mapped[bool] = mapped_column(default=False)
    """Whether the next sign-in leads to choosing a new password."""
    locale: Mapped[str] = mapped_column(String(5), default="ar")
    """Language of the interface: ``ar`` or ``fr``."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether the account may sign in."""
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """First instant of a dated account."""
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """End of a dated account."""
    failures: Mapped[int] = mapped_column(default=0)
    """Wrong passwords in a row."""
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when sign-in is refused after too many failures."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the account was made."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration

    def name(self, locale: str) -> str:
        """Return the name to show in a language."""
        return self.name_ar if locale == "ar" else self.name_fr


class Membership(Base):
    """A role that a person holds in a unit, between dates that may be open."""

    __tablename__ = "memberships"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    """Who."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"), index=True)
    """Where."""
    role: Mapped[Role] = mapped_column(String(20))
    """As what."""
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when."""
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when."""


class Desk(Base):
    """Who keeps the desk of a register; the register itself belongs to a room above."""

    __tablename__ = "desks"

    register_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Code of the register."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("org_units.id"))
    """The unit whose clerks keep it; none: every clerk of the district."""


class SignedInSession(Base):
    """A sign-in that still holds; the cookie carries a secret of which only the hash is kept."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the cookie."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    """Whose."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When they signed in."""
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The last request, to the minute."""


class SignInFailure(Base):
    """Failed sign-ins from one network address in the current window."""

    __tablename__ = "sign_in_failures"

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The address, as the proxy chain gives it."""
    failures: Mapped[int] = mapped_column(default=0)
    """How many."""
    window_start: Mapped[datetime] = mapped_column(UtcDateTime)
    """Since when."""
