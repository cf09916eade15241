"""Acts on the pages of a batch, each undone and done again as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from docflow.accounts.queries import names_shown
from docflow.batches.models import ArrangementAct, actor_key
from docflow.batches.queries import acts_around, preview_of
from docflow.batches.rules import Act, Place, Rows, Verb, arranged, places
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.documents.arranging import Place as DocumentPlace
from docflow.documents.arranging import place_pages, settle_pages, split_off
from docflow.documents.models import Document, Page
from docflow.documents.rules import AsideReason, DocumentState, PageFinding, PageState
from docflow.ingest.models import Batch
from docflow.ingest.operations import read_again_job, remake_job
from docflow.ingest.queries import batch_for

PAST = {
    Verb.SPLIT: "batches.split",
    Verb.JOIN: "batches.joined",
    Verb.EARLIER: "batches.moved",
    Verb.LATER: "batches.moved",
    Verb.MOVE: "batches.moved",
    Verb.TURN: "batches.turned",
    Verb.DROP: "batches.dropped",
    Verb.PUT_BACK: "batches.put_back",
    Verb.INTERLEAVE: "batches.collated",
    Verb.BACKS: "batches.collated",
}
"""The verb of the journal for each act."""


def arrange(uow: UnitOfWork, batch_id: UUID, act: Act, *, expected_version: int) -> Batch:
    """Do one act on the pages of a batch; acts that were undone can then not be done again.

    Raises:
        PermissionDenied: without ``documents.deposit``.
        NotFound: ``batch_unknown``, ``page_unknown``, ``document_unknown``.
        InvalidInput: those of ``rules.arranged``, ``documents_shown_differently``.
        Conflict: ``batch_changed``, ``document_registered``.
    """
    batch = _locked(uow, batch_id, expected_version=expected_version)
    rows = preview_of(uow.session, uow.actor, batch_id).rows
    new_document_id = new_id()
    before, after = places(rows), places(arranged(rows, act, new_document_id=new_document_id))
    changes = {page_id: (before[page_id], after[page_id]) for page_id in before if before[page_id] != after[page_id]}
    if not changes:
        return batch
    if act.verb is Verb.SPLIT:
        _make_document(uow, origin_id=_row_of(rows, act), document_id=new_document_id)
    _apply(uow, changes)
    last, _ = acts_around(uow.session, batch_id)
    uow.session.execute(delete(ArrangementAct).where(ArrangementAct.batch_id == batch_id, ArrangementAct.is_undone))
    kept = ArrangementAct(
        batch_id=batch_id,
        number=1 if last is None else last.number + 1,
        verb=act.verb.value,
        actor_key=actor_key(uow.actor),
        actor_name=uow.actor.name,
        at=uow.now,
        changes=[_as_row(page_id, *pair) for page_id, pair in changes.items()],
    )
    uow.session.add(kept)
    _note(uow, batch, PAST[act.verb], changes)
    return batch


def undo(uow: UnitOfWork, batch_id: UUID, *, expected_version: int) -> Batch:
    """Undo the last act on a batch, which must be the actor's own.

    Raises:
        PermissionDenied: without ``documents.deposit``.
        NotFound: ``batch_unknown``.
        Conflict: ``batch_changed``, ``nothing_to_undo``, ``act_of_other``, ``document_registered``.
    """
    return _step(uow, batch_id, expected_version=expected_version, is_undo=True)


def redo(uow: UnitOfWork, batch_id: UUID, *, expected_version: int) -> Batch:
    """Do again the act of the actor's own that was undone last.

    Raises:
        PermissionDenied: without ``documents.deposit``.
        NotFound: ``batch_unknown``.
        Conflict: ``batch_changed``, ``nothing_to_undo``, ``act_of_other``, ``document_registered``.
    """
    return _step(uow, batch_id, expected_version=expected_version, is_undo=False)


def _step(uow: UnitOfWork, batch_id: UUID, *, expected_version: int, is_undo: bool) -> Batch:
    batch = _locked(uow, batch_id, expected_version=expected_version)
    last, following = acts_around(uow.session, batch_id)
    act = last if is_undo else following
    if act is None:
        raise Conflict("nothing_to_undo")
    if not act.is_of(uow.actor):
        raise Conflict("act_of_other", who=_name(uow, act.actor_name))
    changes = {}
    for row in act.changes:
        source, target = (row["after"], row["before"]) if is_undo else (row["before"], row["after"])
        changes[UUID(row["page"])] = (_as_place(source), _as_place(target))
    now = places(preview_of(uow.session, uow.actor, batch_id).rows)
    if any(now.get(page_id) != source for page_id, (source, _) in changes.items()):
        # Nothing but another act moves a page; one that is not seen any more cannot be moved either.
        raise Conflict("batch_changed", who=_name(uow, batch.arranged_by_name))
    _apply(uow, changes)
    act.is_undone = is_undo
    _note(uow, batch, "batches.undone" if is_undo else "batches.redone", changes, act=act.verb)
    return batch


def _locked(uow: UnitOfWork, batch_id: UUID, *, expected_version: int) -> Batch:
    """Return a batch that nobody else acts on until the end of the transaction."""
    uow.require("documents.deposit")
    batch_for(uow.session, uow.actor, batch_id)
    batch = uow.session.scalars(
        select(Batch).where(Batch.id == batch_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if batch.arrangement_version != expected_version:
        raise Conflict("batch_changed", who=_name(uow, batch.arranged_by_name))
    return batch


def _name(uow: UnitOfWork, kept: str) -> str:
    """Return a name kept beside an act as the actor reads it."""
    return names_shown(uow.session, [kept], locale=uow.actor.locale)[kept]


def _apply(uow: UnitOfWork, changes: Mapping[UUID, tuple[Place, Place]]) -> None:
    """Bring pages from their places to others, and ask for what follows."""
    documents = _locked_documents(uow, changes)
    moved = {page_id: pair for page_id, pair in changes.items() if pair[0].document_id != pair[1].document_id}
    for before, after in moved.values():
        if not _are_shown_alike(documents[before.document_id], documents[after.document_id]):
            raise InvalidInput("documents_shown_differently")
    stirred = {page_id: after for page_id, (before, after) in changes.items() if _seat(before) != _seat(after)}
    place_pages(
        uow,
        {page_id: DocumentPlace(p.document_id, p.page_index, p.aside_reason) for page_id, p in stirred.items()},
    )
    for page_id, (before, after) in changes.items():
        page = uow.session.get_one(Page, page_id)
        is_first_reading = after.aside_reason is None and page.finding != PageFinding.CONTENT
        if is_first_reading or before.turned_deg != after.turned_deg:
            page.turned_deg, page.finding, page.state = after.turned_deg, PageFinding.CONTENT, PageState.WAITING
            uow.enqueue(read_again_job(after.document_id, page_id))
    touched = {place.document_id for page_id in stirred for place in changes[page_id]}
    settle_pages(uow, [documents[document_id] for document_id in sorted(touched)])
    for document_id in sorted(touched):
        if documents[document_id].state != DocumentState.EMPTIED:
            uow.enqueue(remake_job(document_id))


def _seat(place: Place) -> tuple[UUID, int, AsideReason | None]:
    return place.document_id, place.page_index, place.aside_reason


def _locked_documents(uow: UnitOfWork, changes: Mapping[UUID, tuple[Place, Place]]) -> dict[UUID, Document]:
    """Return the documents of an act, none of them registered or set aside, locked in one order for everybody."""
    ids = {place.document_id for pair in changes.values() for place in pair}
    documents = uow.session.scalars(
        select(Document)
        .where(Document.id.in_(ids))
        .order_by(Document.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if any(document.is_registered for document in documents):
        raise Conflict("document_registered")
    if any(document.is_set_aside for document in documents):
        raise Conflict("document_set_aside")
    return {document.id: document for document in documents}


def _are_shown_alike(one: Document, other: Document) -> bool:
    """Tell whether a page may go from one document to another without being shown to somebody new."""

    def readers(document: Document) -> tuple[Any, ...]:
        named = tuple(sorted(document.named_people)) if document.confidentiality != "normal" else ()
        return document.confidentiality, document.register_code, document.unit_id, named

    return readers(one) == readers(other)


def _make_document(uow: UnitOfWork, *, origin_id: UUID, document_id: UUID) -> None:
    origin = uow.session.get_one(Document, origin_id, with_for_update=True)
    part = split_off(uow, origin, state=DocumentState.READY, document_id=document_id)
    part.ready_at = uow.now


def _row_of(rows: Rows, act: Act) -> UUID:
    return next(row.document_id for row in rows for sheet in row.sheets if sheet.page_id in act.page_ids)


def _note(uow: UnitOfWork, batch: Batch, verb: str, changes: Mapping[UUID, tuple[Place, Place]], **values: Any) -> None:
    """Leave the journal's line, and raise the version that the next act must name."""
    batch.arrangement_version += 1
    batch.arranged_by_name = uow.actor.name
    first_before, _ = next(iter(changes.values()))
    subject = first_before.document_id
    others = {place.document_id for pair in changes.values() for place in pair} - {subject}
    uow.record(
        verb,
        subject_kind="document",
        subject_id=subject,
        batch=str(batch.id),
        pages=[str(page_id) for page_id in changes],
        others=sorted(str(other) for other in others),
        **values,
    )


def _as_row(page_id: UUID, before: Place, after: Place) -> dict[str, Any]:
    return {"page": str(page_id), "before": _as_values(before), "after": _as_values(after)}


def _as_values(place: Place) -> list[Any]:
    return [str(place.document_id), place.page_index, place.aside_reason, place.turned_deg]


def _as_place(values: list[Any]) -> Place:
    document_id, page_index, reason, turned_deg = values
    return Place(UUID(document_id), page_index, None if reason is None else AsideReason(reason), turned_deg)
