"""Reads of mail and of notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.statements import built_once
from docflow.documents.models import Document
from docflow.documents.queries import is_opened_by
from docflow.notifications.models import MorningDigest, Notice, OutgoingMail


def mails_about(session: Session, document_id: UUID) -> Sequence[OutgoingMail]:
    """Return the mails about a document, the newest first; the caller checked the right."""
    return session.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.document_id == document_id)
        .order_by(OutgoingMail.asked_at.desc(), OutgoingMail.id)
    ).all()


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice with the document that it is about, where there is one."""

    notice: Notice
    document: Document | None


def is_shown_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a notice is for an actor, who may see the document that it is about, if any."""
    return and_(
        Notice.person_id == actor.person_id,
        or_(Notice.document_id.is_(None), is_opened_by(actor, Notice.document_id, content=False)),
    )


def notices_for(session: Session, actor: Actor, *, limit: int, offset: int = 0) -> Sequence[NoticeView]:
    """Return what an actor was told, the newest first."""
    rows = session.execute(
        select(Notice, Document)
        .outerjoin(Document, Document.id == Notice.document_id)
        .where(is_shown_to(actor))
        .order_by(Notice.made_at.desc(), Notice.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [NoticeView(*row) for row in rows]


def count_notices(session: Session, actor: Actor) -> int:
    """Return how many notices an actor has, read or not."""
    return session.scalar(select(func.count()).select_from(Notice).where(is_shown_to(actor))) or 0


@built_once
def counting_unread(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts the notices that an actor did not see yet; counting ends at ``most``."""
    return _counted(actor, most)


def has_unread_about(session: Session, actor: Actor, document_id: UUID) -> bool:
    """Return whether there are notices about a document that an actor did not see yet."""
    return bool(session.scalar(_unread_about(actor), {"document_id": document_id}))


@built_once
def _unread_about(actor: Actor) -> Select[int]:
    return _counted(actor, 1, Notice.document_id == bindparam("document_id"))


def _counted(actor: Actor, most: int, *narrowed: ColumnElement[bool]) -> Select[int]:
    unread = select(Notice.id).where(is_shown_to(actor), Notice.read_at.is_(None), *narrowed).limit(most).subquery()
    return select(func.count()).select_from(unread)


def digested(session: Session, day: date) -> frozenset[UUID]:
    """Return the people whose digest of a day was made."""
    return frozenset(session.scalars(select(MorningDigest.person_id).where(MorningDigest.day == day)))
