"""What registration, or setting aside, changes on a document: its number, its desk, who may see it from then on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import INDEX_JOB, write_scope


def open_registered(
    uow: UnitOfWork, document: Document, *, register_code: str, person_ids: Collection[UUID] = ()
) -> None:
    """Open the treatment of a document that gets its register number next (``number_document``).

    The caller has checked the right to. From now on the desk sees the metadata alone, and the archivist reads a normal
    one; ``person_ids`` are named besides those who were.
    """
    document.is_registered, document.is_open, document.is_drafted = True, True, False
    document.register_code = register_code
    named = dict.fromkeys([*document.named_people, *(str(person_id) for person_id in person_ids)])
    document.named_people = list(named)
    _show_anew(uow, document)


def number_document(document: Document, number: str, *, at: datetime) -> None:
    """Give an open document its register number: last of all, since who waits for the next one waits for the end."""
    document.register_number, document.registered_at = number, at


def note_answered(document: Document, *, at: datetime) -> None:
    """Note when whoever is responsible for a document ended that."""
    document.answered_at = at


def mark_unregistered(uow: UnitOfWork, document: Document) -> None:
    """Take the register number from a document whose number was cancelled; the desk reads it again."""
    document.is_registered, document.is_open = False, False
    document.register_number, document.registered_at = "", None
    _show_anew(uow, document)


def set_document_aside(uow: UnitOfWork, document: Document) -> None:
    """Take a document out of what waits for a number; the caller has checked the right to, and that it waits."""
    document.is_set_aside = True
    _show_anew(uow, document)


def put_document_back(uow: UnitOfWork, document: Document) -> None:
    """Let a document that was set aside wait for a number again."""
    document.is_set_aside = False
    _show_anew(uow, document)


def show_to(uow: UnitOfWork, document: Document, *, unit_ids: Collection[UUID], person_ids: Collection[UUID]) -> None:
    """Let the units and people on the route of a document see it, and those who left the route no more."""
    units, people = (sorted({str(one) for one in ids}) for ids in (unit_ids, person_ids))
    if (units, people) != (document.routed_units, document.routed_people):
        document.routed_units, document.routed_people = units, people
        _show_anew(uow, document)


def show_to_circuit(
    uow: UnitOfWork, document: Document, *, asked_ids: Collection[UUID], involved_ids: Collection[UUID]
) -> None:
    """Let the people of a circuit see a document: those asked to decide now, and those who have or had a part in it.

    Whoever stands in for a person who is asked sees it for as long as both last (``accounts.powers``).
    """
    asked, involved = (sorted({str(one) for one in ids}) for ids in (asked_ids, involved_ids))
    if (asked, involved) != (document.asked_people, document.circuit_people):
        document.asked_people, document.circuit_people = asked, involved
        _show_anew(uow, document)


def close_matter(document: Document) -> None:
    """End the treatment of a document; retention runs."""
    document.is_open = False


def reopen_matter(document: Document) -> None:
    """Begin the treatment of a closed document again; retention stops running."""
    document.is_open = True


def _show_anew(uow: UnitOfWork, document: Document) -> None:
    document.content_version += 1
    document.scope_version += 1
    write_scope(uow, document)
    uow.enqueue(INDEX_JOB)
