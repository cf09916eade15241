"""Reads of case files: those that an actor may know of, and of their letters those that they may know of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.core.statements import built_once
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.drafting.models import Draft
from docflow.records.models import CaseFile, CaseFileEntry, CaseFileScopeRow
from docflow.records.rules import MOST_FILED, FileState
from docflow.registry.models import Entry, EntryLink
from docflow.registry.names import sender_key
from docflow.registry.rules import EntryState

MOST_SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which case files are asked for; what is empty filters nothing."""

    text: str = ""
    unit_id: UUID | None = None
    state: FileState | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class FiledEntry:
    """A letter of a case file that the reader may know of; ``is_readable``: and read.

    ``entry`` is its number in a register; none when the number was cancelled.
    """

    row: CaseFileEntry
    document: Document
    is_readable: bool
    entry: Entry | None


def is_file_shown(
    actor: Actor, case_file_id: ColumnElement[Any] | InstrumentedAttribute[Any] = CaseFile.id
) -> ColumnElement[bool]:
    """Return the condition that an actor may know of a case file."""
    return (
        select(CaseFileScopeRow.case_file_id)
        .where(CaseFileScopeRow.case_file_id == case_file_id, CaseFileScopeRow.token.in_(sorted(actor.tokens)))
        .exists()
    )


def file_for(session: Session, actor: Actor, case_file_id: UUID) -> CaseFile:
    """Return a case file that an actor may know of.

    Raises:
        NotFound: ``case_file_unknown``, whether it is missing or hidden.
    """
    found = session.scalar(select(CaseFile).where(CaseFile.id == case_file_id, is_file_shown(actor)))
    if found is None:
        raise NotFound("case_file_unknown")
    return found


def files_shown(
    session: Session, actor: Actor, wanted: FileFilter, *, offset: int = 0, limit: int
) -> Sequence[tuple[CaseFile, int]]:
    """Return case files, the last opened first, each with how many of its letters the actor may know of."""
    statement = _wanted(select(CaseFile), actor, wanted).order_by(CaseFile.opened_at.desc(), CaseFile.number.desc())
    found = session.scalars(statement.offset(offset).limit(limit)).all()
    counts = _entry_counts(session, actor, [one.id for one in found])
    return [(one, counts.get(one.id, 0)) for one in found]


def count_files(session: Session, actor: Actor, wanted: FileFilter) -> int:
    """Return how many such case files there are."""
    return session.scalar(_wanted(select(func.count(CaseFile.id)), actor, wanted)) or 0


def file_years(session: Session, actor: Actor) -> Sequence[int]:
    """Return the years of which the actor may know a case file, the newest first."""
    return sorted(session.scalars(select(CaseFile.year).where(is_file_shown(actor)).distinct()), reverse=True)


def files_suggested(session: Session, actor: Actor, text: str) -> Sequence[CaseFile]:
    """Return open case files whose number or title holds what was typed, or the newest where nothing was."""
    wanted = FileFilter(text=text, state=FileState.OPEN)
    return session.scalars(
        _wanted(select(CaseFile), actor, wanted).order_by(CaseFile.opened_at.desc()).limit(MOST_SUGGESTED)
    ).all()


def files_of_document(session: Session, actor: Actor, document_id: UUID) -> Sequence[CaseFile]:
    """Return the case files that hold a document, of those that the actor may know of."""
    return session.scalars(_holding(actor), {"document_id": document_id}).all()


@built_once
def _holding(actor: Actor) -> Select[CaseFile]:
    holds = CaseFileEntry.document_id == bindparam("document_id")
    return (
        select(CaseFile)
        .join(CaseFileEntry, CaseFileEntry.case_file_id == CaseFile.id)
        .where(holds, CaseFileEntry.removed_at.is_(None), is_file_shown(actor))
        .order_by(CaseFile.year, CaseFile.number)
    )


def entries_of_file(session: Session, actor: Actor, case_file_id: UUID) -> Sequence[FiledEntry]:
    """Return the letters of a case file that the actor may know of, in the order in which they came or went."""
    is_readable = visible_to(actor, content=True).label("is_readable")
    statement = (
        select(CaseFileEntry, Document, is_readable, Entry)
        .join(Document, Document.id == CaseFileEntry.document_id)
        .outerjoin(Entry, and_(Entry.document_id == Document.id, Entry.state == EntryState.REGISTERED))
        .where(CaseFileEntry.case_file_id == case_file_id, CaseFileEntry.removed_at.is_(None), visible_to(actor))
        .order_by(func.coalesce(Entry.arrived_at, Document.deposited_at), Document.id)
    )
    return [
        FiledEntry(row, document, bool(readable), entry)
        for row, document, readable, entry in session.execute(statement)
    ]


