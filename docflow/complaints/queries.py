"""Reads of complaints, their categories and drafts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.complaints.models import (
    Complaint,
    ComplaintCategory,
    ComplaintDraft,
    ComplaintMessage,
    ComplaintOutcome,
    ComplaintPhoto,
    ComplaintSetup,
)
from docflow.complaints.rules import DRAFT_KEPT_FOR
from docflow.core.errors import NotFound
from docflow.core.remembering import asked_once
from docflow.registry.models import Register
from docflow.registry.rules import RegisterKind

SETUP_ID = 1


def setup_of(session: Session) -> ComplaintSetup:
    """Return how complaints are taken; a house that said nothing takes none online."""
    kept = session.get(ComplaintSetup, SETUP_ID)
    return kept or ComplaintSetup(id=SETUP_ID, is_open=False, allows_anonymous=False, triage_unit_id=None, version=1)


def complaints_register(session: Session) -> Register:
    """Return the register of complaints, the first by code where there are several.

    Raises:
        NotFound: ``complaints_register_missing``.
    """
    register = session.scalar(
        select(Register)
        .where(Register.kind == RegisterKind.COMPLAINTS, Register.is_active)
        .order_by(Register.code)
        .limit(1)
    )
    if register is None:
        raise NotFound("complaints_register_missing")
    return register


def is_deposit_open(session: Session) -> bool:
    """Return whether complaints are taken on the public site: opened, with a unit that sorts and a category."""
    setup = setup_of(session)
    return setup.is_open and setup.triage_unit_id is not None and bool(categories(session, active_only=True))


def categories(session: Session, *, active_only: bool) -> Sequence[ComplaintCategory]:
    """Return the categories in their order."""
    statement = select(ComplaintCategory).order_by(ComplaintCategory.position, ComplaintCategory.id)
    if active_only:
        statement = statement.where(ComplaintCategory.is_active)
    return session.scalars(statement).all()


def category_with_id(session: Session, category_id: UUID) -> ComplaintCategory:
    """Return a category.

    Raises:
        NotFound: ``complaint_category_unknown``.
    """
    kept = session.get(ComplaintCategory, category_id)
    if kept is None:
        raise NotFound("complaint_category_unknown")
    return kept


def key_hash(secret: str) -> str:
    """Return under what the secret of a draft is looked for."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def draft_of(session: Session, secret: str, now: datetime) -> ComplaintDraft | None:
    """Return the draft of whoever holds its secret, unless its day is over."""
    if not secret:
        return None
    draft = session.scalar(select(ComplaintDraft).where(ComplaintDraft.key_hash == key_hash(secret)))
    return None if draft is None or draft.kept_at <= now - DRAFT_KEPT_FOR else draft


def photos_of_draft(session: Session, draft_id: UUID) -> Sequence[ComplaintPhoto]:
    """Return what is enclosed in a draft, in the order in which it was given."""
    return session.scalars(
        select(ComplaintPhoto)
        .where(ComplaintPhoto.draft_id == draft_id)
        .order_by(ComplaintPhoto.given_at, ComplaintPhoto.id)
    ).all()


def photos_of(session: Session, complaint_id: UUID) -> Sequence[ComplaintPhoto]:
    """Return what is enclosed in a complaint; the caller has checked the right to see it."""
    return session.scalars(
        select(ComplaintPhoto)
        .where(ComplaintPhoto.complaint_id == complaint_id)
        .order_by(ComplaintPhoto.given_at, ComplaintPhoto.id)
    ).all()


@asked_once
def complaint_of_document(session: Session, document_id: UUID) -> Complaint | None:
    """Return the newest complaint of a document, or none; the caller has checked the right to see it."""
    return session.scalar(
        select(Complaint)
        .where(Complaint.document_id == document_id)
        .order_by(Complaint.deposited_at.desc(), Complaint.id.desc())
        .limit(1)
    )


def complaint_of_entry(session: Session, entry_id: UUID) -> Complaint | None:
    """Return the complaint of an entry, or none."""
    return session.scalar(select(Complaint).where(Complaint.entry_id == entry_id))


def outcomes_of(session: Session, complaint_id: UUID) -> Sequence[ComplaintOutcome]:
    """Return what became of a complaint, the last one last; the caller has checked the right."""
    return session.scalars(
        select(ComplaintOutcome)
        .where(ComplaintOutcome.complaint_id == complaint_id)
        .order_by(ComplaintOutcome.proposed_at, ComplaintOutcome.id)
    ).all()


def messages_of(session: Session, complaint_id: UUID) -> Sequence[ComplaintMessage]:
    """Return what was said about a complaint, in order; the caller has checked the right."""
    return session.scalars(
        select(ComplaintMessage)
        .where(ComplaintMessage.complaint_id == complaint_id)
        .order_by(ComplaintMessage.said_at, ComplaintMessage.id)
    ).all()


def joined_to(session: Session, complaint_id: UUID) -> Sequence[Complaint]:
    """Return the complaints that are answered with one; the caller has checked the right."""
    return session.scalars(
        select(Complaint).where(Complaint.main_id == complaint_id).order_by(Complaint.deposited_at, Complaint.id)
    ).all()


def complaint_with_id(session: Session, complaint_id: UUID) -> Complaint:
    """Return a complaint; the caller checks the right to know of it.

    Raises:
        NotFound: ``complaint_unknown``.
    """
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        raise NotFound("complaint_unknown")
    return complaint
