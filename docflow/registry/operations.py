"""Writes of the registry: numbers given, reserved, cancelled; every one in the transaction of what it numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.visibility import OPERATOR_TOKEN, Confidentiality
from docflow.audit.operations import require_clock
from docflow.core.counters import take_next
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.documents.editing import Metadata, edit_metadata
from docflow.documents.models import Document
from docflow.documents.operations import get_visible
from docflow.documents.queries import ids_with_text
from docflow.documents.registering import mark_unregistered, number_document, open_registered
from docflow.documents.rules import DocumentState
from docflow.registry.drafts import drop_draft
from docflow.registry.models import Entry, EntryLink, Register, RegisterCounter
from docflow.registry.names import sender_key
from docflow.registry.queries import entry_shown
from docflow.registry.rules import (
    MOST_ENCLOSURES,
    MOST_RESERVED,
    EntryState,
    LinkKind,
    NumberFormat,
    PaperPlace,
    RegisterKind,
    cin_of,
    new_tracking_secret,
    new_verification_code,
    reason_of,
    register_year,
    shortened,
)
from docflow.registry.sealing import complaint_job, first_route_job, seal_job, withdraw_job
from docflow.registry.senders import note_sender
from docflow.unit_proposals.first_routes import LetterFacts, folded_words
from docflow.unit_proposals.ruling import unit_by_rule

REGISTRABLE = frozenset({DocumentState.READY, DocumentState.FAILED})
"""A letter that could not be read is registered all the same, by what the clerk types."""
OLD_ARRIVAL = timedelta(days=366)
"""Mail that came earlier than this is a slip of the pen, unless the clerk says that it is entered late."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the clerk says of the mail itself, beside what is written in it.

    ``arrived_at``: none means now. ``named_people``: who may see it when it is confidential.
    """

    arrived_at: datetime | None = None
    sender_cin: str = ""
    sender_phone: str = ""
    enclosure_count: int = 0
    enclosures: str = ""
    is_unopened: bool = False
    is_unread_accepted: bool = False
    """Registered although nothing could be read on any page; somebody looked at the picture and said so."""
    is_old_accepted: bool = False
    """Entered long after it arrived, from an old register or a drawer: the day is no slip of the pen."""
    paper_place: PaperPlace = PaperPlace.KEPT
    paper_note: str = ""
    named_people: tuple[UUID, ...] = ()
    linked: tuple[UUID, ...] = field(default=())
    """Earlier entries of the same matter."""


def register_document(
    uow: UnitOfWork,
    document_id: UUID,
    *,
    register_code: str,
    metadata: Metadata,
    arrival: Arrival,
    expected_version: int,
) -> Entry:
    """Give a document the next number of a register; the stamp and the seal follow as a job.

    Raises:
        PermissionDenied: without ``registry.register`` or the desk of the register (``desk_of_others``).
        NotFound: ``document_unknown``, ``register_unknown``.
        Conflict: ``clock_set_back``, ``document_changed``, ``document_has_number`` with ``number``,
            ``document_set_aside``, ``registration_too_early``.
        InvalidInput: ``nothing_was_read``; what ``_check`` and ``edit_metadata`` refuse.
    """
    register = _desk_register(uow, register_code)
    document = _registrable(
        uow, document_id, metadata, arrival, register_code=register.code, expected_version=expected_version
    )
    return give_next_number(uow, document, arrival, register=register)


def reserve_numbers(uow: UnitOfWork, register_code: str, *, count: int, reason: str) -> list[Entry]:
    """Reserve numbers for a day without network: they are written on paper, and entered afterwards.

    Raises:
        PermissionDenied: without ``registry.register`` or the desk of the register.
        InvalidInput: ``reserved_count_invalid`` with ``limit``, ``reason_missing``.
    """
    register = _desk_register(uow, register_code)
    if not 1 <= count <= MOST_RESERVED:
        raise InvalidInput("reserved_count_invalid", limit=MOST_RESERVED)
    said, at = reason_of(reason), require_clock(uow)
    entries = [take_number(uow, register, at=at) for _ in range(count)]
    for entry in entries:
        entry.cancel_reason = said
    uow.session.add_all(entries)
    uow.session.flush()
    uow.record(
        "registry.numbers_reserved",
        subject_kind="register",
        subject_id=register.code,
        first=entries[0].label,
        last=entries[-1].label,
    )
    return entries


def enter_reserved(
    uow: UnitOfWork,
    entry_id: UUID,
    document_id: UUID,
    *,
    metadata: Metadata,
    arrival: Arrival,
    expected_version: int,
) -> Entry:
    """Give a document the number that was reserved and written on it.

    Raises:
        Conflict: ``number_not_reserved``, and what ``register_document`` raises.
    """
    uow.require("registry.register")
    code = uow.session.scalar(
        select(Register.code).join(Entry, Entry.register_id == Register.id).where(Entry.id == entry_id)
    )
    document = _registrable(
        uow, document_id, metadata, arrival, register_code=code or "", expected_version=expected_version
    )
    entry = uow.session.get(Entry, entry_id, with_for_update=True)
    register = None if entry is None else uow.session.get(Register, entry.register_id)
    if entry is None or register is None:
        raise NotFound("entry_unknown")
    require_desk(uow, register)
    if entry.state != EntryState.RESERVED:
        raise Conflict("number_not_reserved", number=entry.label)
    _open(uow, document, arrival, register=register)
    _enter(uow, entry, document, arrival, register=register)
    return entry


def cancel_entry(uow: UnitOfWork, entry_id: UUID, *, reason: str) -> Entry:
    """Cancel a number: it stays in the register with the reason; its document may be registered again.

    Raises:
        PermissionDenied: without ``registry.register`` or the desk of the register.
        NotFound: ``entry_unknown``.
        Conflict: ``entry_cancelled_already``.
        InvalidInput: ``reason_missing``.
    """
    uow.require("registry.register")
    said = reason_of(reason)
    entry, register = _locked(uow, entry_id)
    require_desk(uow, register)
    if entry.state == EntryState.CANCELLED:
        raise Conflict("entry_cancelled_already", number=entry.label)
    was_registered = entry.state == EntryState.REGISTERED
    entry.state, entry.cancelled_at = EntryState.CANCELLED, uow.now
    entry.cancelled_by_name, entry.cancel_reason = uow.actor.name, said
    # The index of one number a document must see the state before the document takes another.
    uow.session.flush()
    if was_registered and entry.document_id is not None:
        document = uow.session.get(Document, entry.document_id)
        if document is not None:
            mark_unregistered(uow, document)
            uow.enqueue(withdraw_job(entry))
    _record(uow, "registry.cancelled", entry)
    return entry


def link_entries(uow: UnitOfWork, entry_id: UUID, earlier_id: UUID, *, kind: LinkKind) -> None:
    """Note that an earlier entry belongs to an entry; both must be shown to the actor. Doing it twice changes nothing.

    Raises:
        PermissionDenied: without ``registry.register``.
        NotFound: ``entry_unknown``.
        InvalidInput: ``link_to_itself``.
    """
    uow.require("registry.register")
    entry, _ = _locked(uow, entry_id)
    _link(uow, entry, (earlier_id,), kind=kind)


def move_paper(uow: UnitOfWork, entry_id: UUID, *, place: PaperPlace, note: str) -> Entry:
    """Note where the paper original is now, or to whom it was returned.

    Raises:
        PermissionDenied: without ``registry.register`` or the desk of the register.
        NotFound: ``entry_unknown``.
        InvalidInput: ``field_too_long``, ``paper_place_missing``.
    """
    uow.require("registry.register")
    entry, register = _locked(uow, entry_id)
    require_desk(uow, register)
    said = shortened(note, name="paper_note", limit=200)
    if place is not PaperPlace.NONE and not said:
        raise InvalidInput("paper_place_missing")
    entry.paper_place, entry.paper_note = place, said
    _record(uow, "registry.paper_moved", entry, place=place.value)
    return entry


def _desk_register(uow: UnitOfWork, code: str) -> Register:
    uow.require("registry.register")
    register = uow.session.scalar(select(Register).where(Register.code == code))
    if register is None or not register.is_active:
        raise NotFound("register_unknown", register=code)
    require_desk(uow, register)
    return register


def require_desk(uow: UnitOfWork, register: Register) -> None:
    """Refuse whoever does not keep the desk of a register: ``desk_of_others``."""
    if not uow.actor.tokens & {f"desk:{register.code}", OPERATOR_TOKEN}:
        raise PermissionDenied("desk_of_others", register=register.code)


def _registrable(
    uow: UnitOfWork,
    document_id: UUID,
    metadata: Metadata,
    arrival: Arrival,
    *,
    register_code: str,
    expected_version: int,
) -> Document:
    document = get_visible(uow, document_id)
    if document.is_registered:
        raise Conflict("document_has_number", number=document.register_number)
    if document.is_set_aside:
        raise Conflict("document_set_aside")
    if document.state not in REGISTRABLE:
        raise Conflict("registration_too_early")
    is_expected = arrival.is_unopened or arrival.is_unread_accepted
    if not is_expected and not ids_with_text(uow.session, [document_id]):
        raise InvalidInput("nothing_was_read")
    if metadata.unit_id is None and metadata.confidentiality is not Confidentiality.CONFIDENTIAL:
        facts = LetterFacts(register_code, metadata.kind, folded_words(metadata.sender))
        metadata = replace(metadata, unit_id=unit_by_rule(uow, document_id, facts))
    _check(uow, metadata, arrival)
    return edit_metadata(uow, document_id, metadata=metadata, expected_version=expected_version)


def _check(uow: UnitOfWork, metadata: Metadata, arrival: Arrival) -> None:
    """Refuse what a register cannot hold.

    Raises:
        InvalidInput: ``subject_missing``, ``unit_missing``, ``named_people_missing``, ``arrival_in_future``,
            ``arrival_too_old``, ``enclosure_count_invalid`` with ``limit``, ``cin_not_understood``.
    """
    is_confidential = metadata.confidentiality is Confidentiality.CONFIDENTIAL
    if not metadata.subject.strip() and not arrival.is_unopened:
        raise InvalidInput("subject_missing")
    if arrival.is_unopened and not is_confidential:
        raise InvalidInput("unopened_not_confidential")
    if is_confidential and not arrival.named_people:
        raise InvalidInput("named_people_missing")
    if not is_confidential and metadata.unit_id is None:
        raise InvalidInput("unit_missing")
    if arrival.arrived_at is not None and arrival.arrived_at > uow.now:
        raise InvalidInput("arrival_in_future")
    if arrival.arrived_at is not None and arrival.arrived_at < uow.now - OLD_ARRIVAL and not arrival.is_old_accepted:
        raise InvalidInput("arrival_too_old")
    if not 0 <= arrival.enclosure_count <= MOST_ENCLOSURES:
        raise InvalidInput("enclosure_count_invalid", limit=MOST_ENCLOSURES)
    cin_of(arrival.sender_cin)


def take_number(uow: UnitOfWork, register: Register, *, at: datetime) -> Entry:
    """Return a new line of a register with its next number, reserved until a document has it; the caller adds it.

    Whoever takes the next one waits until this transaction ends: what can be done before is done before.
    """
    year = register_year(at)
    number = take_next(uow, RegisterCounter, register_id=register.id, year=year)
    return Entry(
        id=new_id(),
        register_id=register.id,
        year=year,
        number=number,
        label=NumberFormat(register.number_format).label(year=year, number=number),
        state=EntryState.RESERVED,
        numbered_at=at,
        registered_by=uow.actor.person_id,
        registered_by_name=uow.actor.name,
        verification_code=new_verification_code(),
        tracking_secret=new_tracking_secret(),
    )


def give_next_number(uow: UnitOfWork, document: Document, arrival: Arrival, *, register: Register) -> Entry:
    """Give a document the next number of a register; the stamp, the seal and the first routing follow as jobs.

    Raises:
        Conflict: ``clock_set_back``.
    """
    at = require_clock(uow)
    _open(uow, document, arrival, register=register)
    entry = take_number(uow, register, at=at)
    _enter(uow, entry, document, arrival, register=register)
    return entry


def _open(uow: UnitOfWork, document: Document, arrival: Arrival, *, register: Register) -> None:
    """Do all of a registration that does not depend on the number."""
    is_confidential = document.confidentiality == Confidentiality.CONFIDENTIAL.value
    named = arrival.named_people if is_confidential else ()
    open_registered(uow, document, register_code=register.code, person_ids=named)
    note_sender(uow.session, sender_key(document.sender))
    drop_draft(uow, document.id)
    uow.session.flush()


def _enter(uow: UnitOfWork, entry: Entry, document: Document, arrival: Arrival, *, register: Register) -> None:
    """Give an open document a number that was taken."""
    entry.state, entry.document_id = EntryState.REGISTERED, document.id
    at = entry.registered_at = require_clock(uow)
    entry.registered_by, entry.registered_by_name = uow.actor.person_id, uow.actor.name
    entry.arrived_at = arrival.arrived_at or at
    entry.cancel_reason = ""
    entry.sender_key = sender_key(document.sender)
    entry.sender_cin = cin_of(arrival.sender_cin)
    entry.sender_phone = shortened(arrival.sender_phone, name="phone", limit=30)
    entry.enclosure_count = arrival.enclosure_count
    entry.enclosures = shortened(arrival.enclosures, name="enclosures", limit=500)
    entry.is_unopened = arrival.is_unopened
    entry.paper_place = arrival.paper_place
    entry.paper_note = shortened(arrival.paper_note, name="paper_note", limit=200)
    number_document(document, entry.label, at=at)
    uow.session.add(entry)
    uow.session.flush()
    _link(uow, entry, arrival.linked, kind=LinkKind.SAME_MATTER)
    uow.enqueue(seal_job(entry))
    uow.enqueue(first_route_job(entry))
    if register.kind == RegisterKind.COMPLAINTS:
        uow.enqueue(complaint_job(entry))
    _record(uow, "registry.registered", entry)


def _link(uow: UnitOfWork, entry: Entry, earlier_ids: tuple[UUID, ...], *, kind: LinkKind) -> None:
    for earlier_id in dict.fromkeys(earlier_ids):
        if earlier_id == entry.id:
            raise InvalidInput("link_to_itself")
        if entry_shown(uow.session, uow.actor, earlier_id) is None:
            raise NotFound("entry_unknown")
        kept = uow.session.get(EntryLink, (entry.id, earlier_id))
        if kept is not None and kept.kind == kind:
            continue
        if kept is None:
            kept = EntryLink(entry_id=entry.id, earlier_id=earlier_id)
            uow.session.add(kept)
        kept.kind, kept.linked_by_name, kept.linked_at = kind, uow.actor.name, uow.now
        _record(uow, "registry.linked", entry, earlier=str(earlier_id), kind=kind.value)


def _locked(uow: UnitOfWork, entry_id: UUID) -> tuple[Entry, Register]:
    """Return an entry that the actor may know of, locked after its document as everywhere, with its register."""
    shown = entry_shown(uow.session, uow.actor, entry_id)
    if shown is None:
        raise NotFound("entry_unknown")
    document_id = shown.document_id
    if document_id is not None:
        uow.session.get(Document, document_id, with_for_update=True)
    entry = uow.session.get_one(Entry, entry_id, with_for_update=True, populate_existing=True)
    if entry.document_id != document_id:
        # A colleague gave the number to a letter meanwhile, which is not locked and which nobody asked about.
        raise Conflict("changed_meanwhile")
    return entry, uow.session.get_one(Register, entry.register_id)


def _record(uow: UnitOfWork, verb: str, entry: Entry, **values: str) -> None:
    is_with_document = entry.document_id is not None
    uow.record(
        verb,
        subject_kind="document" if is_with_document else "entry",
        subject_id=str(entry.document_id if is_with_document else entry.id),
        entry=str(entry.id),
        number=entry.label,
        **values,
    )
