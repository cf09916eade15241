"""Reads of the registry: what an actor may know of registers, entries, senders, and documents without a number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from docflow.accounts.visibility import AUDIT_TOKEN, OPERATOR_TOKEN, Confidentiality
from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.core.remembering import asked_once
from docflow.core.statements import built_once
from docflow.documents.models import Document
from docflow.documents.queries import BATCH_ORDER, is_opened_by, visible_to
from docflow.documents.rules import DocumentState
from docflow.registry.models import Entry, EntryLink, Register, RegisterCounter, SetAsideDocument
from docflow.registry.names import sender_key
from docflow.registry.rules import EntryState, SetAsideReason

DESK_PREFIX = "desk:"
MOST_EARLIER = 6
MOST_ROWS_COUNTED = 10_000
"""Of a longer year it is said that there are more: to count asks of each line whether it may be known."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with its document, which a reserved number does not have."""

    entry: Entry
    document: Document | None


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """A document that was set aside, with why."""

    aside: SetAsideDocument
    document: Document


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which lines of a register are asked for; dates are days of the arrival in Casablanca time."""

    year: int
    state: EntryState | None = None
    text: str = ""


def desk_codes(actor: Actor) -> frozenset[str]:
    """Return the codes of the registers whose desk an actor keeps; the operator keeps all (see ``keeps_desk``)."""
    return frozenset(token.removeprefix(DESK_PREFIX) for token in actor.tokens if token.startswith(DESK_PREFIX))


def keeps_desk(actor: Actor, register: Register) -> bool:
    """Return whether an actor keeps the desk of a register."""
    return OPERATOR_TOKEN in actor.tokens or register.code in desk_codes(actor)


@asked_once
def all_registers(session: Session) -> Sequence[Register]:
    """Return every register, by code."""
    return session.scalars(select(Register).order_by(Register.code)).all()


def desk_registers(session: Session, actor: Actor) -> Sequence[Register]:
    """Return the open registers in which an actor may register."""
    return [register for register in all_registers(session) if register.is_active and keeps_desk(actor, register)]


def next_number(session: Session, register_id: UUID, year: int) -> int:
    """Return the number that a register gives next in a year."""
    counter = session.get(RegisterCounter, (register_id, year))
    return 1 if counter is None else counter.last_number + 1


def register_with_code(session: Session, code: str) -> Register:
    """Return a register.

    Raises:
        NotFound: ``register_unknown``.
    """
    register = session.scalar(select(Register).where(Register.code == code))
    if register is None:
        raise NotFound("register_unknown", register=code)
    return register


def is_shown(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor may know of an entry: by its document, or as a bare number of their desk."""
    with_document = and_(Entry.document_id.is_not(None), is_opened_by(actor, Entry.document_id, content=False))
    bare = Entry.document_id.is_(None)
    if actor.tokens & {OPERATOR_TOKEN, AUDIT_TOKEN}:
        return or_(with_document, bare)
    desks = select(Register.id).where(Register.code.in_(sorted(desk_codes(actor))))
    return or_(with_document, and_(bare, Entry.register_id.in_(desks)))


def entry_shown(session: Session, actor: Actor, entry_id: UUID) -> Entry | None:
    """Return an entry that the actor may know of, or none."""
    return session.scalar(select(Entry).where(Entry.id == entry_id, is_shown(actor)))


def entry_row(session: Session, actor: Actor, entry_id: UUID) -> EntryRow:
    """Return an entry that the actor may know of, with its document.

    Raises:
        NotFound: ``entry_unknown``.
    """
    found = session.execute(_rows().where(Entry.id == entry_id, is_shown(actor))).first()
    if found is None:
        raise NotFound("entry_unknown")
    return EntryRow(*found)


_ENTRIES: Final = (
    select(Entry)
    .where(Entry.document_id == bindparam("document_id"))
    .order_by(Entry.numbered_at.desc(), Entry.number.desc())
)


@asked_once
def entries_of_document(session: Session, document_id: UUID) -> Sequence[Entry]:
    """Return the entries of a document, the newest first; the caller has checked the right to see it."""
    return session.scalars(_ENTRIES, {"document_id": document_id}).all()


def entry_with_id(session: Session, entry_id: UUID) -> tuple[Entry, Register] | None:
    """Return an entry with its register, whoever asks, or none."""
    found = session.execute(
        select(Entry, Register).join(Register, Register.id == Entry.register_id).where(Entry.id == entry_id)
    ).first()
    return None if found is None else (found[0], found[1])


