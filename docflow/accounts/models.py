"""Tables of people, units, roles and sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from docflow.accounts.directory_rules import Door
from docflow.accounts.power_rules import PowerKind
from docflow.accounts.rules import Digest, Role, UnitKind
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
    abolished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was abolished; its name stays with what it did, and nothing new comes to it."""


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
    email: Mapped[str] = mapped_column(String(254), default="")
    """Where mail reaches them; empty: nowhere."""
    digest: Mapped[Digest] = mapped_column(String(10), default=Digest.DAILY)
    """How often they want to be told by mail of what waits for them."""
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
    from_directory: Mapped[bool] = mapped_column(default=False)
    """Whether a group of the directory gives it: it ends when the group is gone, those given by hand stay."""


class Power(Base):
    """That somebody stands in for somebody else, with names and titles as they were, since it outlives accounts."""

    __tablename__ = "powers"
    __table_args__ = (
        Index("ix_powers_holder_id", "holder_id", "ends_at"),
        Index("ix_powers_principal_id", "principal_id", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PowerKind] = mapped_column(String(20))
    """Delegation of signature or interim."""
    principal_id: Mapped[UUID] = mapped_column()
    """The account of the person stood in for; no foreign key, the power outlives it."""
    principal_name_ar: Mapped[str] = mapped_column(String(200))
    """Their name in Arabic at the time."""
    principal_name_fr: Mapped[str] = mapped_column(String(200))
    """Their name in Latin letters at the time."""
    principal_title_ar: Mapped[str] = mapped_column(String(300))
    """Their function in Arabic at the time."""
    principal_title_fr: Mapped[str] = mapped_column(String(300))
    """Their function in French at the time."""
    holder_id: Mapped[UUID] = mapped_column()
    """The account of the person who stands in; no foreign key, the power outlives it."""
    holder_name_ar: Mapped[str] = mapped_column(String(200))
    """Their name in Arabic at the time."""
    holder_name_fr: Mapped[str] = mapped_column(String(200))
    """Their name in Latin letters at the time."""
    holder_title_ar: Mapped[str] = mapped_column(String(300))
    """Their function in Arabic at the time."""
    holder_title_fr: Mapped[str] = mapped_column(String(300))
    """Their function in French at the time."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From when."""
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The first instant at which it holds no more."""
    planned_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """The end it was given with; later than ``ends_at`` when it was ended before its day."""
    act_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Kinds of act that it is limited to; none: every kind."""
    unit_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Units that it is limited to, with those below them; none: all that the principal decides in."""
    decision_reference: Mapped[str] = mapped_column(String(120), default="")
    """The written decision that it rests on."""
    given_by_name: Mapped[str] = mapped_column(String(200))
    """Who entered it, by name at the time."""
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was entered."""
    ended_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who ended it before its day; empty when nobody did."""
    version: Mapped[int] = mapped_column(default=1)
    """Optimistic lock."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the ORM's own declaration


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
    awaits_code: Mapped[bool] = mapped_column(default=False)
    """Whether the password was right and the code of the second factor is still to come: it opens nothing yet."""
    address: Mapped[str] = mapped_column(String(64), default="")
    """The network address it was opened from."""
    browser: Mapped[str] = mapped_column(String(40), default="")
    """Name of the browser; empty when unknown."""
    system: Mapped[str] = mapped_column(String(40), default="")
    """Name of what the browser runs on; empty when unknown."""
    opened_by: Mapped[Door] = mapped_column(String(10), default=Door.PASSWORD)
    """Through which door: the password kept here, or a directory."""
    did_factor: Mapped[bool] = mapped_column(default=False)
    """Whether the directory asked for a second factor itself."""


class AwaitedAnswer(Base):
    """What was asked of somebody's browser and is to be answered once, soon, by that browser."""

    __tablename__ = "awaited_answers"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the secret that the browser brings along."""
    purpose: Mapped[str] = mapped_column(String(20))
    """What for; an answer to something else does not find it."""
    kept: Mapped[dict[str, str]] = mapped_column(JSON)
    """What the answer must fit: challenges, never a password."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was asked."""


class DirectoryAccount(Base):
    """That somebody signs in through the directory."""

    __tablename__ = "directory_accounts"
    __table_args__ = (
        UniqueConstraint("door", "username", name="uq_directory_accounts_door_username"),
        UniqueConstraint("door", "issuer", "subject", name="uq_directory_accounts_door_issuer_subject"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    """Whose."""
    door: Mapped[Door] = mapped_column(String(10))
    """Which directory."""
    username: Mapped[str] = mapped_column(String(80))
    """What the directory calls them, in lower case; before the first sign-in it is what they are known by."""
    issuer: Mapped[str | None] = mapped_column(String(255))
    """Who vouches for the subject; none before the first sign-in."""
    subject: Mapped[str | None] = mapped_column(String(255))
    """What the directory never gives to somebody else; none before the first sign-in, and from then on what counts."""
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The last sign-in through the directory."""


class DirectoryRule(Base):
    """A group of the directory whose members hold a role in a unit."""

    __tablename__ = "directory_rules"
    __table_args__ = (UniqueConstraint("group_name", "role", "unit_id", name="uq_directory_rules_group_role_unit"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    group_name: Mapped[str] = mapped_column(String(255))
    """The group, as the directory writes it."""
    role: Mapped[Role] = mapped_column(String(20))
    """As what."""
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("org_units.id"))
    """Where."""


class SecondFactor(Base):
    """What makes the codes of somebody's telephone."""

    __tablename__ = "second_factors"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    """Whose."""
    sealed_secret: Mapped[str] = mapped_column(String(255))
    """The secret, encrypted (Fernet) with a key derived from the one of the installation."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was made."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a code proved that the telephone has it; before that it is asked of nobody."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """Number of the step (RFC 6238) of the last code taken; that one and earlier ones are taken no more."""


class SecurityKey(Base):
    """A security key or a passkey with which somebody proves that it is they (Web Authentication)."""

    __tablename__ = "security_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    """Whose."""
    name: Mapped[str] = mapped_column(String(80))
    """What its owner calls it."""
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    """By which browsers know it, in Base64 for addresses: at most 1023 bytes (section 4 of the standard)."""
    public_key: Mapped[str] = mapped_column(String(2000))
    """What its signatures are checked with, as COSE in Base64 for addresses; it opens nothing."""
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its own count of signatures at the last one; 0 for good where it keeps none."""
    transports: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ways in which the browser reaches it, as it said when the key was added."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was added."""
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it last proved something."""


class RecoveryCode(Base):
    """A code for whoever has neither telephone nor key at hand; the row goes when it is used."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    """Whose."""
    code_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the code, without what stands between its groups."""


class FactorRule(Base):
    """A role of which whoever holds it needs a second factor."""

    __tablename__ = "factor_rules"

    role: Mapped[Role] = mapped_column(String(20), primary_key=True)
    """The role."""


class SignInFailure(Base):
    """Failed sign-ins from one network address in the current window."""

    __tablename__ = "sign_in_failures"

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The address, as the proxy chain gives it."""
    failures: Mapped[int] = mapped_column(default=0)
    """How many."""
    window_start: Mapped[datetime] = mapped_column(UtcDateTime)
    """Since when."""
