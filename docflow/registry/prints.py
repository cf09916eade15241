"""Prints of registers: asked for on a page, made and sealed by a job, taken by whoever asked.

Five thousand lines take about ten seconds, which is too long for a page to wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.queries import actor_of, is_usable, names_shown, person_with_id
from docflow.core.actor import SYSTEM, Actor
from docflow.core.errors import Conflict, DocFlowError, NotFound, PermissionDenied, Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.making import MakingState
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.registry.deps import Deps
from docflow.registry.listing import RegisterLine, register_lines
from docflow.registry.models import Register, RegisterPrint
from docflow.registry.queries import RegisterFilter, register_with_code
from docflow.registry.register_printing import PrintedRegister, draw_register
from docflow.stamping.papers import MadePaper, keep_paper, seal_paper
from docflow.storage.operations import forget_made
from docflow.storage.rules import BlobKind, BlobRef

KEPT_FOR: Final = timedelta(days=7)
MOST_LISTED: Final = 10


def ask_print(uow: UnitOfWork, code: str, *, year: int) -> RegisterPrint:
    """Ask for a print of a year of a register; the job that makes it follows the commit.

    Raises:
        PermissionDenied: without ``registry.read``, or by nobody in person (``person_needed``).
        NotFound: ``register_unknown``.
    """
    uow.require("registry.read")
    if uow.actor.person_id is None:
        raise PermissionDenied("person_needed")
    register = register_with_code(uow.session, code)
    wanted = RegisterPrint(
        register_id=register.id, year=year, locale=uow.actor.locale, asked_by=uow.actor.person_id, asked_at=uow.now
    )
    uow.session.add(wanted)
    uow.session.flush()
    uow.enqueue(
        JobRequest(
            name="registry.print", payload={"print_id": str(wanted.id)}, unique_key=f"registry.print:{wanted.id}"
        )
    )
    uow.record("registry.print_asked", subject_kind="register", subject_id=register.code, year=str(year))
    return wanted


def prints_of(session: Session, actor: Actor, register: Register, *, year: int) -> Sequence[RegisterPrint]:
    """Return the prints of a year of a register that an actor asked for, the newest first."""
    return session.scalars(
        select(RegisterPrint)
        .where(
            RegisterPrint.register_id == register.id,
            RegisterPrint.year == year,
            RegisterPrint.asked_by == actor.person_id,
        )
        .order_by(RegisterPrint.asked_at.desc())
        .limit(MOST_LISTED)
    ).all()


def print_for(session: Session, actor: Actor, print_id: UUID) -> tuple[RegisterPrint, Register, BlobRef]:
    """Return a print that an actor asked for, with its file.

    Raises:
        NotFound: ``print_unknown``, whether it is missing, somebody else's or not made.
    """
    found = session.get(RegisterPrint, print_id)
    if found is None or found.asked_by != actor.person_id or found.sha256 is None:
        raise NotFound("print_unknown")
    blob = BlobRef(BlobKind.SEALED, found.sha256, found.size_bytes)
    return found, session.get_one(Register, found.register_id), blob


def make_print(deps: Deps, print_id: UUID, *, is_last_attempt: bool) -> None:
    """Draw, seal and keep a print, with the lines that whoever asked may know of at this moment."""
    with deps.transactions.reading() as session:
        wanted = session.get(RegisterPrint, print_id)
        if wanted is None or wanted.state != MakingState.WAITING:
            return
    try:
        with deps.transactions.reading() as session:
            actor = _asker(session, deps, wanted)
            register = session.get_one(Register, wanted.register_id)
            lines = register_lines(session, actor, register, RegisterFilter(wanted.year))
            said = _said(session, deps, actor, wanted, register)
        content, page_count = draw_register(said, lines)
        made = seal_paper(deps, content)
    except DocFlowError as refusal:
        if isinstance(refusal, Unavailable | Conflict) and not is_last_attempt:
            raise
        with deps.transactions.writing(SYSTEM) as uow:
            _note_failed(uow, print_id, refusal)
        return
    with deps.transactions.writing(actor) as uow:
        _keep(uow, print_id, register, lines, made, page_count=page_count)


def forget_prints(deps: Deps) -> int:
    """Drop the prints that nobody needs any more; their hashes stay, so that they are still verified."""
    with deps.transactions.writing(SYSTEM) as uow:
        count = forget_made(uow, RegisterPrint, BlobKind.SEALED, kept_for=KEPT_FOR)
        if count:
            uow.record("registry.prints_forgotten", subject_kind="register", subject_id="", count=count)
        return count


def export_lines(
    uow: UnitOfWork, code: str, wanted: RegisterFilter, *, file_format: str
) -> tuple[Register, Sequence[RegisterLine]]:
    """Return the lines of a register that an actor takes along; the journal says how many, and in which form.

    Raises:
        PermissionDenied: without ``registry.read``.
        NotFound: ``register_unknown``.
    """
    uow.require("registry.read")
    register = register_with_code(uow.session, code)
    lines = register_lines(uow.session, uow.actor, register, wanted)
    uow.record(
        "registry.exported",
        subject_kind="register",
        subject_id=register.code,
        year=str(wanted.year),
        count=len(lines),
        format=file_format,
    )
    return register, lines


def _asker(session: Session, deps: Deps, wanted: RegisterPrint) -> Actor:
    person = person_with_id(session, wanted.asked_by)
    now = deps.clock.now()
    actor = actor_of(session, person, now)
    if not is_usable(person, now) or not actor.can("registry.read"):
        raise PermissionDenied("permission_missing", permission="registry.read")
    return actor


def _said(session: Session, deps: Deps, actor: Actor, wanted: RegisterPrint, register: Register) -> PrintedRegister:
    letterhead = letterhead_of(session)
    by_ar, by_fr = (names_shown(session, [actor.name], locale=locale)[actor.name] for locale in ("ar", "fr"))
    return PrintedRegister(
        letterhead=letterhead,
        name=Words(register.name_ar, register.name_fr),
        year=wanted.year,
        made_at=deps.clock.now(),
        made_by=Words(by_ar, by_fr),
        is_rtl=wanted.locale == "ar",
    )


def _keep(
    uow: UnitOfWork,
    print_id: UUID,
    register: Register,
    lines: Sequence[RegisterLine],
    made: MadePaper,
    *,
    page_count: int,
) -> None:
    """Keep a print, unless another worker made it meanwhile."""
    wanted = uow.session.get(RegisterPrint, print_id, with_for_update=True)
    if wanted is None or wanted.state != MakingState.WAITING:
        return
    keep_paper(uow, made)
    wanted.note_made(made.blob.sha256, made.blob.size_bytes)
    wanted.line_count, wanted.page_count = len(lines), page_count
    uow.record(
        "registry.printed",
        subject_kind="register",
        subject_id=register.code,
        year=str(wanted.year),
        count=len(lines),
        sha256=made.blob.sha256,
    )


def _note_failed(uow: UnitOfWork, print_id: UUID, refusal: DocFlowError) -> None:
    wanted = uow.session.get(RegisterPrint, print_id, with_for_update=True)
    if wanted is None or wanted.state != MakingState.WAITING:
        return
    register = uow.session.get_one(Register, wanted.register_id)
    wanted.note_failed(refusal)
    uow.record(
        "registry.not_printed",
        subject_kind="register",
        subject_id=register.code,
        year=str(wanted.year),
        reason=refusal.code,
    )
