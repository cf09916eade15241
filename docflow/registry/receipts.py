"""Receipts: what the registry tells whoever deposits a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.queries import names_shown
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import Actor
from docflow.core.errors import NotFound, PermissionDenied
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content, document_for
from docflow.registry.models import Entry, Register
from docflow.registry.queries import keeps_desk
from docflow.registry.rules import EntryState
from docflow.registry.sealing import verification_address
from docflow.settings import Settings


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; ``secret`` is empty for whoever does not keep the desk of the register."""

    letterhead: Letterhead
    number: str
    register: Words
    arrived_at: datetime
    sender: str
    subject: str
    is_confidential: bool
    is_unopened: bool
    unit: Words | None
    page_count: int
    enclosure_count: int
    enclosures: str
    registered_by: Words
    tracking_url: str
    verification_url: str
    secret: str
    printed_at: datetime


def receipt_for(session: Session, actor: Actor, document_id: UUID, *, settings: Settings, now: datetime) -> Receipt:
    """Return what the receipt of a document says to an actor who keeps its register's desk, or may read it.

    Raises:
        NotFound: ``document_unknown``; ``entry_unknown`` when it has no number.
        PermissionDenied: ``content_hidden``.
    """
    document = document_for(session, actor, document_id)
    entry = session.scalar(select(Entry).where(Entry.document_id == document_id, Entry.state == EntryState.REGISTERED))
    if entry is None:
        raise NotFound("entry_unknown")
    register = session.get_one(Register, entry.register_id)
    has_desk = actor.can("registry.register") and keeps_desk(actor, register)
    if not has_desk and not can_see_content(session, actor, document_id):
        raise PermissionDenied("content_hidden")
    return _receipt(session, document, entry, register, settings=settings, has_desk=has_desk, now=now)


def receipt_of_entry(session: Session, entry_id: UUID, *, settings: Settings, now: datetime) -> Receipt:
    """Return the receipt of an entry, with its secret, for whoever deposited it or knows the secret.

    The caller has checked that it is they. Raises:
        NotFound: ``entry_unknown``.
    """
    entry = session.get(Entry, entry_id)
    if entry is None or entry.state != EntryState.REGISTERED:
        raise NotFound("entry_unknown")
    document, register = session.get_one(Document, entry.document_id), session.get_one(Register, entry.register_id)
    return _receipt(session, document, entry, register, settings=settings, has_desk=True, now=now)


def tracking_address(public_url: str, entry: Entry) -> str:
    """Return the address of the public page that follows a matter, which asks for the secret."""
    return f"{public_url.rstrip('/')}/track/{quote(entry.label, safe='')}"


def _receipt(
    session: Session,
    document: Document,
    entry: Entry,
    register: Register,
    *,
    settings: Settings,
    has_desk: bool,
    now: datetime,
) -> Receipt:
    letterhead = letterhead_of(session)
    is_confidential = document.confidentiality == Confidentiality.CONFIDENTIAL.value
    # The same rule as on the stamp: a unit is named on mail that is not kept from anybody.
    is_told = document.confidentiality == Confidentiality.NORMAL.value
    unit = next((unit for unit in all_units(session) if is_told and unit.id == document.unit_id), None)
    kept = entry.registered_by_name
    # The name under which somebody signs in is nothing for the outside.
    by_ar, by_fr = (
        names_shown(session, [kept], locale=locale)[kept].rpartition(" (")[0] or kept for locale in ("ar", "fr")
    )
    assert entry.arrived_at is not None  # noqa: S101 - a registered entry has arrived
    return Receipt(
        letterhead=letterhead,
        number=entry.label,
        register=Words(register.name_ar, register.name_fr),
        arrived_at=entry.arrived_at,
        sender=document.sender,
        subject="" if is_confidential else document.subject,
        is_confidential=is_confidential,
        is_unopened=entry.is_unopened,
        unit=None if unit is None else Words(unit.name_ar, unit.name_fr),
        page_count=document.page_count,
        enclosure_count=entry.enclosure_count,
        enclosures="" if is_confidential else entry.enclosures,
        registered_by=Words(by_ar, by_fr),
        tracking_url=tracking_address(settings.public_url, entry),
        verification_url=verification_address(settings.public_url, entry),
        secret=entry.tracking_secret if has_desk else "",
        printed_at=now,
    )
