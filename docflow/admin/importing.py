"""Units and accounts from a spreadsheet: tried first, then made all together or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from docflow.accounts.models import OrgUnit, Person
from docflow.accounts.operations import NewPerson, create_person, create_unit
from docflow.accounts.passwords import hash_password
from docflow.accounts.rules import Role, UnitKind
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.core.uow import Transactions, UnitOfWork

Row = Mapping[str, str]
"""One line: column to text."""

UNIT_COLUMNS: Final = ("code", "parent", "kind", "name_ar", "name_fr")
PERSON_COLUMNS: Final = ("username", "name_ar", "name_fr", "role", "unit", "email", "language")
NEEDED: Final = {"units": ("code", "name_ar", "name_fr"), "people": ("username", "name_ar", "name_fr", "role", "unit")}
PASSWORD_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 - the signs, not a password
"""Without those that are taken for one another on paper."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one line of the table; ``number`` as the spreadsheet counts it, the headings being line 1."""

    number: int
    name: str
    is_new: bool = True
    refusal: DocFlowError | None = None


@dataclass(frozen=True, slots=True)
class MadeAccount:
    """An account that was made, with the password that it begins with."""

    username: str
    name_ar: str
    name_fr: str
    unit_ar: str
    unit_fr: str
    password: str


class _TriedOut(Exception):
    """Ends a transaction in which everything was tried and nothing is kept."""


def try_units(transactions: Transactions, actor: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Return what would become of each line; nothing is kept."""
    return _tried(transactions, actor, _ordered(rows), _make_unit)


def make_units(transactions: Transactions, actor: Actor, rows: Sequence[Row]) -> int:
    """Make the units that are not there yet, all or none; return how many.

    Raises:
        PermissionDenied: without ``people.manage``.
        InvalidInput, Conflict: what ``create_unit`` refuses, ``parent_unknown`` with ``unit_code``.
    """
    with transactions.writing(actor) as uow:
        return sum(_make_unit(uow, row) for _, row in _ordered(rows))


def try_people(transactions: Transactions, actor: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Return what would become of each line; nothing is kept."""

    def make(uow: UnitOfWork, row: Row) -> bool:
        return _make_person(uow, row, hashed=lambda _: "") is not None

    return _tried(transactions, actor, list(enumerate(rows, start=2)), make)


def make_people(transactions: Transactions, actor: Actor, rows: Sequence[Row]) -> Sequence[MadeAccount]:
    """Make the accounts that are not there yet, all or none, each with a password of its own to begin with.

    Raises:
        PermissionDenied: without ``people.manage``.
        InvalidInput, Conflict: what ``create_person`` refuses, ``unit_code_unknown`` with ``unit_code``,
            ``role_unknown``.
    """
    with transactions.writing(actor) as uow:
        made = (_make_person(uow, row) for row in rows)
        return [account for account in made if account is not None]


def _tried(
    transactions: Transactions,
    actor: Actor,
    numbered: Sequence[tuple[int, Row]],
    make: Callable[[UnitOfWork, Row], bool],
) -> Sequence[Outcome]:
    outcomes: list[Outcome] = []
    with suppress(_TriedOut), transactions.writing(actor) as uow:
        uow.require("people.manage")
        for number, row in numbered:
            name = row.get("code") or row.get("username") or ""
            try:
                with uow.session.begin_nested():
                    outcomes.append(Outcome(number, name, is_new=make(uow, row)))
            except DocFlowError as refusal:
                outcomes.append(Outcome(number, name, refusal=refusal))
        raise _TriedOut
    return sorted(outcomes, key=lambda one: one.number)


def _ordered(rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """Return lines of units with their numbers, each after the one that it is under."""
    waiting, ordered = list(enumerate(rows, start=2)), list[tuple[int, Row]]()
    while waiting:
        codes = {row.get("code", "") for _, row in waiting}
        free = [one for one in waiting if one[1].get("parent", "") not in codes - {one[1].get("code", "")}]
        # Units that are under one another in a circle: the first of them is refused for want of its parent.
        ordered += free or waiting
        waiting = [one for one in waiting if free and one not in free]
    return ordered


def _make_unit(uow: UnitOfWork, row: Row) -> bool:
    """Make a unit unless it is there as the line says; return whether it was made."""
    code, parent_code = row.get("code", ""), row.get("parent", "")
    if parent_code:
        parent = uow.session.scalar(select(OrgUnit).where(OrgUnit.code == parent_code, OrgUnit.abolished_at.is_(None)))
    else:
        parent = uow.session.scalar(select(OrgUnit).where(OrgUnit.parent_id.is_(None)).limit(1))
    if parent is None or parent.code == code:
        raise InvalidInput("parent_unknown", unit_code=parent_code)
    there = uow.session.scalar(select(OrgUnit).where(OrgUnit.code == code))
    if there is not None and (there.name_ar, there.name_fr) == (row.get("name_ar"), row.get("name_fr")):
        return False
    try:
        kind = UnitKind(row.get("kind") or UnitKind.SERVICE)
    except ValueError as error:
        raise InvalidInput("unit_kind_unknown") from error
    create_unit(
        uow,
        code=code,
        kind=kind,
        name_ar=row.get("name_ar", ""),
        name_fr=row.get("name_fr", ""),
        parent_id=parent.id,
    )
    return True


def _make_person(uow: UnitOfWork, row: Row, *, hashed: Callable[[str], str] = hash_password) -> MadeAccount | None:
    """Make an account unless somebody has its user name and names; return it with its password, or none."""
    username, unit_code = row.get("username", "").lower(), row.get("unit", "")
    there = uow.session.scalar(select(Person).where(Person.username == username))
    if there is not None and (there.name_ar, there.name_fr) == (row.get("name_ar"), row.get("name_fr")):
        return None
    unit = uow.session.scalar(select(OrgUnit).where(OrgUnit.code == unit_code, OrgUnit.abolished_at.is_(None)))
    if unit is None:
        raise InvalidInput("unit_code_unknown", unit_code=unit_code)
    try:
        role = Role(row.get("role", ""))
    except ValueError as error:
        raise InvalidInput("role_name_unknown") from error
    password = "-".join("".join(secrets.choice(PASSWORD_SIGNS) for _ in range(4)) for _ in range(4))
    person = create_person(
        uow,
        NewPerson(
            username=username,
            name_ar=row.get("name_ar", ""),
            name_fr=row.get("name_fr", ""),
            password=password,
            role=role,
            unit_id=unit.id,
            locale="fr" if row.get("language", "").lower().startswith("fr") else "ar",
            email=row.get("email", ""),
        ),
        hashed=hashed,
    )
    return MadeAccount(person.username, person.name_ar, person.name_fr, unit.name_ar, unit.name_fr, password)
