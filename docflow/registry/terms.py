"""By when the institution answers what came into a register; how a term is paused and extended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.deadlines.queries import deadline_from
from docflow.deadlines.rules import RULES, DayKind, Deadline, DeadlineRule, Suspension
from docflow.documents.models import Document
from docflow.documents.queries import document_content_for
from docflow.registry.models import Entry, EntryTerm, Register, TermExtension, TermPause
from docflow.registry.rules import EntryState, reason_of


def answer_due(
    session: Session, register: Register, arrived_at: datetime, *, entry_id: UUID | None = None
) -> Deadline | None:
    """Return the term within which a letter that arrived then is answered, or none where the law sets none.

    ``entry_id``: the entry whose pause and extension count; none for a letter that has no number yet.
    """
    own = None if entry_id is None else session.get(EntryTerm, entry_id)
    rule = RULES.get(register.term) if own is None else replace(RULES[own.code], days=own.days, kind=DayKind(own.kind))
    if rule is None:
        return None
    pause = None if entry_id is None else session.get(TermPause, entry_id)
    extension = None if entry_id is None else session.get(TermExtension, entry_id)
    return deadline_from(
        session,
        rule,
        arrived_at,
        suspensions=() if pause is None else (Suspension(pause.start_on, pause.end_on),),
        extension_days=0 if extension is None else extension.days,
    )


def answer_due_of(session: Session, entry_id: UUID) -> Deadline | None:
    """Return the term within which the letter of an entry is answered, or none; the caller has checked the right."""
    entry = session.get(Entry, entry_id)
    if entry is None or entry.arrived_at is None:
        return None
    return answer_due(session, session.get_one(Register, entry.register_id), entry.arrived_at, entry_id=entry.id)


def give_own_term(uow: UnitOfWork, entry: Entry, rule: DeadlineRule) -> None:
    """Let a term run for a new entry that is not that of its register; the room above says which and why."""
    uow.session.add(EntryTerm(entry_id=entry.id, code=rule.code, days=rule.days, kind=rule.kind))


def open_terms(session: Session, *, except_documents: Select[UUID]) -> Sequence[tuple[Entry, Register]]:
    """Return the entries of matters still open that the law wants answered within a term, with their registers.

    ``except_documents``: the documents whose term somebody else watches.
    """
    rows = session.execute(
        select(Entry, Register)
        .join(Register, Register.id == Entry.register_id)
        .join(Document, Document.id == Entry.document_id)
        .where(Register.term != "", Entry.state == EntryState.REGISTERED, Document.is_open)
        .where(Document.id.not_in(except_documents))
    )
    return [(entry, register) for entry, register in rows if entry.arrived_at is not None]


def pause_term(uow: UnitOfWork, entry_id: UUID, *, reason: str) -> TermPause:
    """Let the term of an entry stand still from today, because something was asked for from the citizen.

    Raises:
        PermissionDenied: without ``routing.send``, or without sight of the content.
        NotFound: ``entry_unknown``.
        InvalidInput: ``term_missing``, ``reason_missing``, ``field_too_long``.
        Conflict: ``matter_closed``, ``term_over``, ``term_paused_before``.
    """
    uow.require("routing.send")
    entry, term = _open_entry(uow, entry_id)
    said = reason_of(reason)
    if uow.session.get(TermPause, entry_id) is not None:
        raise Conflict("term_paused_before")
    today = uow.now.astimezone(CASABLANCA).date()
    if term.due is not None and term.due < today:
        raise Conflict("term_over")
    pause = TermPause(entry_id=entry.id, start_on=today, reason=said, paused_by_name=uow.actor.name)
    uow.session.add(pause)
    _record(uow, "registry.term_paused", entry)
    return pause


def resume_term(uow: UnitOfWork, entry_id: UUID) -> TermPause:
    """Let the term of an entry go on from today: what was asked for came.

    Raises:
        PermissionDenied, NotFound: as ``pause_term``.
        InvalidInput: ``term_missing``.
        Conflict: ``matter_closed``, ``term_not_paused``.
    """
    uow.require("routing.send")
    entry, _term = _open_entry(uow, entry_id)
    return _resume(uow, entry)


def resume_for_citizen(uow: UnitOfWork, entry_id: UUID) -> TermPause:
    """Let the term go on from today because the citizen sent what was asked; the caller has checked the secret.

    Raises:
        NotFound: ``entry_unknown``.
        Conflict: ``term_not_paused``.
    """
    entry = uow.session.get(Entry, entry_id, with_for_update=True)
    if entry is None or entry.state != EntryState.REGISTERED:
        raise NotFound("entry_unknown")
    return _resume(uow, entry)


def pause_of(session: Session, entry_id: UUID) -> TermPause | None:
    """Return what was asked for from the citizen of an entry, or none; the caller has checked the right."""
    return session.get(TermPause, entry_id)


def _resume(uow: UnitOfWork, entry: Entry) -> TermPause:
    pause = uow.session.get(TermPause, entry.id, with_for_update=True)
    if pause is None or pause.end_on is not None:
        raise Conflict("term_not_paused")
    pause.end_on, pause.resumed_by_name = uow.now.astimezone(CASABLANCA).date(), uow.actor.name
    _record(uow, "registry.term_resumed", entry)
    return pause


def extend_term(uow: UnitOfWork, entry_id: UUID, *, reason: str) -> TermExtension:
    """Extend the term of an entry by what the law allows, once.

    Raises:
        PermissionDenied: without ``terms.extend``, or without sight of the content.
        NotFound: ``entry_unknown``.
        InvalidInput: ``term_missing``, ``term_not_extensible``, ``reason_missing``, ``field_too_long``.
        Conflict: ``matter_closed``, ``term_over``, ``term_extended_before``.
    """
    uow.require("terms.extend")
    entry, term = _open_entry(uow, entry_id)
    if not term.rule.extension_days:
        raise InvalidInput("term_not_extensible")
    said = reason_of(reason)
    if uow.session.get(TermExtension, entry_id) is not None:
        raise Conflict("term_extended_before")
    today = uow.now.astimezone(CASABLANCA).date()
    if term.due is not None and term.due < today:
        raise Conflict("term_over")
    extension = TermExtension(
        entry_id=entry.id,
        days=term.rule.extension_days,
        reason=said,
        extended_by_name=uow.actor.name,
        extended_on=today,
    )
    uow.session.add(extension)
    _record(uow, "registry.term_extended", entry)
    return extension


def _open_entry(uow: UnitOfWork, entry_id: UUID) -> tuple[Entry, Deadline]:
    # The row of the entry puts two who change one term in a queue.
    entry = uow.session.get(Entry, entry_id, with_for_update=True)
    if entry is None or entry.state != EntryState.REGISTERED or entry.arrived_at is None:
        raise NotFound("entry_unknown")
    document: Document = document_content_for(uow.session, uow.actor, _document_id(entry))
    if not document.is_open:
        raise Conflict("matter_closed")
    register = uow.session.get_one(Register, entry.register_id)
    term = answer_due(uow.session, register, entry.arrived_at, entry_id=entry.id)
    if term is None:
        raise InvalidInput("term_missing")
    return entry, term


def _document_id(entry: Entry) -> UUID:
    assert entry.document_id is not None  # noqa: S101 - a registered entry has a document
    return entry.document_id


def _record(uow: UnitOfWork, verb: str, entry: Entry) -> None:
    uow.record(verb, subject_kind="entry", subject_id=entry.id, number=entry.label)
    document_id = str(entry.document_id)
    uow.enqueue(
        JobRequest(
            name="routing.recount_terms",
            payload={"document_id": document_id},
            unique_key=f"routing.recount_terms:{document_id}",
        )
    )
