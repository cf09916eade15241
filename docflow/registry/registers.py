"""Registers by configuration: names, the form of numbers, who keeps the desk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.operations import set_desk
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.deadlines.operations import RECOUNT_JOB
from docflow.deadlines.rules import RULES
from docflow.registry.models import Entry, Register, RegisterCounter
from docflow.registry.queries import next_number
from docflow.registry.rules import OTHER_NUMBERS, NumberFormat, RegisterKind, register_year

HIGHEST_NEXT = 900_000
"""Of the number with which a year begins; six digits are printed."""
CODE_FORM = re.compile(r"[a-z][a-z0-9-]{1,38}")


@dataclass(frozen=True, slots=True)
class RegisterSetup:
    """What an administrator says of a register; ``unit_id``: the unit whose clerks keep it, none for every clerk.

    ``term``: code of the statutory deadline within which its letters are answered; empty: none. ``next_number``: of
    this year, where it goes on from a paper register; none: as it stands.
    """

    code: str
    kind: RegisterKind
    name_ar: str
    name_fr: str
    number_format: str
    unit_id: UUID | None = None
    is_active: bool = True
    term: str = ""
    next_number: int | None = None


def create_register(uow: UnitOfWork, setup: RegisterSetup) -> Register:
    """Open a register.

    Raises:
        PermissionDenied: without ``registers.manage``.
        InvalidInput: ``register_incomplete``, ``number_format_invalid``, ``unit_unknown``, ``choice_unknown``,
            ``next_number_invalid`` with ``limit``.
        Conflict: ``register_code_taken`` with ``register``, ``number_format_taken`` with ``register``,
            ``numbers_given_already`` with ``year``.
    """
    uow.require("registers.manage")
    if uow.session.scalar(select(Register.id).where(Register.code == setup.code)) is not None:
        raise Conflict("register_code_taken", register=setup.code)
    if not CODE_FORM.fullmatch(setup.code):
        raise InvalidInput("register_incomplete")
    register = Register(code=setup.code)
    _apply(uow, register, setup)
    uow.session.add(register)
    uow.session.flush()
    _go_on_from(uow, register, setup.next_number)
    uow.record("registry.register_opened", subject_kind="register", subject_id=register.code)
    return register


def change_register(uow: UnitOfWork, register_id: UUID, setup: RegisterSetup, *, expected_version: int) -> Register:
    """Change the names, the form of the coming numbers or the desk of a register; its code stays.

    Raises:
        PermissionDenied: without ``registers.manage``.
        NotFound: ``register_unknown``.
        Conflict: ``changed_meanwhile``, ``number_format_taken``.
        InvalidInput: what ``create_register`` refuses.
    """
    uow.require("registers.manage")
    register = uow.session.get(Register, register_id, with_for_update=True)
    if register is None:
        raise NotFound("register_unknown", register=str(register_id))
    if register.version != expected_version:
        raise Conflict("changed_meanwhile")
    _apply(uow, register, setup)
    _go_on_from(uow, register, setup.next_number)
    uow.record("registry.register_changed", subject_kind="register", subject_id=register.code)
    return register


def _apply(uow: UnitOfWork, register: Register, setup: RegisterSetup) -> None:
    names = [" ".join(name.split()) for name in (setup.name_ar, setup.name_fr)]
    if not all(names) or any(len(name) > 200 for name in names):
        raise InvalidInput("register_incomplete")
    _check_format(uow, register, setup.number_format)
    if setup.term and setup.term not in RULES:
        raise InvalidInput("choice_unknown")
    if register.term != setup.term:
        register.term = setup.term
        uow.enqueue(RECOUNT_JOB)
    register.kind, register.is_active = setup.kind, setup.is_active
    register.name_ar, register.name_fr = names
    register.number_format = setup.number_format
    set_desk(uow, register.code, unit_id=setup.unit_id)


def _go_on_from(uow: UnitOfWork, register: Register, number: int | None) -> None:
    """Let a register go on from its paper one: a number of this year is the next as long as none was given in it."""
    year = register_year(uow.now)
    if number is None or number == next_number(uow.session, register.id, year):
        return
    if not 1 <= number <= HIGHEST_NEXT:
        raise InvalidInput("next_number_invalid", limit=HIGHEST_NEXT)
    counter = uow.session.get(RegisterCounter, (register.id, year), with_for_update=True)
    given = select(Entry.id).where(Entry.register_id == register.id, Entry.year == year).limit(1)
    if uow.session.scalar(given) is not None:
        raise Conflict("numbers_given_already", year=str(year))
    if counter is None:
        uow.session.add(RegisterCounter(register_id=register.id, year=year, last_number=number - 1))
    else:
        counter.last_number = number - 1
    uow.session.flush()
    uow.record(
        "registry.numbering_begun",
        subject_kind="register",
        subject_id=register.code,
        first=_label(register, year, number),
    )


def _label(register: Register, year: int, number: int) -> str:
    return NumberFormat(register.number_format).label(year=year, number=number)


def _check_format(uow: UnitOfWork, register: Register, pattern: str) -> None:
    """Refuse a form whose numbers another register gives, or gave while it had another form."""
    prefix = NumberFormat(pattern).prefix
    if prefix in OTHER_NUMBERS:
        raise InvalidInput("number_format_invalid", pattern=pattern)
    others = select(Register.code, Register.number_format).where(Register.code != register.code)
    for code, taken in uow.session.execute(others):
        if NumberFormat(taken).prefix == prefix:
            raise Conflict("number_format_taken", register=code)
    given = (
        select(Register.code)
        .join(Entry, Entry.register_id == Register.id)
        .where(Register.code != register.code, Entry.label.like(f"{prefix}____%"))
    )
    former = uow.session.scalar(given.limit(1))
    if former is not None:
        raise Conflict("number_format_taken", register=former)
