"""Reads of procedures and requests, by what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from docflow.accounts.visibility import OPERATOR_TOKEN
from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.core.remembering import asked_once
from docflow.deadlines.rules import Deadline
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.registry.models import Entry, Register, TermPause
from docflow.registry.queries import keeps_desk
from docflow.registry.rules import EntryState
from docflow.registry.terms import answer_due_of
from docflow.requests.models import Procedure, RequestFile, ServiceRequest
from docflow.requests.rules import REGISTER_CODES, ProcedureKind

PAGE_LENGTH: Final = 50
PUBLISHED_LENGTH: Final = 20


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with its procedure, its number and by when it is decided."""

    request: ServiceRequest
    procedure: Procedure
    number: str
    is_open: bool
    term: Deadline | None
    pause: TermPause | None

    def is_consent(self, today: date) -> bool:
        """Return whether the term ran out in silence that is consent."""
        due = None if self.term is None else self.term.due
        is_silent = self.request.outcome is None and due is not None and due < today
        return is_silent and self.procedure.is_silence_consent


def catalogue(session: Session, *, active_only: bool, online_only: bool = False) -> Sequence[Procedure]:
    """Return the procedures in their order."""
    statement = select(Procedure).order_by(Procedure.position, Procedure.slug)
    if active_only:
        statement = statement.where(Procedure.is_active)
    if online_only:
        statement = statement.where(Procedure.is_online)
    return session.scalars(statement).all()


def procedure_named(session: Session, slug: str) -> Procedure:
    """Return a procedure of the catalogue.

    Raises:
        NotFound: ``procedure_unknown``.
    """
    found = session.scalar(select(Procedure).where(Procedure.slug == slug, Procedure.is_active))
    if found is None:
        raise NotFound("procedure_unknown")
    return found


def procedure_with_id(session: Session, procedure_id: UUID) -> Procedure:
    """Return a procedure.

    Raises:
        NotFound: ``procedure_unknown``.
    """
    found = session.get(Procedure, procedure_id)
    if found is None:
        raise NotFound("procedure_unknown")
    return found


def register_of(session: Session, kind: ProcedureKind) -> Register:
    """Return the open register in which requests of a kind are entered.

    Raises:
        NotFound: ``register_unknown`` with ``register``.
    """
    code = REGISTER_CODES[kind]
    register = session.scalar(select(Register).where(Register.code == code, Register.is_active))
    if register is None:
        raise NotFound("register_unknown", register=code)
    return register


def can_receive(session: Session, actor: Actor, procedure: Procedure) -> bool:
    """Return whether somebody takes requests of a procedure at the counter: its unit, or the desk of its register."""
    if not actor.can("requests.receive"):
        return False
    tokens = {f"{kind}:{procedure.unit_id}" for kind in ("unit", "over", "counter")} | {OPERATOR_TOKEN}
    if actor.tokens & tokens:
        return True
    return actor.can("registry.register") and keeps_desk(actor, register_of(session, procedure.kind))


@asked_once
def request_of_document(session: Session, document_id: UUID) -> RequestRow | None:
    """Return the request that a document is, or none; the caller has checked the right to see it."""
    found = session.execute(_rows().where(ServiceRequest.document_id == document_id)).first()
    return None if found is None else _row(session, *found)


def request_for(session: Session, actor: Actor, request_id: UUID, *, content: bool = True) -> RequestRow:
    """Return a request whose document the actor may see.

    Raises:
        NotFound: ``request_unknown``, whether it is missing or hidden.
    """
    statement = _rows().where(ServiceRequest.id == request_id, visible_to(actor, content=content))
    found = session.execute(statement).first()
    if found is None:
        raise NotFound("request_unknown")
    return _row(session, *found)


def requests_shown(
    session: Session, actor: Actor, *, is_open: bool, procedure_id: UUID | None, page: int
) -> tuple[Sequence[RequestRow], int]:
    """Return a page (from 1) of the requests that the actor may see, the oldest open first, and how many there are."""
    wanted: list[ColumnElement[bool]] = [visible_to(actor), Document.is_open.is_(is_open)]
    if procedure_id is not None:
        wanted.append(ServiceRequest.procedure_id == procedure_id)
    counted = select(func.count(ServiceRequest.id)).join(Document, Document.id == ServiceRequest.document_id)
    order = ServiceRequest.deposited_at if is_open else ServiceRequest.deposited_at.desc()
    rows = session.execute(
        _rows().where(*wanted).order_by(order, ServiceRequest.id).limit(PAGE_LENGTH).offset((page - 1) * PAGE_LENGTH)
    ).all()
    return [_row(session, *row) for row in rows], session.scalar(counted.where(*wanted)) or 0


def files_of(session: Session, request_id: UUID) -> Sequence[RequestFile]:
    """Return the files given with a request, in the order in which they came."""
    statement = select(RequestFile).where(RequestFile.request_id == request_id)
    return session.scalars(statement.order_by(RequestFile.given_at, RequestFile.id)).all()


def answers_public(session: Session, *, page: int) -> tuple[Sequence[ServiceRequest], int]:
    """Return a page (from 1) of the answers to requests for information that are published, and how many there are."""
    published = ServiceRequest.published_at.is_not(None)
    rows = session.scalars(
        select(ServiceRequest)
        .where(published)
        .order_by(ServiceRequest.published_at.desc(), ServiceRequest.id)
        .limit(PUBLISHED_LENGTH)
        .offset((page - 1) * PUBLISHED_LENGTH)
    ).all()
    return rows, session.scalar(select(func.count(ServiceRequest.id)).where(published)) or 0


def _rows() -> Select[ServiceRequest, Procedure, str, bool]:
    return (
        select(ServiceRequest, Procedure, Entry.label, Document.is_open)
        .join(Procedure, Procedure.id == ServiceRequest.procedure_id)
        .join(Entry, Entry.id == ServiceRequest.entry_id)
        .join(Document, Document.id == ServiceRequest.document_id)
        .where(Entry.state == EntryState.REGISTERED)
    )


def _row(session: Session, request: ServiceRequest, procedure: Procedure, number: str, is_open: bool) -> RequestRow:  # noqa: FBT001
    term = answer_due_of(session, request.entry_id)
    return RequestRow(request, procedure, number, is_open, term, session.get(TermPause, request.entry_id))
