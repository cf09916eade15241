"""The deposit of a complaint: its number, what is known of it and what stands on its paper, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import UUID

from docflow.accounts.units import open_units
from docflow.complaints.deps import Deps
from docflow.complaints.models import Complaint, ComplaintCategory, ComplaintDraft, ComplaintQuarter
from docflow.complaints.paper import ComplaintPaper
from docflow.complaints.photos import keep_photo, locked_draft, look_at
from docflow.complaints.places import similar_to
from docflow.complaints.queries import (
    category_with_id,
    complaints_register,
    draft_of,
    is_deposit_open,
    photos_of_draft,
    setup_of,
)
from docflow.complaints.rules import MOST_PHOTOS, Origin, Said, point_text, said_in
from docflow.complaints.telling import receipt_job
from docflow.core.actor import PUBLIC_SITE, Actor
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.documents.rules import DocumentKind
from docflow.documents.written import WrittenLetter
from docflow.registry.deposits import register_written
from docflow.registry.operations import Arrival
from docflow.registry.queries import keeps_desk
from docflow.registry.rules import PaperPlace

DRAWING_JOB: Final = "complaints.draw"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that is enclosed at the counter."""

    stream: BinaryIO
    name: str


def deposit_draft(deps: Deps, secret: str, *, language: str) -> Complaint:
    """Deposit what a draft says; deposited twice, it is one complaint.

    When this returns the complaint has its number. If the process ends before, the draft is there still.

    Raises:
        NotFound: ``complaint_draft_gone``, ``complaint_category_unknown``, ``complaints_register_missing``.
        InvalidInput: those of an answer that is missing.
        Conflict: ``complaints_closed``, ``clock_set_back``.
        Unavailable: ``storage_unavailable``.
    """
    with deps.transactions.reading() as session:
        draft = draft_of(session, secret, deps.clock.now())
        if draft is None:
            raise NotFound("complaint_draft_gone")
        if draft.complaint_id is not None:
            return session.get_one(Complaint, draft.complaint_id)
        if not is_deposit_open(session):
            raise Conflict("complaints_closed")
        said = said_in(draft.values, language=language, allows_anonymous=setup_of(session).allows_anonymous)
    with deps.transactions.writing(PUBLIC_SITE) as uow:
        kept = uow.session.get(ComplaintDraft, draft.id, with_for_update=True)
        if kept is not None and kept.complaint_id is not None:
            return uow.session.get_one(Complaint, kept.complaint_id)
        kept = locked_draft(uow, secret)
        photos = photos_of_draft(uow.session, kept.id)
        complaint = deposit(uow, said, origin=Origin.ONLINE, photo_count=len(photos))
        for photo in photos:
            photo.complaint_id = complaint.id
        kept.values, kept.complaint_id = {}, complaint.id
    return complaint


def deposit_at_counter(deps: Deps, actor: Actor, said: Said, enclosed: Sequence[Enclosed] = ()) -> Complaint:
    """Deposit a complaint that a clerk types for a citizen who stands before them.

    Raises:
        PermissionDenied: without ``registry.register`` or the desk of the register (``desk_of_others``).
        NotFound: ``complaint_category_unknown``, ``complaints_register_missing``.
        Conflict: ``complaints_closed``, ``photos_too_many`` with ``limit``, ``clock_set_back``.
        InvalidInput, Unavailable: those of ``photos.look_at``.
    """
    if len(enclosed) > MOST_PHOTOS:
        raise Conflict("photos_too_many", limit=MOST_PHOTOS)
    with deps.transactions.reading() as session:
        register = complaints_register(session)
        if not actor.can("registry.register"):
            raise PermissionDenied("permission_missing", permission="registry.register")
        if not keeps_desk(actor, register):
            raise PermissionDenied("desk_of_others", register=register.code)
    looked_at = [(*look_at(deps, one.stream), one.name) for one in enclosed]
    with deps.transactions.writing(actor) as uow:
        complaint = deposit(uow, said, origin=Origin.COUNTER, photo_count=len(enclosed))
        for blob, source, name in looked_at:
            keep_photo(uow, blob, source, name=name, complaint_id=complaint.id)
    return complaint


