"""Archives of the files of results: asked for on a page, made by a job, taken by whoever asked while they may.

An archive holds what whoever asked may read at the moment of making; it goes out only while that is still so.
"""

from __future__ import annotations

import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from docflow.accounts.queries import actor_of, is_usable, person_with_id
from docflow.core.actor import SYSTEM, Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, PermissionDenied, Unavailable
from docflow.core.grids import csv_lines
from docflow.core.jobs import JobRequest
from docflow.core.making import MakingState
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown
from docflow.search.finding import Deps as FindingDeps
from docflow.search.listing import ListTexts, grid_of, kept_texts
from docflow.search.models import SearchExport
from docflow.search.saving import UNSEEN
from docflow.stamping.queries import sealed_revision_of
from docflow.storage.operations import forget_made, name_blob
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef

KEPT_FOR: Final = timedelta(days=3)
MOST_LISTED: Final = 10
MOST_FILES: Final = 300
MOST_BYTES: Final = 500_000_000
MOST_WAITING: Final = 3
"""Archives of one person that are being made at once."""
PROGRESS_S: Final = 1.0
LONGEST_NAME: Final = 80
_UNSAFE: Final = re.compile(r"[^\w\u0600-\u06ff.-]+")
_CHUNK_BYTES: Final = 1 << 20
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)


class Deps(FindingDeps, Protocol):
    """The runtime as archives are made with it."""

    @property
    def blob_store(self) -> BlobStore:
        """Keeps the bytes."""
        ...


@dataclass(frozen=True, slots=True)
class _Made:
    """An archive in the store, with the documents that it names and those whose file it holds."""

    blob: BlobRef
    listed: Sequence[UUID]
    held: Sequence[UUID]


def ask_export(uow: UnitOfWork, ids: Sequence[UUID], *, text: str, texts: ListTexts) -> SearchExport:
    """Ask for an archive of the files of some results; the job that makes it follows the commit.

    Raises:
        PermissionDenied: without ``search.use``, or by nobody in person (``person_needed``).
        InvalidInput: ``results_not_chosen``.
        Conflict: ``exports_too_many`` with ``limit``.
    """
    uow.require("search.use")
    if uow.actor.person_id is None:
        raise PermissionDenied("person_needed")
    if not ids:
        raise InvalidInput("results_not_chosen")
    waiting = uow.session.scalars(
        select(SearchExport.id).where(
            SearchExport.asked_by == uow.actor.person_id, SearchExport.state == MakingState.WAITING
        )
    ).all()
    if len(waiting) >= MOST_WAITING:
        raise Conflict("exports_too_many", limit=MOST_WAITING)
    export = SearchExport(
        asked_by=uow.actor.person_id,
        asked_at=uow.now,
        texts=kept_texts(texts),
        text=UNSEEN.sub("", text)[:1000],
        document_ids=[str(one) for one in ids[:MOST_FILES]],
    )
    uow.session.add(export)
    uow.session.flush()
    uow.enqueue(
        JobRequest(name="search.export", payload={"export_id": str(export.id)}, unique_key=f"search.export:{export.id}")
    )
    uow.record(
        "search.export_asked", subject_kind="search_export", subject_id=export.id, count=len(export.document_ids)
    )
    return export


def exports_of(session: Session, actor: Actor) -> Sequence[SearchExport]:
    """Return the archives that an actor asked for and may still take, the newest first."""
    found = session.scalars(
        select(SearchExport)
        .where(SearchExport.asked_by == actor.person_id)
        .order_by(SearchExport.asked_at.desc())
        .limit(MOST_LISTED)
    ).all()
    return [one for one in found if _is_still_shown(session, actor, one)]


def export_for(session: Session, actor: Actor, export_id: UUID) -> tuple[SearchExport, BlobRef]:
    """Return an archive that an actor asked for and may still take.

    Raises:
        NotFound: ``search_export_unknown``, whether it is missing, somebody else's, not made, or holds what the actor
            may know of or read no more.
    """
    found = session.get(SearchExport, export_id)
    if found is None or found.asked_by != actor.person_id or found.sha256 is None:
        raise NotFound("search_export_unknown")
    if not _is_still_shown(session, actor, found):
        raise NotFound("search_export_unknown")
    return found, BlobRef(BlobKind.EXPORT, found.sha256, found.size_bytes)


def make_export(deps: Deps, export_id: UUID, *, is_last_attempt: bool) -> None:
    """Make an archive of what whoever asked may read at this moment."""
    with deps.transactions.reading() as session:
        wanted = session.get(SearchExport, export_id)
        if wanted is None or wanted.state != MakingState.WAITING:
            return
    try:
        with deps.transactions.reading() as session:
            actor = _asker(session, wanted, now=deps.transactions.clock.now())
        with tempfile.TemporaryDirectory(prefix="docflow-export-") as folder:
            made = _archive(deps, actor, wanted, Path(folder) / "files.zip")
    except DocFlowError as refusal:
        if isinstance(refusal, Unavailable | Conflict) and not is_last_attempt:
            raise
        with deps.transactions.writing(SYSTEM) as uow:
            _note_failed(uow, export_id, refusal)
        return
    with deps.transactions.writing(actor) as uow:
        _keep(uow, export_id, made)


def forget_exports(deps: Deps) -> int:
    """Drop the archives that are kept no longer."""
    with deps.transactions.writing(SYSTEM) as uow:
        count = forget_made(uow, SearchExport, BlobKind.EXPORT, kept_for=KEPT_FOR)
        if count:
            uow.record("search.exports_forgotten", subject_kind="search_export", subject_id="", count=count)
        return count


