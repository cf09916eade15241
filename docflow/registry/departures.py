"""The number of an act that departs: given once it is signed, without a job of sealing or routing of its own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.audit.operations import require_clock
from docflow.core.errors import Conflict, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.registering import number_document, open_registered
from docflow.registry.models import Entry, Register
from docflow.registry.operations import take_number
from docflow.registry.rules import EntryState, PaperPlace, RegisterKind
from docflow.registry.sealing import verification_address
from docflow.stamping.rules import StampFace, StampKind


@dataclass(frozen=True, slots=True)
class Departure:
    """The number of an act, and what its stamp of departure says."""

    entry_id: UUID
    face: StampFace


def register_departure(uow: UnitOfWork, document_id: UUID, *, register_code: str) -> Entry:
    """Give a signed act the next number of an outgoing register; the circuit has checked that it is due.

    Raises:
        NotFound: ``document_unknown``, ``register_unknown``.
        Conflict: ``document_has_number`` with ``number``, ``clock_set_back``.
    """
    document = uow.session.get(Document, document_id, with_for_update=True)
    if document is None:
        raise NotFound("document_unknown")
    if document.is_registered:
        raise Conflict("document_has_number", number=document.register_number)
    register = outgoing_register(uow, register_code)
    at = require_clock(uow)
    open_registered(uow, document, register_code=register.code)
    entry = take_number(uow, register, at=at)
    entry.state, entry.document_id = EntryState.REGISTERED, document.id
    entry.registered_at = entry.arrived_at = at
    entry.paper_place = PaperPlace.NONE
    number_document(document, entry.label, at=at)
    uow.session.add(entry)
    uow.session.flush()
    uow.record(
        "registry.registered",
        subject_kind="document",
        subject_id=document.id,
        entry=str(entry.id),
        number=entry.label,
    )
    return entry


def outgoing_register(uow: UnitOfWork, code: str) -> Register:
    """Return an open outgoing register.

    Raises:
        NotFound: ``register_unknown``.
    """
    register = uow.session.scalar(
        select(Register).where(Register.code == code, Register.kind == RegisterKind.OUTGOING, Register.is_active)
    )
    if register is None:
        raise NotFound("register_unknown", register=code)
    return register


def departure_of(uow: UnitOfWork, entry_id: UUID, *, public_url: str) -> Departure:
    """Return what the stamp of departure says of a numbered act."""
    entry = uow.session.get_one(Entry, entry_id)
    document = uow.session.get_one(Document, entry.document_id)
    is_told = document.confidentiality == Confidentiality.NORMAL.value
    unit = next((unit for unit in all_units(uow.session) if is_told and unit.id == document.unit_id), None)
    face = StampFace(
        kind=StampKind.DEPARTURE,
        register_number=entry.label,
        at=entry.numbered_at,
        unit_ar="" if unit is None else unit.name_ar,
        unit_fr="" if unit is None else unit.name_fr,
        verification_url=verification_address(public_url, entry),
    )
    return Departure(entry.id, face)
