"""Writes of case files: opened, changed, letters filed and removed, closed and opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from docflow.accounts.queries import all_people
from docflow.accounts.units import open_units
from docflow.accounts.visibility import OPERATOR_TOKEN, Confidentiality
from docflow.audit.operations import require_clock
from docflow.core.counters import take_next
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.queries import document_for, documents_shown
from docflow.records.models import CaseFile, CaseFileCounter, CaseFileEntry, CaseFileScopeRow
from docflow.records.queries import file_for
from docflow.records.rules import MOST_ENTRIES, MOST_FILED, TITLE_LIMIT, FileState, file_tokens
from docflow.registry.names import sender_key
from docflow.registry.rules import FILE_NUMBERS, reason_of, register_year, shortened
from docflow.routing.operations import finish
from docflow.routing.queries import open_of
from docflow.routing.rules import AssignmentState, Instruction


@dataclass(frozen=True, slots=True)
class FileSetup:
    """What a case file is: its title, its one unit, who may know of it."""

    title: str
    unit_id: UUID | None
    confidentiality: Confidentiality = Confidentiality.NORMAL
    named_people: tuple[UUID, ...] = ()


def open_file(uow: UnitOfWork, setup: FileSetup) -> CaseFile:
    """Open a case file with the next number of the year.

    Raises:
        PermissionDenied: without ``records.file``.
        InvalidInput: ``file_title_missing``, ``field_too_long``, ``unit_missing``, ``file_people_missing``,
            ``choice_unknown``.
        Conflict: ``clock_set_back``.
    """
    uow.require("records.file")
    kept = CaseFile(opened_by=uow.actor.person_id, opened_by_name=uow.actor.name, state=FileState.OPEN)
    _apply(uow, kept, setup)
    at = require_clock(uow)
    kept.year, kept.opened_at = register_year(at), at
    kept.number = take_next(uow, CaseFileCounter, year=kept.year)
    kept.label = FILE_NUMBERS.label(year=kept.year, number=kept.number)
    uow.session.add(kept)
    uow.session.flush()
    _write_scope(uow, kept)
    uow.record("records.opened", subject_kind="case_file", subject_id=kept.id, file=kept.label)
    return kept


def change_file(uow: UnitOfWork, case_file_id: UUID, setup: FileSetup, *, expected_version: int) -> CaseFile:
    """Change the title, the unit or the confidentiality of an open case file; its number stays.

    Raises:
        PermissionDenied, InvalidInput: as ``open_file``.
        NotFound: ``case_file_unknown``.
        Conflict: ``case_file_closed`` with ``file``, ``changed_meanwhile``.
    """
    kept = _locked(uow, case_file_id)
    if kept.version != expected_version:
        raise Conflict("changed_meanwhile")
    _require_open(kept)
    _apply(uow, kept, setup)
    uow.session.flush()
    _write_scope(uow, kept)
    uow.record("records.changed", subject_kind="case_file", subject_id=kept.id, file=kept.label)
    return kept


def file_documents(uow: UnitOfWork, case_file_id: UUID, document_ids: Sequence[UUID]) -> int:
    """File registered documents in a case file and return how many were not in it; nobody sees more for it.

    Whoever was asked to file one of them has done so.

    Raises:
        PermissionDenied: without ``records.file``.
        NotFound: ``case_file_unknown``, ``document_unknown``.
        InvalidInput: ``letters_missing``, ``letters_too_many`` with ``limit``.
        Conflict: ``case_file_closed``, ``case_file_full`` with ``limit``, ``letter_not_registered``.
    """
    wanted = list(dict.fromkeys(document_ids))
    if not wanted:
        raise InvalidInput("letters_missing")
    if len(wanted) > MOST_FILED:
        raise InvalidInput("letters_too_many", limit=MOST_FILED)
    # Documents are locked first, as everywhere. Whoever files in the same case file at the same moment waits behind
    # its lock, and finds the letter in it afterwards.
    uow.session.execute(select(Document.id).where(Document.id.in_(wanted)).order_by(Document.id).with_for_update())
    kept = _locked(uow, case_file_id)
    _require_open(kept)
    shown = documents_shown(uow.session, uow.actor, wanted)
    if len(shown) != len(wanted):
        raise NotFound("document_unknown")
    if not all(document.is_registered for document, _ in shown.values()):
        raise Conflict("letter_not_registered")
    held = set(
        uow.session.scalars(
            select(CaseFileEntry.document_id).where(
                CaseFileEntry.case_file_id == kept.id, CaseFileEntry.removed_at.is_(None)
            )
        )
    )
    new = [document_id for document_id in wanted if document_id not in held]
    if len(held) + len(new) > MOST_ENTRIES:
        raise Conflict("case_file_full", limit=MOST_ENTRIES)
    for document_id in new:
        uow.session.add(
            CaseFileEntry(case_file_id=kept.id, document_id=document_id, filed_at=uow.now, filed_by_name=uow.actor.name)
        )
        uow.record("records.filed", subject_kind="document", subject_id=document_id, case_file=str(kept.id))
    uow.session.flush()
    for document_id in wanted:
        _end_filing_task(uow, document_id, kept)
    return len(new)


def remove_document(uow: UnitOfWork, case_file_id: UUID, document_id: UUID, *, reason: str) -> CaseFileEntry:
    """Take a document out of a case file; that it was in it stays written, with the reason.

    Raises:
        PermissionDenied: without ``records.file``.
        NotFound: ``case_file_unknown``, ``document_unknown``; ``letter_not_in_file``.
        Conflict: ``case_file_closed``.
        InvalidInput: ``reason_missing``, ``field_too_long``.
    """
    kept = _locked(uow, case_file_id)
    _require_open(kept)
    document_for(uow.session, uow.actor, document_id)
    said = reason_of(reason)
    row = uow.session.scalar(
        select(CaseFileEntry).where(
            CaseFileEntry.case_file_id == kept.id,
            CaseFileEntry.document_id == document_id,
            CaseFileEntry.removed_at.is_(None),
        )
    )
    if row is None:
        raise NotFound("letter_not_in_file")
    row.removed_at, row.removed_by_name, row.reason = uow.now, uow.actor.name, said
    uow.record("records.removed", subject_kind="document", subject_id=document_id, case_file=str(kept.id))
    return row


def close_file(uow: UnitOfWork, case_file_id: UUID, *, reason: str) -> CaseFile:
    """Close a case file.

    Raises:
        PermissionDenied, NotFound: as ``change_file``.
        Conflict: ``case_file_closed``.
        InvalidInput: ``reason_missing``, ``field_too_long``.
    """
    kept = _locked(uow, case_file_id)
    _require_open(kept)
    _state(uow, kept, FileState.CLOSED, reason=reason)
    uow.record("records.closed", subject_kind="case_file", subject_id=kept.id, file=kept.label)
    return kept


def reopen_file(uow: UnitOfWork, case_file_id: UUID, *, reason: str) -> CaseFile:
    """Open a closed case file again.

    Raises:
        PermissionDenied, NotFound: as ``change_file``.
        Conflict: ``case_file_open`` with ``file``.
        InvalidInput: ``reason_missing``, ``field_too_long``.
    """
    kept = _locked(uow, case_file_id)
    if kept.state != FileState.CLOSED:
        raise Conflict("case_file_open", file=kept.label)
    _state(uow, kept, FileState.OPEN, reason=reason)
    uow.record("records.reopened", subject_kind="case_file", subject_id=kept.id, file=kept.label)
    return kept


def _apply(uow: UnitOfWork, kept: CaseFile, setup: FileSetup) -> None:
    title = shortened(setup.title, name="title", limit=TITLE_LIMIT)
    if not title:
        raise InvalidInput("file_title_missing")
    if setup.unit_id not in {unit.id for unit in open_units(uow.session)}:
        raise InvalidInput("unit_missing")
    is_confidential = setup.confidentiality is Confidentiality.CONFIDENTIAL
    named = tuple(dict.fromkeys(setup.named_people)) if is_confidential else ()
    if is_confidential and not named:
        raise InvalidInput("file_people_missing")
    if named and not set(named) <= {person.id for person in all_people(uow.session)}:
        raise InvalidInput("choice_unknown")
    assert setup.unit_id is not None  # noqa: S101 - it is one of the units
    kept.title, kept.title_key = title, sender_key(title)
    kept.unit_id, kept.confidentiality = setup.unit_id, setup.confidentiality.value
    kept.named_people = [str(person_id) for person_id in named]


def _write_scope(uow: UnitOfWork, kept: CaseFile) -> None:
    people = [UUID(person_id) for person_id in kept.named_people]
    if kept.opened_by is not None:
        people.append(kept.opened_by)
    tokens = file_tokens(confidentiality=Confidentiality(kept.confidentiality), unit_id=kept.unit_id, person_ids=people)
    uow.session.execute(delete(CaseFileScopeRow).where(CaseFileScopeRow.case_file_id == kept.id))
    uow.session.add_all(CaseFileScopeRow(case_file_id=kept.id, token=token) for token in sorted(tokens))
    uow.session.flush()


def _state(uow: UnitOfWork, kept: CaseFile, state: FileState, *, reason: str) -> None:
    kept.reason = reason_of(reason)
    kept.state, kept.stated_at, kept.stated_by_name = state, uow.now, uow.actor.name


def _locked(uow: UnitOfWork, case_file_id: UUID) -> CaseFile:
    """Return a case file that the actor may know of and work on, locked."""
    uow.require("records.file")
    file_for(uow.session, uow.actor, case_file_id)
    return uow.session.get_one(CaseFile, case_file_id, with_for_update=True, populate_existing=True)


def _require_open(kept: CaseFile) -> None:
    if kept.state != FileState.OPEN:
        raise Conflict("case_file_closed", file=kept.label)


def _end_filing_task(uow: UnitOfWork, document_id: UUID, kept: CaseFile) -> None:
    """End what asks the actor to file a document; a colleague who took the task ends it themselves."""
    if not uow.actor.can("tasks.read") or OPERATOR_TOKEN in uow.actor.tokens:
        return
    for assignment in open_of(uow.session, uow.actor, document_id):
        is_free = assignment.claimed_by in {None, uow.actor.person_id}
        if assignment.instruction == Instruction.FILE and assignment.state == AssignmentState.OPEN and is_free:
            finish(uow, assignment.id, answer=kept.label)