def removed_of_file(session: Session, actor: Actor, case_file_id: UUID) -> Sequence[tuple[CaseFileEntry, Document]]:
    """Return the letters that left a case file, of those that the actor may know of, the last first."""
    rows = session.execute(
        select(CaseFileEntry, Document)
        .join(Document, Document.id == CaseFileEntry.document_id)
        .where(CaseFileEntry.case_file_id == case_file_id, CaseFileEntry.removed_at.is_not(None), visible_to(actor))
        .order_by(CaseFileEntry.removed_at.desc())
    )
    return [(row, document) for row, document in rows]


def letters_suggested(session: Session, actor: Actor, text: str, *, without: UUID) -> Sequence[Document]:
    """Return registered documents whose number or subject holds what was typed, without those of a case file."""
    said = text.strip()
    if len(said) < 2:
        return ()
    held = select(CaseFileEntry.document_id).where(
        CaseFileEntry.case_file_id == without, CaseFileEntry.removed_at.is_(None)
    )
    pattern = f"%{_literal(said)}%"
    return session.scalars(
        select(Document)
        .where(
            Document.is_registered,
            or_(
                Document.register_number.ilike(pattern, escape="\\"),
                Document.subject.ilike(pattern, escape="\\"),
                Document.sender.ilike(pattern, escape="\\"),
            ),
            Document.id.not_in(held),
            visible_to(actor),
        )
        .order_by(Document.deposited_at.desc())
        .limit(MOST_SUGGESTED)
    ).all()


def documents_numbered(session: Session, actor: Actor, numbers: Collection[str]) -> Mapping[str, UUID]:
    """Return the documents of register numbers, of those that the actor may know of."""
    wanted = {number.strip().upper() for number in numbers}
    rows = session.execute(
        select(Document.register_number, Document.id).where(
            Document.register_number.in_(wanted), Document.is_registered, visible_to(actor)
        )
    )
    return {row[0]: row[1] for row in rows}


def linked_documents(session: Session, actor: Actor, document_id: UUID) -> Sequence[Document]:
    """Return the registered documents that hang together with one: earlier letters, answers, letters answered.

    Links are followed from letter to letter, through those that the actor may know of and no others.
    """
    found: dict[UUID, Document] = {}
    waiting = {document_id}
    while waiting and len(found) < MOST_FILED:
        near = _neighbours(session, waiting) - {document_id, *found}
        shown = session.scalars(
            select(Document).where(Document.id.in_(near), Document.is_registered, visible_to(actor))
        ).all()
        found |= {document.id: document for document in shown}
        waiting = {document.id for document in shown}
    return sorted(found.values(), key=lambda document: (document.deposited_at, document.id))[:MOST_FILED]


def _neighbours(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Return the documents one link away from some, whoever may see them."""
    own = select(Entry.id).where(Entry.document_id.in_(ids))
    pairs = session.execute(
        select(EntryLink.entry_id, EntryLink.earlier_id).where(
            or_(EntryLink.entry_id.in_(own), EntryLink.earlier_id.in_(own))
        )
    )
    entry_ids = {one for pair in pairs for one in pair}
    near = set(
        session.scalars(select(Entry.document_id).where(Entry.id.in_(entry_ids), Entry.document_id.is_not(None)))
    )
    drafts = session.execute(
        select(Draft.answers_id, Draft.document_id).where(or_(Draft.answers_id.in_(ids), Draft.document_id.in_(ids)))
    )
    return {one for one in near | {one for pair in drafts for one in pair} if one is not None} - set(ids)


def _entry_counts(session: Session, actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    if not ids:
        return {}
    rows = session.execute(
        select(CaseFileEntry.case_file_id, func.count())
        .join(Document, Document.id == CaseFileEntry.document_id)
        .where(CaseFileEntry.case_file_id.in_(ids), CaseFileEntry.removed_at.is_(None), visible_to(actor))
        .group_by(CaseFileEntry.case_file_id)
    )
    return {row[0]: row[1] for row in rows}


def _wanted(statement: Select, actor: Actor, wanted: FileFilter) -> Select:  # type: ignore[type-arg]
    statement = statement.where(is_file_shown(actor))
    if wanted.unit_id is not None:
        statement = statement.where(CaseFile.unit_id == wanted.unit_id)
    if wanted.state is not None:
        statement = statement.where(CaseFile.state == wanted.state)
    if wanted.year is not None:
        statement = statement.where(CaseFile.year == wanted.year)
    if wanted.text.strip():
        # Folded words hold letters and digits alone, so nothing in a pattern means anything else.
        words = [CaseFile.title_key.like(f"%{word}%") for word in sender_key(wanted.text).split()]
        by_number = CaseFile.label.ilike(f"%{_literal(wanted.text.strip())}%", escape="\\")
        statement = statement.where(or_(by_number, and_(*words)) if words else by_number)
    return statement


def _literal(text: str) -> str:
    """Return a text whose signs mean themselves in a pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