def _archive(deps: Deps, actor: Actor, wanted: SearchExport, path: Path) -> _Made:
    """Write the files one after the other, and the list of all; nothing is held in memory."""
    listed: list[UUID] = []
    held: list[UUID] = []
    size_bytes = 0
    ids = [UUID(one) for one in wanted.document_ids]
    note = _noter(deps, wanted)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for place, (document, blob) in enumerate(_files(deps, actor, ids), start=1):
            listed.append(document.id)
            if blob is not None:
                size_bytes += blob.size_bytes
                if size_bytes > MOST_BYTES:
                    raise InvalidInput("search_export_too_large", limit_mb=MOST_BYTES // 1_000_000)
                _add(deps, archive, _name_of(document, place), blob)
                held.append(document.id)
            note(place)
        with archive.open(zipfile.ZipInfo("list.csv", _FIRST_DAY), "w") as out:
            for line in csv_lines(grid_of(deps, actor, listed, ListTexts(**wanted.texts))):
                out.write(line.encode())
    with path.open("rb") as stream:
        blob = deps.blob_store.put(BlobKind.EXPORT, stream, media_type="application/zip")
    return _Made(blob, listed, held)


def _files(deps: Deps, actor: Actor, ids: Sequence[UUID]) -> Iterator[tuple[Document, BlobRef | None]]:
    """Yield the documents that the actor may know of, each with the file that they may read, looked at just before."""
    for document_id in ids:
        with deps.transactions.reading() as session:
            shown = documents_shown(session, actor, [document_id]).get(document_id)
            if shown is None:
                continue
            document, is_readable = shown
            blob = _file_of(session, document) if is_readable else None
        yield document, blob


def _file_of(session: Session, document: Document) -> BlobRef | None:
    """Return the sealed file of a document, or its searchable copy, which holds no other's pages."""
    number = document.register_number
    sealed = sealed_revision_of(session, document.id, register_number=number) if number else None
    if sealed is not None:
        return sealed.blob
    if document.searchable_sha256 is None:
        return None
    return BlobRef(BlobKind.SEARCHABLE, document.searchable_sha256, document.searchable_size_bytes or 0)


def _add(deps: Deps, archive: zipfile.ZipFile, name: str, blob: BlobRef) -> None:
    # Instants of files would make two archives of the same files differ.
    with (
        deps.blob_store.open(blob.kind, blob.sha256) as stream,
        archive.open(zipfile.ZipInfo(name, _FIRST_DAY), "w", force_zip64=True) as out,
    ):
        while chunk := stream.read(_CHUNK_BYTES):
            out.write(chunk)


def _name_of(document: Document, place: int) -> str:
    """Return the name of a file in an archive: its place, number and subject, without what a system refuses."""
    said = " ".join(part for part in (document.register_number or document.reference, document.subject) if part)
    safe = _UNSAFE.sub("_", said).strip("._")[:LONGEST_NAME].strip("._")
    return f"{place:03}_{safe or 'document'}.pdf"


def _noter(deps: Deps, wanted: SearchExport) -> Callable[[int], None]:
    """Return what says how far an archive is, now and then."""
    said_at = -PROGRESS_S

    def note(done: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at < PROGRESS_S:
            return
        said_at = time.monotonic()
        with deps.transactions.writing(SYSTEM) as uow:
            uow.session.execute(
                update(SearchExport)
                .where(SearchExport.id == wanted.id, SearchExport.state == MakingState.WAITING)
                .values(done_count=done)
            )

    return note


def _asker(session: Session, wanted: SearchExport, *, now: datetime) -> Actor:
    person = person_with_id(session, wanted.asked_by)
    actor = actor_of(session, person, now)
    if not is_usable(person, now) or not actor.can("search.use"):
        raise PermissionDenied("permission_missing", permission="search.use")
    return actor


def _is_still_shown(session: Session, actor: Actor, export: SearchExport) -> bool:
    """Return whether the actor may still know of all that an archive names, and read all that it holds."""
    shown = documents_shown(session, actor, [UUID(one) for one in export.listed_ids])
    readable = {str(document_id) for document_id, (_, is_readable) in shown.items() if is_readable}
    return len(shown) == len(export.listed_ids) and set(export.held_ids) <= readable


def _keep(uow: UnitOfWork, export_id: UUID, made: _Made) -> None:
    """Keep an archive, unless another worker made it meanwhile."""
    wanted = uow.session.get(SearchExport, export_id, with_for_update=True)
    if wanted is None or wanted.state != MakingState.WAITING:
        return
    name_blob(uow, made.blob, media_type="application/zip")
    wanted.note_made(made.blob.sha256, made.blob.size_bytes)
    wanted.listed_ids, wanted.held_ids = [str(one) for one in made.listed], [str(one) for one in made.held]
    wanted.done_count = len(wanted.document_ids)
    uow.record(
        "search.exported",
        subject_kind="search_export",
        subject_id=export_id,
        count=len(made.held),
        sha256=made.blob.sha256,
    )


def _note_failed(uow: UnitOfWork, export_id: UUID, refusal: DocFlowError) -> None:
    wanted = uow.session.get(SearchExport, export_id, with_for_update=True)
    if wanted is None or wanted.state != MakingState.WAITING:
        return
    wanted.note_failed(refusal)
    uow.record("search.not_exported", subject_kind="search_export", subject_id=export_id, reason=refusal.code)
