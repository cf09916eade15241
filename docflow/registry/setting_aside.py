"""Documents that are not to be registered: set aside with a reason, nothing deleted, and put back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.errors import Conflict, InvalidInput, PermissionDenied
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import get_visible
from docflow.documents.queries import can_see_content, earlier_duplicates, ids_with_text, pages_of
from docflow.documents.registering import put_document_back, set_document_aside
from docflow.documents.rules import PageFinding
from docflow.registry.models import SetAsideDocument
from docflow.registry.operations import REGISTRABLE, require_desk
from docflow.registry.queries import register_with_code, set_aside_at_once, set_aside_with_id
from docflow.registry.rules import MOST_SET_ASIDE, REASON_LIMIT, SetAsideReason, shortened
from docflow.search.duplicates import near_duplicates


def set_aside(
    uow: UnitOfWork, document_ids: Collection[UUID], *, reason: SetAsideReason, note: str = ""
) -> list[SetAsideDocument]:
    """Take documents that wait for a number out of the queue, all of them or none; their bytes stay.

    Raises:
        PermissionDenied: without ``registry.register``, the desk of a document's register (``desk_of_others``) or
            sight of its content (``content_hidden``).
        NotFound: ``document_unknown``.
        Conflict: ``document_has_number`` with ``number``, ``document_set_aside_already`` with ``document``,
            ``document_not_waiting`` with ``document``.
        InvalidInput: ``nothing_to_set_aside``, ``too_many_to_set_aside`` with ``limit``, ``note_missing``,
            ``field_too_long``.
    """
    uow.require("registry.register")
    chosen = sorted(set(document_ids))
    if not chosen:
        raise InvalidInput("nothing_to_set_aside")
    if len(chosen) > MOST_SET_ASIDE:
        raise InvalidInput("too_many_to_set_aside", limit=MOST_SET_ASIDE)
    said = shortened(note, name="note", limit=REASON_LIMIT)
    if reason is SetAsideReason.OTHER and not said:
        raise InvalidInput("note_missing")
    act_id = new_id()
    return [_set_aside(uow, document_id, act_id=act_id, reason=reason, note=said) for document_id in chosen]


def put_back(uow: UnitOfWork, document_id: UUID) -> None:
    """Let a document that was set aside wait for a number again.

    Raises:
        PermissionDenied: without ``registry.register``, the desk (``desk_of_others``) or sight of its content.
        NotFound: ``document_unknown``.
        Conflict: ``document_not_set_aside``.
    """
    uow.require("registry.register")
    document = _at_own_desk(uow, document_id)
    kept = set_aside_with_id(uow.session, document_id)
    if kept is None:
        raise Conflict("document_not_set_aside")
    uow.session.delete(kept)
    put_document_back(uow, document)
    uow.record("registry.put_back", subject_kind="document", subject_id=document_id)


def undo_setting_aside(uow: UnitOfWork, act_id: UUID) -> Sequence[UUID]:
    """Put back what one act set aside, but for what was put back since; return which documents that is.

    Raises:
        Conflict: ``document_not_set_aside``, also when there was no such act; and what ``put_back`` raises.
    """
    uow.require("registry.register")
    left = set_aside_at_once(uow.session, act_id)
    if not left:
        raise Conflict("document_not_set_aside")
    for document_id in left:
        put_back(uow, document_id)
    return left


def first_copy(session: Session, actor: Actor, document: Document) -> Document | None:
    """Return the document of which another one is recognised as a second copy: by its bytes, else by its words.

    The caller has checked the right to read it.
    """
    same = earlier_duplicates(session, actor, [document]).get(document.id)
    if same is not None:
        return same
    near = (one.document for one in near_duplicates(session, actor, document))
    # Of two that both wait, the later one is the second copy.
    return next((one for one in near if one.is_registered or one.id < document.id), None)


def likely_reason(session: Session, actor: Actor, documents: Sequence[Document]) -> SetAsideReason | None:
    """Return the reason to propose for setting documents aside, where one holds for all; the caller may read them."""
    if all(first_copy(session, actor, document) is not None for document in documents):
        return SetAsideReason.DUPLICATE
    if ids_with_text(session, [document.id for document in documents]):
        return None
    pages = [page for document in documents for page in pages_of(session, document.id)]
    is_blank = bool(pages) and all(page.finding == PageFinding.BLANK for page in pages)
    return SetAsideReason.BLANK if is_blank else SetAsideReason.UNREADABLE


def _set_aside(
    uow: UnitOfWork, document_id: UUID, *, act_id: UUID, reason: SetAsideReason, note: str
) -> SetAsideDocument:
    document = _at_own_desk(uow, document_id)
    name = document.subject or document.file_name
    if document.is_registered:
        raise Conflict("document_has_number", number=document.register_number)
    if document.is_set_aside:
        raise Conflict("document_set_aside_already", document=name)
    if document.state not in REGISTRABLE or document.is_drafted or document.asked_people:
        raise Conflict("document_not_waiting", document=name)
    is_copy = reason is SetAsideReason.DUPLICATE
    first = first_copy(uow.session, uow.actor, document) if is_copy else None
    kept = SetAsideDocument(
        document_id=document_id,
        act_id=act_id,
        reason=reason,
        note=note,
        duplicate_of=None if first is None else first.id,
        set_aside_at=uow.now,
        set_aside_by_name=uow.actor.name,
    )
    uow.session.add(kept)
    set_document_aside(uow, document)
    copied = {} if first is None else {"duplicate_of": str(first.id)}
    uow.record("registry.set_aside", subject_kind="document", subject_id=document_id, cause=reason.value, **copied)
    return kept


def _at_own_desk(uow: UnitOfWork, document_id: UUID) -> Document:
    """Return a document at a desk of the actor, locked; one that has its number is no more read there, but known."""
    document = get_visible(uow, document_id)
    require_desk(uow, register_with_code(uow.session, document.register_code))
    if not document.is_registered and not can_see_content(uow.session, uow.actor, document_id):
        raise PermissionDenied("content_hidden")
    return document