def entry_with_label(session: Session, label: str) -> Entry | None:
    """Return the entry of a register number, whoever asks."""
    return session.scalar(select(Entry).where(Entry.label == label))


def register_rows(
    session: Session, actor: Actor, register: Register, wanted: RegisterFilter, *, offset: int = 0, limit: int | None
) -> Sequence[EntryRow]:
    """Return lines of a register that the actor may know of, in the order of their numbers, the newest first."""
    statement = _wanted(_rows(), actor, register, wanted).order_by(Entry.number.desc()).offset(offset).limit(limit)
    return [EntryRow(*row) for row in session.execute(statement)]


def count_rows(session: Session, actor: Actor, register: Register, wanted: RegisterFilter) -> int:
    """Return how many lines of a register the actor may know of, or one more than ``MOST_ROWS_COUNTED``."""
    rows = select(Entry.id).outerjoin(Document, Document.id == Entry.document_id)
    matching = _wanted(rows, actor, register, wanted).limit(MOST_ROWS_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(matching.subquery())) or 0


def register_years(session: Session, actor: Actor, register: Register) -> Sequence[int]:
    """Return the years of which the actor may know an entry, the newest first."""
    has_some = exists().where(Entry.register_id == register.id, Entry.year == RegisterCounter.year, is_shown(actor))
    statement = select(RegisterCounter.year).where(RegisterCounter.register_id == register.id, has_some)
    return session.scalars(statement.order_by(RegisterCounter.year.desc())).all()


def reserved_numbers(session: Session, registers: Sequence[Register]) -> Sequence[Entry]:
    """Return the reserved numbers of some registers, in order in each of them; the caller keeps their desks."""
    places = {register.id: place for place, register in enumerate(registers)}
    found = session.scalars(
        select(Entry).where(Entry.register_id.in_(places), Entry.state == EntryState.RESERVED)
    ).all()
    return sorted(found, key=lambda entry: (places[entry.register_id], entry.year, entry.number))


def waiting_documents(
    session: Session,
    actor: Actor,
    *,
    batch_id: UUID | None = None,
    among: Collection[UUID] | None = None,
    limit: int | None = None,
) -> Sequence[Document]:
    """Return documents, if wanted ``among`` some, that wait for a number at a desk of the actor, the oldest first."""
    statement = _waiting(select(Document), actor, batch_id)
    if among is not None:
        statement = statement.where(Document.id.in_(among))
    return session.scalars(statement.order_by(*BATCH_ORDER).limit(limit)).all()


def count_waiting(session: Session, actor: Actor, *, batch_id: UUID | None = None) -> int:
    """Return how many documents wait for a number at a desk of the actor."""
    return session.scalar(counting_waiting(actor, batch_id=batch_id)) or 0


@built_once
def counting_waiting(actor: Actor, most: int | None = None, *, batch_id: UUID | None = None) -> Select[int]:
    """Return the statement that counts the documents that wait for a number; counting ends at ``most``."""
    waiting = _waiting(select(Document.id), actor, batch_id).limit(most).subquery()
    return select(func.count()).select_from(waiting)


def set_aside_rows(
    session: Session, actor: Actor, *, reason: SetAsideReason | None = None, offset: int = 0, limit: int
) -> Sequence[SetAsideRow]:
    """Return what was set aside at the desks of the actor, the last one first."""
    statement = _set_aside(select(SetAsideDocument, Document), actor, reason)
    newest = (SetAsideDocument.set_aside_at.desc(), SetAsideDocument.document_id.desc())
    return [SetAsideRow(*row) for row in session.execute(statement.order_by(*newest).offset(offset).limit(limit))]


def count_set_aside(session: Session, actor: Actor, *, reason: SetAsideReason | None = None) -> int:
    """Return how many documents were set aside at the desks of the actor."""
    return session.scalar(_set_aside(select(func.count()), actor, reason)) or 0


def set_aside_with_id(session: Session, document_id: UUID) -> SetAsideDocument | None:
    """Return why a document is set aside, or none; the caller has checked the right to see its content."""
    return session.get(SetAsideDocument, document_id)


def set_aside_at_once(session: Session, act_id: UUID) -> Sequence[UUID]:
    """Return the documents that one act set aside and that still are, whoever asks, in one order for everybody."""
    of_act = select(SetAsideDocument.document_id).where(SetAsideDocument.act_id == act_id)
    return session.scalars(of_act.order_by(SetAsideDocument.document_id)).all()


