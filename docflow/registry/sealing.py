"""The stamp and the seal of an entry, made after its number was given and committed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, DocFlowError, NotFound
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.registry.queries import entry_shown
from docflow.registry.rules import EntryState, SealState
from docflow.stamping.rules import StampFace, StampKind

PASSING: Final = (
    "storage_unavailable",
    "keys_unusable",
    "keys_gone",
    "time_stamp_unavailable",
    "sealing_child_failed",
    "document_not_read",
)
"""Why a letter is not sealed that may be over at any time, and says nothing about the letter itself."""


@dataclass(frozen=True, slots=True)
class DueSeal:
    """A document to stamp and seal, with what the stamp says."""

    document_id: UUID
    face: StampFace


def seal_job(entry: Entry) -> JobRequest:
    """Return the job that stamps and seals the document of an entry."""
    return JobRequest(
        name="registry.seal", payload={"entry_id": str(entry.id)}, unique_key=f"registry.seal:{entry.id}", priority=15
    )


def first_route_job(entry: Entry) -> JobRequest:
    """Return the job that asks the unit of an entry to answer it; the room above does it."""
    return JobRequest(
        name="routing.send_first",
        payload={"entry_id": str(entry.id)},
        unique_key=f"routing.send_first:{entry.id}",
        priority=15,
    )


def complaint_job(entry: Entry) -> JobRequest:
    """Return the job that makes a case of a complaint that came on paper; the room above does it."""
    return JobRequest(
        name="complaints.adopt",
        payload={"entry_id": str(entry.id)},
        unique_key=f"complaints.adopt:{entry.id}",
        priority=14,
    )


def withdraw_job(entry: Entry) -> JobRequest:
    """Return the job that takes back what is asked on a document whose number was cancelled; the room above does it."""
    return JobRequest(
        name="routing.withdraw",
        payload={
            "document_id": str(entry.document_id),
            "before": "" if entry.cancelled_at is None else entry.cancelled_at.isoformat(),
        },
        unique_key=f"routing.withdraw:{entry.id}",
        priority=15,
    )


def verification_address(public_url: str, entry: Entry) -> str:
    """Return the address of the public page that says what was registered under the number."""
    return f"{public_url.rstrip('/')}/v/{quote(entry.label, safe='')}/{entry.verification_code}"


def due_seal(session: Session, entry_id: UUID, *, public_url: str) -> DueSeal | None:
    """Return what is to be sealed for an entry; none when it was cancelled meanwhile or is sealed.

    None too while the paper of a letter that was typed is not drawn: whoever draws it asks for the seal again.
    """
    entry = session.get(Entry, entry_id)
    if entry is None or entry.state != EntryState.REGISTERED or entry.seal_state == SealState.SEALED:
        return None
    document = session.get_one(Document, entry.document_id)
    if not document.original_sha256:
        return None
    assert entry.arrived_at is not None  # noqa: S101 - a registered entry has arrived
    is_told = document.confidentiality == Confidentiality.NORMAL.value
    unit = next((unit for unit in all_units(session) if is_told and unit.id == document.unit_id), None)
    face = StampFace(
        kind=StampKind.ARRIVAL,
        register_number=entry.label,
        at=entry.arrived_at,
        unit_ar="" if unit is None else unit.name_ar,
        unit_fr="" if unit is None else unit.name_fr,
        verification_url=verification_address(public_url, entry),
    )
    return DueSeal(document.id, face)


def note_sealed(uow: UnitOfWork, entry_id: UUID) -> None:
    """Note that an entry has its seal; the seal itself has its line in the journal."""
    entry = uow.session.get_one(Entry, entry_id, with_for_update=True)
    entry.seal_state, entry.seal_error_code, entry.seal_error_params = SealState.SEALED, None, {}


def note_not_sealed(uow: UnitOfWork, entry_id: UUID, refusal: DocFlowError) -> None:
    """Note why an entry could not be sealed; its number stands."""
    entry = uow.session.get_one(Entry, entry_id, with_for_update=True)
    if entry.seal_state == SealState.SEALED:
        return
    is_known = entry.seal_state == SealState.FAILED and entry.seal_error_code == refusal.code
    entry.seal_state = SealState.FAILED
    entry.seal_error_code = refusal.code
    entry.seal_error_params = {name: str(value) for name, value in refusal.params.items()}
    if is_known:
        # What was tried again without anybody's asking is one line of the journal, however long it takes.
        return
    uow.record(
        "registry.not_sealed",
        subject_kind="document",
        subject_id=str(entry.document_id),
        number=entry.label,
        reason=refusal.code,
    )


def try_seals_again(uow: UnitOfWork) -> None:
    """Ask for one more try of each seal that failed by what may be over by now."""
    failed = select(Entry).where(
        Entry.state == EntryState.REGISTERED,
        # Written out, because a database uses an index of the rows of one state only where the question names it.
        Entry.seal_state == literal_column("'failed'"),
        Entry.seal_error_code.in_(PASSING),
    )
    for entry in uow.session.scalars(failed):
        # Behind the letters that somebody registers now.
        uow.enqueue(replace(seal_job(entry), priority=5, max_attempts=1))


def seal_again(uow: UnitOfWork, entry_id: UUID) -> None:
    """Ask once more for the seal of an entry that could not be sealed.

    Raises:
        PermissionDenied: without ``registry.register``.
        NotFound: ``entry_unknown``.
        Conflict: ``seal_not_failed``.
    """
    uow.require("registry.register")
    if entry_shown(uow.session, uow.actor, entry_id) is None:
        raise NotFound("entry_unknown")
    entry = uow.session.get_one(Entry, entry_id, with_for_update=True)
    if entry.state != EntryState.REGISTERED or entry.seal_state != SealState.FAILED:
        raise Conflict("seal_not_failed")
    entry.seal_state, entry.seal_error_code, entry.seal_error_params = SealState.PENDING, None, {}
    uow.enqueue(seal_job(entry))
    uow.record(
        "registry.seal_asked_again", subject_kind="document", subject_id=str(entry.document_id), number=entry.label
    )