def deposit(uow: UnitOfWork, said: Said, *, origin: Origin, photo_count: int) -> Complaint:
    """Give a complaint its number and keep what is known of it; the caller has checked the right.

    Raises:
        NotFound: ``complaint_category_unknown``, ``complaints_register_missing``.
        InvalidInput: ``complaint_category_missing``.
        Conflict: ``complaints_closed``: no unit would answer it; ``clock_set_back``.
    """
    category = category_with_id(uow.session, said.category_id)
    if not category.is_active:
        raise InvalidInput("complaint_category_missing")
    register = complaints_register(uow.session)
    letter = WrittenLetter(
        content=_paper_of(said, category, photo_count=photo_count).as_row(),
        drawn_by=DRAWING_JOB,
        file_name=f"{category.name(said.language)}.pdf",
        subject=f"{category.name(said.language)} – {said.place}",
        sender=said.name,
        kind=DocumentKind.COMPLAINT.value,
        languages=said.language,
        unit_id=answering_unit(uow, category),
    )
    arrival = Arrival(
        sender_phone=said.phone,
        enclosure_count=photo_count,
        paper_place=PaperPlace.NONE,
    )
    entry = register_written(uow, letter, arrival, register=register)
    assert entry.document_id is not None  # noqa: S101 - it was given to the document just now
    assert entry.arrived_at is not None  # noqa: S101 - it arrived just now
    complaint = Complaint(
        entry_id=entry.id,
        document_id=entry.document_id,
        kind=said.kind,
        origin=origin,
        category_id=category.id,
        place=said.place,
        text=said.text,
        quarter_id=_kept_quarter(uow, said),
        latitude=None if said.point is None else said.point[0],
        longitude=None if said.point is None else said.point[1],
        similar_id=_kept_similar(uow, said),
        language=said.language,
        is_anonymous=said.is_anonymous,
        phone=said.phone,
        email=said.email,
        deposited_at=entry.arrived_at,
    )
    uow.session.add(complaint)
    uow.session.flush()
    if said.email or said.phone:
        uow.enqueue(receipt_job(complaint))
    uow.record(
        "complaints.deposited",
        subject_kind="document",
        subject_id=complaint.document_id,
        number=entry.label,
        kind=said.kind.value,
        origin=origin.value,
    )
    return complaint


def _paper_of(said: Said, category: ComplaintCategory, *, photo_count: int) -> ComplaintPaper:
    return ComplaintPaper(
        kind=said.kind,
        category=Words(category.name_ar, category.name_fr),
        place=said.place,
        name=said.name,
        phone=said.phone,
        email=said.email,
        text=said.text,
        photo_count=photo_count,
        point=point_text(said.point),
    )


def answering_unit(uow: UnitOfWork, category: ComplaintCategory) -> UUID:
    """Return the unit to which a complaint goes first: that of its category, or the one that sorts.

    Raises:
        Conflict: ``complaints_closed``, when there is neither.
    """
    here = {unit.id for unit in open_units(uow.session)}
    for unit_id in (category.unit_id, setup_of(uow.session).triage_unit_id):
        if unit_id is not None and unit_id in here:
            return unit_id
    raise Conflict("complaints_closed")


def _kept_quarter(uow: UnitOfWork, said: Said) -> UUID | None:
    """Return the quarter that was chosen, as long as it is there."""
    kept = None if said.quarter_id is None else uow.session.get(ComplaintQuarter, said.quarter_id)
    return None if kept is None else kept.id


def _kept_similar(uow: UnitOfWork, said: Said) -> UUID | None:
    """Return the complaint that is said to be about the same, as long as it is one that could be offered."""
    if said.similar_id is None or said.quarter_id is None:
        return None
    offered = similar_to(uow.session, category_id=said.category_id, quarter_id=said.quarter_id, now=uow.now)
    return next((one.id for one in offered if one.id == said.similar_id), None)