def earlier_entries(
    session: Session, actor: Actor, *, document_id: UUID, sender: str, cin: str, reference: str
) -> Sequence[EntryRow]:
    """Return earlier entries of the same matter that the actor may know of, the newest first.

    The same matter: the same reference, or the same sender by name or by identity card.
    """
    key = sender_key(sender)
    alike = [Entry.sender_key == key] if key else []
    if cin:
        alike.append(Entry.sender_cin == "".join(cin.upper().split()))
    if reference.strip():
        alike.append(Document.reference == " ".join(reference.split()))
    if not alike:
        return ()
    statement = (
        _rows()
        .where(Entry.state == EntryState.REGISTERED, Document.id != document_id, or_(*alike), visible_to(actor))
        .order_by(Entry.registered_at.desc(), Entry.number.desc())
        .limit(MOST_EARLIER)
    )
    return [EntryRow(*row) for row in session.execute(statement)]


def links_of(session: Session, actor: Actor, entry: Entry) -> Sequence[tuple[EntryLink, EntryRow]]:
    """Return the entries linked to an entry in either direction, of those that the actor may know of."""
    rows = session.execute(_linked(actor), {"one": entry.id})
    return [(link, EntryRow(found, document)) for link, found, document in rows]


@built_once
def _linked(actor: Actor) -> Select[EntryLink, Entry, Document]:
    one = bindparam("one", type_=Entry.id.type)
    other = select(EntryLink, Entry, Document).join(
        Entry,
        or_(
            and_(EntryLink.entry_id == one, Entry.id == EntryLink.earlier_id),
            and_(EntryLink.earlier_id == one, Entry.id == EntryLink.entry_id),
        ),
    )
    return other.outerjoin(Document, Document.id == Entry.document_id).where(is_shown(actor))


def _rows() -> Select[Entry, Document]:
    return select(Entry, Document).outerjoin(Document, Document.id == Entry.document_id)


def _wanted(statement: Select, actor: Actor, register: Register, wanted: RegisterFilter) -> Select:  # type: ignore[type-arg]
    statement = statement.where(Entry.register_id == register.id, Entry.year == wanted.year, is_shown(actor))
    if wanted.state is not None:
        statement = statement.where(Entry.state == wanted.state)
    if wanted.text.strip():
        pattern = f"%{_literal(wanted.text.strip())}%"
        alike = [Entry.label.ilike(pattern, escape="\\"), Document.subject.ilike(pattern, escape="\\")]
        if key := sender_key(wanted.text):
            alike.append(Entry.sender_key.like(f"%{key}%"))
        statement = statement.where(or_(*alike))
    return statement


def _waiting(statement: Select, actor: Actor, batch_id: UUID | None) -> Select:  # type: ignore[type-arg]
    statement = statement.where(
        ~Document.is_registered,
        ~Document.is_set_aside,
        ~Document.is_drafted,
        Document.state.in_((DocumentState.READY, DocumentState.FAILED)),
        visible_to(actor, content=True),
    )
    statement = _at_desk_of(statement, actor)
    return statement if batch_id is None else statement.where(Document.batch_id == batch_id)


def _set_aside(statement: Select, actor: Actor, reason: SetAsideReason | None) -> Select:  # type: ignore[type-arg]
    statement = statement.select_from(SetAsideDocument).join(Document, Document.id == SetAsideDocument.document_id)
    statement = _at_desk_of(statement.where(visible_to(actor, content=True)), actor)
    return statement if reason is None else statement.where(SetAsideDocument.reason == reason)


def _at_desk_of(statement: Select, actor: Actor) -> Select:  # type: ignore[type-arg]
    if OPERATOR_TOKEN in actor.tokens:
        return statement
    return statement.where(Document.register_code.in_(sorted(desk_codes(actor))))


def _literal(text: str) -> str:
    """Return a text whose signs mean themselves in a pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def newest_letters(session: Session, *, limit: int) -> Sequence[Document]:
    """Return the letters that were registered last, without confidential ones; to count among, shown to nobody."""
    return session.scalars(
        select(Document)
        .where(
            Document.is_registered,
            ~Document.is_drafted,
            Document.confidentiality != Confidentiality.CONFIDENTIAL.value,
        )
        .order_by(Document.deposited_at.desc(), Document.id.desc())
        .limit(limit)
    ).all()
