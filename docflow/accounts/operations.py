"""Making accounts and units, and administering them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.giving import end_powers_of
from docflow.accounts.models import Desk, Membership, OrgUnit, Person
from docflow.accounts.passwords import check_new_password, hash_password
from docflow.accounts.rules import Digest, Role, UnitKind
from docflow.accounts.sessions import drop_sessions
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.jobs import JobRequest
from docflow.core.mail_addresses import clean_address, masked_address
from docflow.core.uow import UnitOfWork

ROLES_JOB = JobRequest(name="approvals.tend", unique_key="approvals.tend:roles", priority=15)
"""What is asked of functions is asked of whoever holds them now; the room above does it."""

CODE_LIMIT, NAME_LIMIT, USERNAME_LIMIT = 40, 200, 80
"""Longest code of a unit, name in one language and name to sign in with, in characters."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to make, with its first role.

    ``first_day`` and ``last_day``: the days in Casablanca between which a dated account is used, both included.
    """

    username: str
    name_ar: str
    name_fr: str
    password: str
    role: Role
    unit_id: UUID
    locale: str = "ar"
    email: str = ""
    first_day: date | None = None
    last_day: date | None = None
    must_change_password: bool = True


def create_unit(
    uow: UnitOfWork, *, code: str, kind: UnitKind, name_ar: str, name_fr: str, parent_id: UUID | None = None
) -> OrgUnit:
    """Add a unit to the tree.

    Raises:
        PermissionDenied: without ``people.manage``.
        InvalidInput: ``unit_incomplete``, ``field_too_long``.
        Conflict: ``unit_code_taken`` with ``unit_code``.
    """
    uow.require("people.manage")
    if not (code.strip() and name_ar.strip() and name_fr.strip()):
        raise InvalidInput("unit_incomplete")
    _refuse_long(CODE_LIMIT, code=code)
    _refuse_long(NAME_LIMIT, name_ar=name_ar, name_fr=name_fr)
    if uow.session.scalar(select(OrgUnit.id).where(OrgUnit.code == code)) is not None:
        raise Conflict("unit_code_taken", unit_code=code)
    unit = OrgUnit(code=code.strip(), kind=kind, name_ar=name_ar.strip(), name_fr=name_fr.strip(), parent_id=parent_id)
    uow.session.add(unit)
    uow.session.flush()
    uow.record("accounts.unit_created", subject_kind="unit", subject_id=unit.id, code=unit.code)
    return unit


def abolish_unit(uow: UnitOfWork, unit_id: UUID) -> OrgUnit:
    """Abolish a unit: it keeps its name for what it did, and nothing new comes to it. Its tasks are the caller's.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``unit_unknown``.
        Conflict: ``unit_has_units``, ``unit_has_people``, ``unit_keeps_desk``, each with ``count``.
    """
    uow.require("people.manage")
    unit = uow.session.get(OrgUnit, unit_id, with_for_update=True)
    if unit is None or unit.abolished_at is not None:
        raise NotFound("unit_unknown")
    held = [
        membership
        for membership in uow.session.scalars(select(Membership).where(Membership.unit_id == unit_id))
        if membership.valid_until is None or membership.valid_until > uow.now
    ]
    below = uow.session.scalars(select(OrgUnit.id).where(OrgUnit.parent_id == unit_id, OrgUnit.abolished_at.is_(None)))
    desks = uow.session.scalars(select(Desk.register_code).where(Desk.unit_id == unit_id))
    for code, found in (("unit_has_units", below.all()), ("unit_has_people", held), ("unit_keeps_desk", desks.all())):
        if found:
            raise Conflict(code, count=len(found))
    unit.abolished_at = uow.now
    uow.enqueue(ROLES_JOB)
    uow.record("accounts.unit_abolished", subject_kind="unit", subject_id=unit.id, code=unit.code)
    return unit


def set_desk(uow: UnitOfWork, register_code: str, *, unit_id: UUID | None) -> None:
    """Say whose clerks keep the desk of a register; none: every clerk of the district.

    Raises:
        InvalidInput: ``unit_unknown``.
    """
    unit = None if unit_id is None else uow.session.get(OrgUnit, unit_id)
    if unit_id is not None and (unit is None or unit.abolished_at is not None):
        raise InvalidInput("unit_unknown")
    desk = uow.session.get(Desk, register_code)
    if desk is None:
        uow.session.add(Desk(register_code=register_code, unit_id=unit_id))
    else:
        desk.unit_id = unit_id


def create_person(uow: UnitOfWork, new: NewPerson, *, hashed: Callable[[str], str] = hash_password) -> Person:
    """Make an account with its first role.

    ``hashed``: returns what is kept of a password; to hash one takes a tenth of a second, which a trial need not.

    Raises:
        PermissionDenied: without ``people.manage``.
        InvalidInput: ``person_incomplete``, ``password_too_short``, ``password_too_plain``, ``password_common``,
            ``password_has_name``, ``mail_address_invalid``, ``field_too_long``,
            ``last_day_over``, ``power_dates_reversed``.
        Conflict: ``username_taken`` with ``username``.
    """
    uow.require("people.manage")
    username = new.username.strip().lower()
    if not username or not new.name_ar.strip() or not new.name_fr.strip():
        raise InvalidInput("person_incomplete")
    _refuse_long(USERNAME_LIMIT, username=username)
    _refuse_long(NAME_LIMIT, name_ar=new.name_ar, name_fr=new.name_fr)
    check_new_password(new.password, names=(username, new.name_ar, new.name_fr))
    _check_days(uow, new)
    if uow.session.scalar(select(Person.id).where(Person.username == username)) is not None:
        raise Conflict("username_taken", username=username)
    person = Person(
        username=username,
        name_ar=new.name_ar.strip(),
        name_fr=new.name_fr.strip(),
        password_hash=hashed(new.password),
        must_change_password=new.must_change_password,
        locale=new.locale,
        email=clean_address(new.email) if new.email.strip() else "",
        valid_from=None if new.first_day is None else _midnight(new.first_day),
        valid_until=None if new.last_day is None else _midnight(new.last_day + timedelta(days=1)),
        created_at=uow.now,
    )
    uow.session.add(person)
    uow.session.flush()
    uow.record("accounts.person_created", subject_kind="person", subject_id=person.id, username=username)
    grant_role(uow, person.id, role=new.role, unit_id=new.unit_id)
    return person


def _refuse_long(limit: int, **fields: str) -> None:
    for name, said in fields.items():
        if len(said.strip()) > limit:
            raise InvalidInput("field_too_long", field=name, limit=limit)


def _check_days(uow: UnitOfWork, new: NewPerson) -> None:
    if new.last_day is None:
        return
    if new.last_day < uow.now.astimezone(CASABLANCA).date():
        raise InvalidInput("last_day_over")
    if new.first_day is not None and new.last_day < new.first_day:
        raise InvalidInput("power_dates_reversed")


def _midnight(day: date) -> datetime:
    """Return the first instant of a day in Casablanca."""
    return datetime.combine(day, time.min, tzinfo=CASABLANCA).astimezone(UTC)


def grant_role(
    uow: UnitOfWork,
    person_id: UUID,
    *,
    role: Role,
    unit_id: UUID,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    from_directory: bool = False,
) -> Membership:
    """Give a person a role in a unit, between dates if any; ``from_directory``: it goes when the group does.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``unit_unknown``.
    """
    uow.require("people.manage")
    # Locked, so that nobody is given a role in a unit that is being abolished.
    unit = uow.session.get(OrgUnit, unit_id, with_for_update=True)
    if unit is None or unit.abolished_at is not None:
        raise NotFound("unit_unknown")
    membership = Membership(
        person_id=person_id,
        role=role,
        unit_id=unit_id,
        valid_from=valid_from,
        valid_until=valid_until,
        from_directory=from_directory,
    )
    uow.session.add(membership)
    uow.enqueue(ROLES_JOB)
    uow.record(
        "accounts.role_granted", subject_kind="person", subject_id=person_id, role=role.value, unit_id=str(unit_id)
    )
    return membership


def revoke_role(uow: UnitOfWork, membership_id: UUID) -> None:
    """End a role at this instant; what it opened is closed at the next request, and the person signs in anew.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``role_unknown``.
        Conflict: ``own_account`` when somebody would end their own.
    """
    uow.require("people.manage")
    membership = uow.session.get(Membership, membership_id)
    if membership is None:
        raise NotFound("role_unknown")
    if membership.person_id == uow.actor.person_id:
        raise Conflict("own_account")
    membership.valid_until = uow.now
    drop_sessions(uow.session, membership.person_id)
    uow.enqueue(ROLES_JOB)
    uow.record(
        "accounts.role_revoked",
        subject_kind="person",
        subject_id=membership.person_id,
        role=membership.role,
        unit_id=str(membership.unit_id),
    )


def set_active(uow: UnitOfWork, person_id: UUID, *, is_active: bool) -> Person:
    """Open or close an account; closing ends its sessions and its powers at once.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``person_unknown``.
        Conflict: ``own_account`` when somebody would close their own.
    """
    uow.require("people.manage")
    person = uow.session.get(Person, person_id)
    if person is None:
        raise NotFound("person_unknown", username=str(person_id))
    if person_id == uow.actor.person_id:
        raise Conflict("own_account")
    person.is_active = is_active
    uow.enqueue(ROLES_JOB)
    if is_active:
        person.failures, person.locked_until = 0, None
    else:
        drop_sessions(uow.session, person_id)
        end_powers_of(uow, person_id)
    verb = "accounts.person_opened" if is_active else "accounts.person_closed"
    uow.record(verb, subject_kind="person", subject_id=person_id, username=person.username)
    return person


def set_password(uow: UnitOfWork, person_id: UUID, *, password: str, must_change: bool) -> None:
    """Set somebody's password; their sessions elsewhere end.

    Raises:
        PermissionDenied: without ``people.manage``, unless it is one's own.
        NotFound: ``person_unknown``.
        InvalidInput: ``password_too_short``, ``password_too_plain``, ``password_common``, ``password_has_name``.
    """
    if person_id != uow.actor.person_id:
        uow.require("people.manage")
    person = uow.session.get(Person, person_id)
    if person is None:
        raise NotFound("person_unknown", username=str(person_id))
    check_new_password(password, names=(person.username, person.name_ar, person.name_fr))
    person.password_hash = hash_password(password)
    person.must_change_password = must_change
    person.failures, person.locked_until = 0, None
    drop_sessions(uow.session, person_id)
    uow.record("accounts.password_set", subject_kind="person", subject_id=person_id)


def set_last_day(uow: UnitOfWork, person_id: UUID, *, day: date | None) -> Person:
    """Say on which day, in Casablanca, an account is used for the last time; none: it has no end.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``person_unknown``.
        Conflict: ``own_account`` when somebody would end their own.
        InvalidInput: ``last_day_over``.
    """
    uow.require("people.manage")
    person = uow.session.get(Person, person_id)
    if person is None:
        raise NotFound("person_unknown", username=str(person_id))
    if person_id == uow.actor.person_id:
        raise Conflict("own_account")
    if day is not None and day < uow.now.astimezone(CASABLANCA).date():
        raise InvalidInput("last_day_over")
    person.valid_until = None if day is None else _midnight(day + timedelta(days=1))
    uow.enqueue(ROLES_JOB)
    uow.record(
        "accounts.last_day_set",
        subject_kind="person",
        subject_id=person_id,
        until="" if person.valid_until is None else person.valid_until.isoformat(),
    )
    return person


def set_address(uow: UnitOfWork, person_id: UUID, *, email: str) -> Person:
    """Say where mail reaches somebody; empty: nowhere.

    Raises:
        PermissionDenied: without ``people.manage``, unless it is one's own.
        NotFound: ``person_unknown``.
        InvalidInput: ``mail_address_invalid``.
    """
    if person_id != uow.actor.person_id:
        uow.require("people.manage")
    person = uow.session.get(Person, person_id)
    if person is None:
        raise NotFound("person_unknown", username=str(person_id))
    address = clean_address(email) if email.strip() else ""
    if address != person.email:
        person.email = address
        # Masked: the chain keeps what cannot be taken out of it again.
        uow.record(
            "accounts.address_changed",
            subject_kind="person",
            subject_id=person_id,
            address=masked_address(address) if address else "",
        )
    return person


def set_own_mail(uow: UnitOfWork, *, email: str, digest: Digest, locale: str) -> None:
    """Keep the actor's own address, how often they are told of what waits, and in which language.

    Raises:
        NotFound: ``person_unknown``, when the actor is no person.
        InvalidInput: ``mail_address_invalid``, ``choice_unknown``.
    """
    if uow.actor.person_id is None:
        raise NotFound("person_unknown", username=uow.actor.name)
    if locale not in {"ar", "fr"}:
        raise InvalidInput("choice_unknown")
    person = set_address(uow, uow.actor.person_id, email=email)
    person.locale = locale
    if digest != person.digest:
        person.digest = digest
        uow.record("accounts.digest_chosen", subject_kind="person", subject_id=person.id, digest=digest.value)


def set_locale(uow: UnitOfWork, *, locale: str) -> None:
    """Keep the actor's own language of the interface."""
    person = None if uow.actor.person_id is None else uow.session.get(Person, uow.actor.person_id)
    if person is not None and locale in {"ar", "fr"}:
        person.locale = locale
